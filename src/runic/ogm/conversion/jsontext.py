"""Structures as one JSON text, and the check of values that no annotation describes."""

from __future__ import annotations

import json
from dataclasses import replace
from math import isfinite
from typing import TYPE_CHECKING

from runic.ogm.conversion.base import Codec
from runic.ogm.conversion.guards import is_dict, is_list
from runic.ogm.conversion.scalars import mismatch

if TYPE_CHECKING:
    from collections.abc import Iterable

dumps = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
loads = json.loads


def json_text(codec: Codec) -> Codec:
    """Return the codec that stores what `codec` makes (lists, dicts, scalars) as one text."""
    to_json, from_json = codec.encode, codec.decode

    def encode(value: object) -> str:
        try:
            return dumps(to_json(value))
        except RecursionError:
            raise ValueError("the value is nested too deeply, or contains itself") from None

    def decode(wire: str) -> object:
        return loads(wire) if from_json is None else from_json(loads(wire))

    return replace(codec, encode=encode, decode=decode, wire="str", kind="")


def _check(value: object) -> object:
    """Return the value if JSON gives it back equal; ValueError else."""
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, float):
        if not isfinite(value):
            raise ValueError(f"expected a finite float, got {value}")
    elif is_list(value):
        _check_all(value)
    elif is_dict(value):
        _check_all(map(check_key, value))
        _check_all(value.values())
    else:
        raise mismatch("a value that JSON has (str, int, float, bool, None, list, dict with str keys)", value)
    return value


def _check_all(values: Iterable[object]) -> None:
    for value in values:
        _check(value)


def check_key(key: object) -> str:
    """Return the key of an object if it is text; ValueError else."""
    if isinstance(key, str):
        return str.__str__(key)
    raise mismatch("str as a key", key)


JSON_VALUE = Codec(_check, None, "any", mutable=True, kind="json")
