"""Where relations lead to: their targets, their mirrors on the other side, and those that clash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from runic.ogm.exceptions import MetadataError
from runic.ogm.expressions import Ordering
from runic.ogm.model.annotations import resolve_annotation, settle, split_optional, target_types
from runic.ogm.model.fields import FieldName
from runic.ogm.model.registry import metadata

if TYPE_CHECKING:
    from runic.ogm.model.base import Node
    from runic.ogm.model.metadata import RelationMeta

OPPOSITE = {"OUTGOING": "INCOMING", "INCOMING": "OUTGOING", "BOTH": "BOTH"}


def find_targets(relation: RelationMeta) -> tuple[type[Node], ...]:
    """Return the classes that a relation leads to, by target= or annotation; MetadataError if these differ."""
    metadata.keep_until_changed(relation)
    annotated = _annotated_targets(relation)
    declared = _declared_targets(relation)
    if not declared and not annotated:
        raise MetadataError(
            f"{relation!r}: the target {relation.annotation!r} cannot be resolved; import the class before the first "
            "use, or name it with target="
        )
    if declared and annotated and not all(issubclass(cls, annotated) for cls in declared):
        names = [" or ".join(cls.__name__ for cls in classes) for classes in (declared, annotated)]
        raise MetadataError(f"{relation!r}: target says {names[0]}, but the annotation says {names[1]}")
    found = declared or annotated
    _refuse_clash(relation, found)
    _check_order(relation, found)
    return found


def _check_order(relation: RelationMeta, targets: tuple[type[Node], ...]) -> None:
    order = relation.options.order_by
    key = order.operand if isinstance(order, Ordering) else order
    edge = () if relation.edge_model is None else (relation.edge_model,)
    if isinstance(key, (str, FieldName)) and not any(str(key) in cls.__meta__.properties for cls in (*targets, *edge)):
        names = " or ".join(cls.__name__ for cls in (*targets, *edge))
        raise MetadataError(
            f"{relation!r}: order_by {key!r} is no field of {names}; name one, or write desc(name) to turn it around"
        )


def _refuse_clash(relation: RelationMeta, targets: tuple[type[Node], ...]) -> None:
    """Two relations of one class that show the same edges would each undo what the other writes."""
    for other in relation.owner.__meta__.relations.values():
        if other.name == relation.name or other.type != relation.type:
            continue
        ways = {relation.direction, other.direction}
        if ways != {"OUTGOING", "INCOMING"} and _leads_to(other, targets):
            raise MetadataError(
                f"{relation!r} and {other!r} show the same edges ({relation.type}, {' and '.join(sorted(ways))}): "
                "keep one, or give them other types"
            )


def _leads_to(relation: RelationMeta, targets: tuple[type[Node], ...]) -> bool:
    """Tell whether a relation leads to just these classes; one that cannot be resolved says so at its own first use."""
    try:
        found = _declared_targets(relation) or _annotated_targets(relation)
    except MetadataError:
        return False
    return {*found} == {*targets}


def _declared_targets(relation: RelationMeta) -> tuple[type[Node], ...]:
    return tuple(_named_target(relation, target) for target in _as_tuple(relation.options.target))


def _as_tuple(target: Any) -> tuple[Any, ...]:  # noqa: ANN401 - every form of target=
    if target is None:
        return ()
    return target if isinstance(target, tuple) else (target,)  # pyright: ignore[reportUnknownVariableType]


def _named_target(relation: RelationMeta, target: str | type[Node]) -> type[Node]:
    found: Any = metadata.find(target, relation.scope.module) if isinstance(target, str) else target
    if found is None and isinstance(target, str):
        found = relation.scope.local_names.get(target)
    if not hasattr(getattr(found, "__meta__", None), "labels"):
        raise MetadataError(
            f"{relation!r}: the target {target!r} is no known node class; import its module before the first use"
        )
    return cast("type[Node]", found)


def _annotated_targets(relation: RelationMeta) -> tuple[type[Node], ...]:
    try:
        resolved, _ = split_optional(resolve_annotation(relation.annotation, relation.scope))
    except NameError:
        return ()
    owner = _declaring(relation)
    types = target_types(settle(resolved, relation.owner, owner), owner)
    found: list[Any] = [cls for cls in types if hasattr(cls, "__meta__")]
    current: list[Any] = [metadata.find(cls.__name__, relation.scope.module) or cls for cls in found]
    return tuple(current)


def _declaring(relation: RelationMeta) -> type[Node]:
    """Return the class that declares a relation, where `relation` may be inherited from."""
    found = relation.owner
    for base in relation.owner.__mro__:
        shown = getattr(getattr(base, "__meta__", None), "relations", {}).get(relation.name)
        if shown is not None and shown.options is relation.options:
            found = cast("type[Node]", base)
    return found


def find_mirrors(relation: RelationMeta) -> tuple[RelationMeta, ...]:
    """Return the relations of the targets that show the same edges from their side."""
    metadata.keep_until_changed(relation)
    found: dict[int, RelationMeta] = {}
    for cls in relation.targets:
        for target in (cls, *metadata.subclasses(cls)):
            for other in target.__meta__.relations.values():
                if (other.type, other.direction) == (relation.type, OPPOSITE[relation.direction]) and any(
                    issubclass(relation.owner, back) or issubclass(back, relation.owner) for back in other.targets
                ):
                    found[id(other)] = other
    return tuple(found.values())
