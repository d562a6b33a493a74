"""Parameters as the JSON that Apache AGE reads: exact integers, every float, and a named error for all else."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

import orjson

from runic.ogm.conversion.guards import is_dict, is_list, is_tuple
from runic.ogm.conversion.scalars import LARGEST_INT
from runic.ogm.exceptions import UnsendableValueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from runic.ogm.cypher.statement import Statement

_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_SUBCLASS
_SUSPECT = (b"null", b"\\u0000")
"""What the text of a float that JSON cannot hold, and of a NUL character, look like."""
_CONSTANTS: dict[bool | None, str] = {None: "null", True: "true", False: "false"}
Path = tuple[str | int, ...]


def spell_parameters(statement: Statement) -> str | None:
    """Return the parameters of a statement as one text, or None where it has none."""
    if not statement.parameters:
        return None
    parameters = statement.parameters
    if statement.origin == "execute":  # their values were checked by nobody
        return _spelt(parameters)
    try:
        text = orjson.dumps(parameters, option=_OPTIONS)
    except (TypeError, ValueError):
        return _spelt(parameters)
    return _spelt(parameters) if any(mark in text for mark in _SUSPECT) else text.decode()


def _spelt(parameters: Mapping[str, object]) -> str:
    pairs = [f"{_text(name, (name,))}: {_spell(value, (name,))}" for name, value in parameters.items()]
    return f"{{{', '.join(pairs)}}}"


def _spell(value: Any, path: Path) -> str:  # noqa: ANN401 - a parameter
    if value is None or isinstance(value, bool):
        return _CONSTANTS[value]
    if isinstance(value, str):
        return _text(value, path)
    if isinstance(value, int):
        return _integer(value, path)
    if isinstance(value, float):
        return _float(value)
    if is_list(value) or is_tuple(value):
        return f"[{', '.join(_items(value, path))}]"
    if is_dict(value):
        pairs = [f"{_key(key, path)}: {_spell(item, (*path, str(key)))}" for key, item in value.items()]
        return f"{{{', '.join(pairs)}}}"
    raise UnsendableValueError(path, f"Apache AGE has no type for {type(value).__name__}")


def _items(values: Iterable[Any], path: Path) -> list[str]:
    return [_spell(item, (*path, index)) for index, item in enumerate(values)]


def _key(key: object, path: Path) -> str:
    if not isinstance(key, str):
        raise UnsendableValueError(path, f"the keys of a map must be str, not {key!r}")
    return _text(key, path)


def _text(value: str, path: Path) -> str:
    if "\0" in value:
        raise UnsendableValueError(path, "Apache AGE cannot store a NUL character")
    try:
        return orjson.dumps(str.__str__(value)).decode()
    except TypeError:
        raise UnsendableValueError(path, "the text holds a lone surrogate, which is no character") from None


def _integer(value: int, path: Path) -> str:
    if not -LARGEST_INT - 1 <= value <= LARGEST_INT:
        raise UnsendableValueError(path, "the integer does not fit into 64 bits")
    return int.__repr__(value)


def _float(value: float) -> str:
    if isfinite(value):
        return float.__repr__(value)
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"  # noqa: PLR0124 - NaN is itself
