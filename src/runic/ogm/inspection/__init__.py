"""Inspection: an existing graph to typed classes that read it."""

from __future__ import annotations

from runic.ogm.inspection.description import (
    EdgeDescription,
    ModelDescription,
    NodeDescription,
    PropertyDescription,
    RelationDescription,
)
from runic.ogm.inspection.inspecting import SAMPLE, inspect_graph, inspect_graph_async
from runic.ogm.inspection.writing import write_models

__all__ = [
    "SAMPLE",
    "EdgeDescription",
    "ModelDescription",
    "NodeDescription",
    "PropertyDescription",
    "RelationDescription",
    "inspect_graph",
    "inspect_graph_async",
    "write_models",
]
