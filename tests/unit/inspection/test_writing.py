"""The text that is written of any graph is a module, and nothing of the graph's own text is code in it."""

from __future__ import annotations

import ast
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runic.ogm import metadata
from runic.ogm.conversion import NativeTypes
from runic.ogm.inspection import write_models
from runic.ogm.inspection.description import ModelDescription
from runic.ogm.inspection.facts import EdgeFacts, Facts, NodeFacts, Values
from runic.ogm.inspection.infer import describe
from runic.ogm.inspection.writing import literal

from .worlds import names, worlds

CALLED = {"Field", "Relation", "AnyValue"}
relaxed = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


def execute(text: str) -> dict[str, Any]:
    """Run a written module; return its names."""
    module = types.ModuleType("written_models")
    sys.modules[module.__name__] = module
    exec(compile(text, "written_models.py", "exec"), module.__dict__)
    return module.__dict__


@given(names)
def test_literal_is_the_text(text: str) -> None:
    assert ast.literal_eval(literal(text)) == text


@given(st.text())
def test_literal_of_any_text_is_one_line(text: str) -> None:
    assert ast.literal_eval(literal(text)) == text
    assert len(literal(text).splitlines()) <= 1


@relaxed
@given(worlds())
def test_written_module_holds_declarations_only(facts: Facts) -> None:
    tree = ast.parse(write_models(describe(facts, NativeTypes())))
    assert {type(node) for node in tree.body} <= {ast.Expr, ast.ImportFrom, ast.ClassDef}
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert called <= CALLED
    assert len([node for node in ast.walk(tree) if isinstance(node, ast.Call)]) == len(
        [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    )


@relaxed
@given(worlds())
def test_written_module_declares_what_was_described(facts: Facts) -> None:
    description = describe(facts, NativeTypes())
    before = metadata.snapshot()
    try:
        written = execute(write_models(description))
        for node in description.nodes:
            meta = written[node.name].__meta__
            assert (set(meta.labels), meta.primary_label) == (set(node.labels), node.primary_label)
            own = {prop.name: prop.graph_name for prop in node.properties}
            assert own.items() <= {prop.name: prop.graph_name for prop in meta.properties.values()}.items()
            for relation in node.relations:
                declared = meta.relations[relation.name]
                assert (declared.type, declared.direction) == (relation.type, relation.direction)
                assert (declared.many, {cls.__name__ for cls in declared.targets}) == (
                    relation.many,
                    set(relation.targets),
                )
        for edge in description.edges:
            assert written[edge.name].__meta__.type == edge.type
            assert (written[edge.name].__meta__.key is None) is not any(prop.key for prop in edge.properties)
        _check_codecs(description, written)
    finally:
        metadata.restore(before)


def _check_codecs(description: ModelDescription, written: dict[str, Any]) -> None:
    for kind in [*description.nodes, *description.edges]:
        for prop in written[kind.name].__meta__.properties.values():
            prop.codec(NativeTypes())


def test_every_label_set_with_a_key_has_a_class() -> None:
    facts = Facts(
        nodes={
            frozenset({"A"}): NodeFacts(frozenset({"A"}), 1, 1, {"id": Values(1, ["a"])}),
            frozenset({"B"}): NodeFacts(frozenset({"B"}), 1, 1, {"x": Values(1, [0.5])}),
        },
        keys={"A": "id"},
        edges={"T": EdgeFacts("T", 1, 1, {(frozenset({"A"}), frozenset({"B"})): 1})},
    )
    description = describe(facts, NativeTypes())
    assert [node.name for node in description.nodes] == ["A"]
    text = write_models(description)
    assert "# 1 nodes with the labels 'B' have no key" in text
    assert "# 1 edges of the type 'T' begin or end at such nodes" in text


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds())
def test_written_module_is_formatted(facts: Facts) -> None:
    text = write_models(describe(facts, NativeTypes()))
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--isolated", "--stdin-filename", "models.py", "-"],
        input=text, capture_output=True, text=True, check=True, encoding="utf-8",
    )  # fmt: skip
    assert text == done.stdout


@pytest.mark.slow
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(worlds(), min_size=20, max_size=20))
def test_written_module_is_typed(tmp_path_factory: pytest.TempPathFactory, several: list[Facts]) -> None:
    folder = tmp_path_factory.mktemp("typed")
    for number, facts in enumerate(several):
        (folder / f"models{number}.py").write_text(write_models(describe(facts, NativeTypes())), encoding="utf-8")
    assert check_types(folder) == ""


def check_types(folder: Path) -> str:
    """Return what mypy says of the modules in a folder."""
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--config-file", "", "."]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    return done.stdout + done.stderr
