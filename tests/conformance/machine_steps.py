"""What programs of the state machine draw, and how a step of theirs is made."""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, multiple, rule

from .machine_oracle import SIDES, Ref

Link: TypeAlias = tuple[Ref, str, Ref]
PLAIN = ("SLEEPS_IN", "TAUGHT_BY", "TRUSTS", "STAGED_IN", "USES")
EVERY = (*PLAIN, "PERFORMS_IN", "GUARDS")

performers: Bundle[Ref] = Bundle("performers")
acts: Bundle[Ref] = Bundle("acts")
tents: Bundle[Ref] = Bundle("tents")
props: Bundle[Ref] = Bundle("props")
wagons: Bundle[Ref] = Bundle("wagons")
nodes = st.one_of(performers, acts, tents, props, wagons)
BUNDLES = {"Performer": performers, "CircusAct": acts, "Tent": tents, "CircusProp": props, "Wagon": wagons}


def links(*types: str, single: bool | None = None) -> st.SearchStrategy[Link]:
    """Draw a node, a relation of it, and another node that it may lead to."""
    drawn = [
        st.tuples(BUNDLES[kind], st.just(attr), BUNDLES[side.target])
        for (kind, attr), side in SIDES.items()
        if side.type in types and single in {None, side.single}
    ]
    return st.one_of(drawn)


numbers = st.integers(0, 3)
maybe = st.none() | numbers
names = st.sampled_from(["ada", "ben", "", "q'\"`\\"])


Body: TypeAlias = Callable[..., Coroutine[Any, Any, Any]]


def driven(body: Body, *there: str, absent: object = None) -> Callable[..., Any]:
    """Make a plain method, as a state machine wants it, of one that awaits; without these nodes it does nothing."""

    @functools.wraps(body)
    def run(self: Any, **given: Any) -> Any:
        refs = [ref for name in there for ref in (given[name][::2] if name == "link" else [given[name]])]
        return self.desk.rig.do(body(self, **given)) if self.desk.lives(*refs) else absent

    return run


def step(*there: str, **given: Any) -> Callable[[Body], Any]:
    """Make a rule of a method that awaits, and needs these of its arguments to be there."""
    absent: object = multiple() if "target" in given else None
    make: Callable[[Callable[..., Any]], Any] = rule(**given)
    return lambda body: make(driven(body, *there, absent=absent))
