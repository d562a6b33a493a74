"""Dataclasses and Pydantic models come back equal, with everything inside of them."""

from __future__ import annotations

import re
from dataclasses import InitVar, dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, RootModel, SecretStr, computed_field

from runic.ogm.conversion import Codec, codec_for
from runic.ogm.conversion.structured import is_model_class


@dataclass(frozen=True, slots=True)
class Reading:
    sensor: UUID
    at: datetime
    amount: Decimal
    span: timedelta | None = None


@dataclass
class Series:
    name: str
    readings: list[Reading]
    by_day: dict[str, Reading] = field(default_factory=dict[str, Reading])
    tags: frozenset[str] = frozenset()


@dataclass
class Branch:
    label: str
    children: list[Branch] = field(default_factory=list["Branch"])
    other: Branch | None = None


@dataclass
class Squared:
    side: int
    area: int = field(init=False)

    def __post_init__(self) -> None:
        self.area = self.side**2


@dataclass
class NeedsMore:
    kept: int
    lost: InitVar[int]


@dataclass
class Unstorable:
    where: complex


@dataclass
class Left:
    right: Right
    bad: complex


@dataclass
class Right:
    left: Left | None


@dataclass
class Unresolvable:
    what: Missing  # type: ignore[name-defined]  # noqa: F821 - the point of the test


class Batch(BaseModel):
    model_config = ConfigDict(extra="allow")

    code: UUID
    price: Decimal
    made_on: date = Field(alias="madeOn")
    checked: datetime | None = None
    note: str = Field(default="", exclude=True)
    _cache: int = PrivateAttr(default=0)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def label(self) -> str:
        return f"{self.code}:{self.price}"


class Login(BaseModel):
    word: SecretStr


class Shelf(BaseModel):
    batches: list[Batch]
    width: float = 1.0


class Numbers(RootModel[list[int]]):
    pass


class Wide(Shelf):
    depth: int = 0


@dataclass
class Holder:
    batch: Batch | None
    numbers: Numbers


READINGS = st.builds(
    Reading,
    sensor=st.uuids(),
    at=st.datetimes(timezones=st.just(UTC) | st.just(ZoneInfo("Europe/Berlin"))),
    amount=st.decimals(allow_nan=False, allow_infinity=False),
    span=st.none() | st.timedeltas(),
)
BATCHES = st.builds(
    lambda code, price, made_on, checked: Batch(code=code, price=price, madeOn=made_on, checked=checked),
    st.uuids(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.none() | st.datetimes(timezones=st.just(UTC), min_value=datetime(1900, 1, 1)),
)


def back(codec: Codec, value: object) -> Any:
    wire = codec.encode(value)
    assert codec.wire == "str"
    assert type(wire) is str
    assert codec.decode is not None
    return codec.decode(wire)


@given(
    value=st.builds(
        Series,
        name=st.text(),
        readings=st.lists(READINGS, max_size=3),
        by_day=st.dictionaries(st.text(), READINGS, max_size=2),
        tags=st.frozensets(st.text(), max_size=2),
    )
)
def test_dataclass_comes_back_equal(value: Series) -> None:
    result = back(codec_for(Series), value)
    assert result == value
    assert spelling(result) == spelling(value)


def spelling(series: Series) -> str:
    """What `==` does not see: 1.1 and 1.10, offsets and zones; a fold that tells nothing is not kept."""
    return repr((series.readings, series.by_day)).replace(", fold=1", "")


def test_dataclass_may_hold_itself() -> None:
    tree = Branch("root", [Branch("a"), Branch("b", [Branch("c")])], Branch("d"))
    assert back(codec_for(Branch), tree) == tree


def test_computed_field_is_kept() -> None:
    value = Squared(3)
    value.area = 10
    assert back(codec_for(Squared), value) == value


def test_missing_member_takes_the_default() -> None:
    codec = codec_for(Series)
    assert codec.decode is not None
    assert codec.decode('{"name":"old","readings":[],"gone":1}') == Series("old", [])


@pytest.mark.parametrize(
    ("cls", "text"),
    [
        (NeedsMore, "the dataclass NeedsMore has an InitVar"),
        (Unstorable, "field 'where' of the dataclass Unstorable: values of type complex cannot be stored"),
        (Unresolvable, "the annotations of the dataclass Unresolvable cannot be resolved: name 'Missing'"),
    ],
)
def test_dataclass_without_codec_says_why(cls: type, text: str) -> None:
    for _ in range(2):  # a failure leaves nothing half made behind
        with pytest.raises(TypeError, match=re.escape(text)):
            codec_for(cls)


def test_failed_dataclass_spoils_no_other() -> None:
    for cls in (Left, Right):
        with pytest.raises(TypeError, match="field 'bad' of the dataclass Left"):
            codec_for(cls)


@given(value=BATCHES)
def test_model_comes_back_equal(value: Batch) -> None:
    result = back(codec_for(Batch), value)
    assert result == value
    assert str(result.price) == str(value.price)


@given(value=st.builds(Holder, batch=st.none() | BATCHES, numbers=st.lists(st.integers()).map(Numbers)))
def test_model_inside_a_dataclass_comes_back_equal(value: Holder) -> None:
    assert back(codec_for(Holder), value) == value


def test_models_nest() -> None:
    batch = Batch(code=UUID(int=1), price=Decimal("1.10"), madeOn=date(2026, 1, 2), colour="red")  # type: ignore[call-arg]
    shelf = Shelf(batches=[batch])
    assert back(codec_for(Shelf), shelf) == shelf
    assert back(codec_for(list[Shelf]), [shelf]) == [shelf]
    assert back(codec_for(Numbers), Numbers([1, 2])) == Numbers([1, 2])


def test_private_and_excluded_fields_are_not_asked_for() -> None:
    batch = Batch(code=UUID(int=1), price=Decimal(1), madeOn=date(2026, 1, 2), note="for me")
    batch._cache = 7
    assert back(codec_for(Batch), batch).note == ""


def test_local_time_that_exists_twice_is_no_loss() -> None:
    checked = datetime(2025, 10, 26, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1)
    batch = Batch(code=UUID(int=1), price=Decimal(1), madeOn=date(2026, 1, 2), checked=checked)
    result = back(codec_for(Batch), batch)
    assert result.checked.astimezone(UTC) == checked.astimezone(UTC)


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (Login, Login(word=SecretStr("rosebud"))),
        (Shelf, Shelf(batches=[], width=float("nan"))),
    ],
)
def test_model_that_would_lose_data_is_refused(annotation: type, value: BaseModel) -> None:
    with pytest.raises(ValueError) as caught:
        codec_for(annotation).encode(value)
    assert "rosebud" not in str(caught.value)


def test_model_with_a_wrong_value_is_refused() -> None:
    shelf = Shelf(batches=[])
    shelf.width = "wide"  # type: ignore[assignment]
    with pytest.raises(ValueError, match=r"width|float"):
        codec_for(Shelf).encode(shelf)


@pytest.mark.parametrize(
    ("annotation", "value", "reason"),
    [
        (Series, {"name": "x"}, "expected Series, got {'name': 'x'} (dict)"),
        (Series, Series(1, []), "name: expected str, got 1 (int)"),  # type: ignore[arg-type]
        (Series, Series("x", [Squared(2)]), "readings: item 0: expected Reading, got Squared"),  # type: ignore[list-item]
        (Shelf, Wide(batches=[]), "expected Shelf, got Wide"),
        (Batch, "x", "expected Batch, got 'x' (str)"),
    ],
)
def test_structure_is_refused(annotation: type, value: object, reason: str) -> None:
    with pytest.raises(ValueError) as caught:
        codec_for(annotation).encode(value)
    assert reason in str(caught.value)


def test_model_is_known_by_its_methods() -> None:
    assert is_model_class(Batch)
    assert not is_model_class(Series)
