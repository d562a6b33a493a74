"""The generated, keyword-only constructor of a mapped class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runic.ogm.codegen import build_function
from runic.ogm.model.fields import MISSING
from runic.ogm.model.relations import assign

if TYPE_CHECKING:
    from runic.ogm.model.metadata import PropertyMeta, RelationMeta


class _Given:
    """The default of an argument whose value is made anew for each entity, or that was not given."""

    def __repr__(self) -> str:
        return "<made when left out>"


def build_constructor(cls: type[Any], properties: dict[str, PropertyMeta], relations: dict[str, RelationMeta]) -> None:
    """Give `cls` its `__init__`, unless its body has one; `Entity.__init__` reaches the generated one in any case."""
    names: dict[str, object] = {"_LEFT_OUT": _Given(), "_assign": assign}
    parameters, body = ["self"], ["self._ogm = None", "self._row = None"]
    for prop in properties.values():
        _add_property(prop, parameters, body, names)
    for relation in relations.values():
        parameters.append(f"{relation.name}=_LEFT_OUT")
        names[f"_relation_{relation.name}"] = relation
        body.append(f"if {relation.name} is not _LEFT_OUT: _assign(self, _relation_{relation.name}, {relation.name})")
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    if len(parameters) > 1:
        parameters.insert(1, "*")
    function = build_function("__init__", ", ".join(parameters), body, names)
    function.__qualname__ = f"{cls.__qualname__}.__init__"
    function.__module__ = cls.__module__
    cls.__ogm_init__ = function
    if "__init__" not in cls.__dict__:
        cls.__init__ = function


def _add_property(prop: PropertyMeta, parameters: list[str], body: list[str], names: dict[str, object]) -> None:
    name, options = prop.name, prop.options
    value = name
    if options.default_factory is not None:
        names[f"_make_{name}"] = options.default_factory
        value = f"_make_{name}() if {name} is _LEFT_OUT else {name}" if options.init else f"_make_{name}()"
        parameter = f"{name}=_LEFT_OUT"
    elif (default := _default(prop)) is not MISSING:
        names[f"_default_{name}"] = default
        value = name if options.init else f"_default_{name}"
        parameter = f"{name}=_default_{name}"
    else:
        value = name if options.init else "None"
        parameter = name
    if options.init:
        parameters.append(parameter)
    body.append(f"self.{name} = {value}")


def _default(prop: PropertyMeta) -> object:
    if prop.options.default is not MISSING:
        return prop.options.default
    if prop.options.generated:
        return None
    return 1 if prop.options.version else MISSING
