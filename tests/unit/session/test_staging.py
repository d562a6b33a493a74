"""Many at once are staged as one by one: the quick way of `relate_all` and `add_all` against the other."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from runic.ogm.exceptions import OGMError
from runic.ogm.model.base import Node
from runic.ogm.model.fields import Field, Relation
from runic.ogm.session.session import Session
from tests.unit.fake import Database, Half

SLUICES = 3


class Meadow(Node):
    """Knows nothing of the sluices that it is beside."""

    id: str = Field(primary_key=True)


class Sluice(Node):
    """Relations of each kind: one way and the other, either way, seen from both ends, single, cascading."""

    id: str = Field(primary_key=True)
    above: list[Sluice] = Relation(relationship="ABOVE")
    fed_by: list[Sluice] = Relation(relationship="FEEDS", direction="INCOMING")
    beside: list[Sluice] = Relation(relationship="BESIDE", direction="BOTH")
    pumps: list[Sluice] = Relation(relationship="PUMPS")
    pumped_by: list[Sluice] = Relation(relationship="PUMPS", direction="INCOMING")
    keeper: Sluice | None = Relation(relationship="KEEPS")
    reached: list[Sluice] = Relation(relationship="REACHES", cascade=True)
    meadows: list[Meadow] = Relation(relationship="WATERS", direction="BOTH")


class Weir(Sluice):
    """Shares the keys and the relations of its base class."""


NAMES = ("above", "fed_by", "beside", "pumps", "pumped_by", "keeper", "reached", "meadows")
Change = tuple[str, str, int, int]
places = st.integers(0, 2 * SLUICES - 1)
changes = st.lists(
    st.tuples(st.sampled_from(("relate", "unrelate", "assign")), st.sampled_from(NAMES), places, places), max_size=5
)


class Unit:
    """A session with sluices that are stored, as many that are new, and as many that it does not know."""

    def __init__(self) -> None:
        self.database, half = Database(), Half(is_async=False)
        self.session: Session = half.session(half.driver(self.database))
        kinds = (Sluice, Weir, Sluice)
        self.sluices = [kinds[number % SLUICES](id=f"s{number}") for number in range(3 * SLUICES)]
        self.meadows = [Meadow(id=f"m{number}") for number in range(2 * SLUICES)]
        self.session.add_all([*self.sluices[:SLUICES], *self.meadows])
        self.session.commit()
        self.session.add_all(self.sluices[SLUICES : 2 * SLUICES])
        self.database.sent.clear()

    def change(self, what: str, name: str, source: int, target: int) -> None:
        """Do something of which the unit has to know when it stages more."""
        if what == "assign":
            found = self.pair(name, source, target)[1]
            setattr(self.sluices[source], name, found if name == "keeper" else [found])
        else:
            first, second = self.pair(name, source, target)
            getattr(self.session, what)(first, name, second)

    def pair(self, name: str, source: int, target: int) -> tuple[Node, Node]:
        """Return the ends of an edge of a relation, by their places."""
        return self.sluices[source], (self.meadows if name == "meadows" else self.sluices)[target]

    def outcome(self, *steps: Callable[[], object]) -> object:
        """Return what the sluices show after some steps, and what a commit sends then; or the error of a step."""
        for step in steps:
            try:
                step()
            except (OGMError, TypeError) as error:
                return repr(error)
        shown = [
            {name: repr(getattr(sluice, Sluice.__meta__.relations[name].slot)) for name in NAMES}
            for sluice in self.sluices
        ]
        try:
            self.session.commit()
        except OGMError as error:
            return shown, repr(error)
        return shown, [(statement.text, statement.parameters) for statement in self.database.sent]


@given(st.sampled_from(NAMES), st.lists(st.tuples(places, places), max_size=6), changes, changes)
def test_relate_all_does_what_relate_does(
    name: str, pairs: list[tuple[int, int]], before: list[Change], after: list[Change]
) -> None:
    one, many = Unit(), Unit()
    whole = [many.pair(name, *places) for places in pairs]
    assert many.outcome(
        *(partial(many.change, *change) for change in before),
        partial(many.session.relate_all, name, whole),
        *(partial(many.change, *change) for change in after),
    ) == one.outcome(
        *(partial(one.change, *change) for change in before),
        *(partial(one.change, "relate", name, *places) for places in pairs),
        *(partial(one.change, *change) for change in after),
    )


@given(st.lists(st.integers(0, 3 * SLUICES - 1), max_size=8), changes, st.sets(places))
def test_add_all_does_what_add_does(wanted: list[int], before: list[Change], deleted: set[int]) -> None:
    """Among them some that are here, deleted, given twice, of two classes, with relations, and of the same key."""
    one, many = Unit(), Unit()
    for unit in (one, many):
        unit.sluices[-1].id = unit.sluices[0].id
        unit.sluices[-2].above = [unit.sluices[-3]]
        unit.sluices[-3].reached = [unit.sluices[-1]]
    assert many.outcome(
        *(partial(many.change, *change) for change in before),
        *(partial(many.session.delete, many.sluices[place]) for place in sorted(deleted)),
        partial(many.session.add_all, [many.sluices[place] for place in wanted]),
    ) == one.outcome(
        *(partial(one.change, *change) for change in before),
        *(partial(one.session.delete, one.sluices[place]) for place in sorted(deleted)),
        *(partial(one.session.add, one.sluices[place]) for place in wanted),
    )
