"""What may not be done to mapped classes, and errors that are taken from one process to another."""

from __future__ import annotations

import pickle
from dataclasses import dataclass

import pytest

from runic.ogm import Edge, FieldValidationError, MetadataError, Node
from runic.ogm.exceptions import (
    ConstraintViolationError,
    OGMError,
    RelationValueError,
    SchemaDriftError,
    UnsendableValueError,
)


@pytest.mark.parametrize("options", [{}, {"frozen": True}, {"eq": False}], ids=str)
def test_dataclass_is_refused(options: dict[str, bool]) -> None:
    class Kite(Node):
        id: str

    class Tether(Edge):
        length: int = 3

    for cls in (Kite, Tether):
        with pytest.raises(MetadataError, match=rf"{cls.__name__} is mapped: leave @dataclass out"):
            dataclass(**options)(cls)
    kite, tether = Kite(id="k"), Tether()
    assert (kite != Kite(id="k"), len({kite, tether})) == (True, 2)
    assert tether.length == 3


ERRORS = [
    UnsendableValueError(("a", 1), "r"),
    FieldValidationError("Kite", "id", "r"),
    RelationValueError("Kite", "tether", "r"),
    SchemaDriftError("m", "plan"),
    ConstraintViolationError("m", outcome_unknown=True),
    OGMError("m"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_error_can_be_pickled(error: OGMError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))
