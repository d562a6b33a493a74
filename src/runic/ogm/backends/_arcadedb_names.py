"""Which names ArcadeDB cannot hold: its labels and types are files, in one folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote_plus

from runic.ogm.exceptions import UnsupportedFeatureError
from runic.ogm.model.metadata import EdgeMeta, NodeMeta
from runic.ogm.model.registry import metadata

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runic.ogm.model.metadata import ClassMeta

FORBIDDEN: Final = "~*,"
"""`~` joins the labels of one node, and neither `*` nor `,` may be in the name of a file of the database."""
MAX_FILE_NAME: Final = 200
"""What the server puts behind a name takes the rest of the 255 bytes."""
METADATA: Final = frozenset({"@rid", "@type", "@cat", "@in", "@out", "@props", "@fields", "@class", "@size", "@this"})
"""What the server itself says of a record."""


def check_names(meta: ClassMeta) -> None:
    """Raise UnsupportedFeatureError for a class whose labels, type or properties ArcadeDB refuses."""
    for prop in meta.properties.values():
        if prop.graph_name in METADATA:
            raise UnsupportedFeatureError(
                f"{meta.name}.{prop.name}: ArcadeDB keeps the name {prop.graph_name!r} for itself; give the field name="
            )
    if isinstance(meta, EdgeMeta):
        _check_types(meta, [meta.type])
    elif isinstance(meta, NodeMeta):
        _check_files(meta, meta.labels, "~".join(sorted(meta.labels)))
        _check_types(meta, [relation.type for relation in meta.relations.values()])
        clash = set(meta.labels) & _all_types()
        if clash:
            _refuse_clash(meta, clash.pop())


def _check_types(meta: ClassMeta, types: Iterable[str]) -> None:
    labels = {label for cls in metadata.all_nodes() for label in cls.__meta__.labels}
    for name in types:
        _check_files(meta, [name], name)
        if name in labels:
            _refuse_clash(meta, name)


def _check_files(meta: ClassMeta, names: Iterable[str], file: str) -> None:
    for name in names:
        if not name.strip():
            raise UnsupportedFeatureError(f"{meta.name}: a label or type in ArcadeDB is not blank")
        bad = [char for char in FORBIDDEN if char in name]
        if bad:
            raise UnsupportedFeatureError(f"{meta.name}: a label or type in ArcadeDB holds no {bad[0]!r}: {name!r}")
    if len(quote_plus(file)) > MAX_FILE_NAME:
        raise UnsupportedFeatureError(
            f"{meta.name}: the labels of a node are one file name in ArcadeDB, and {file!r} is too long for it"
        )


def _refuse_clash(meta: ClassMeta, name: str) -> None:
    raise UnsupportedFeatureError(
        f"{meta.name}: in ArcadeDB no edge type may be called like a label, and {name!r} is used as both"
    )


def _all_types() -> set[str]:
    relations = {one.type for cls in metadata.all_nodes() for one in cls.__meta__.relations.values()}
    return relations | {cls.__meta__.type for cls in metadata.all_edges()}
