"""The table of edges answers as a plain dict that is looked through would, whatever came and went before."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from runic.ogm import Node
from runic.ogm.session.identity import EdgeTable, PairId


class Halt(Node):
    id: str


HALTS = [Halt(id=str(number)) for number in range(4)]
places = st.tuples(
    st.sampled_from(["LINE", "WALK"]), st.sampled_from(HALTS), st.sampled_from(HALTS), st.sampled_from([None, 1, 2])
).map(lambda part: (part[0], id(part[1]), id(part[2]), part[3]))
steps = st.lists(
    st.tuples(st.sampled_from(["enter", "enter", "enter", "del", "pop", "clear", "ask"]), places), max_size=40
)


@given(steps)
def test_answers_of_a_dict_that_is_looked_through(steps: list[tuple[str, PairId]]) -> None:
    table, oracle = EdgeTable[int](), dict[Any, int]()
    for number, (what, place) in enumerate(steps):
        if what == "enter":
            table[place] = oracle[place] = number
        elif what == "pop":
            assert table.pop(place, None) == oracle.pop(place, None)
        elif what == "del" and place in oracle:
            del table[place], oracle[place]
        elif what == "clear":
            table.clear()
            oracle.clear()
        else:
            assert sorted(table.between(place), key=repr) == sorted(
                (found for found in oracle if found[:3] == place[:3]), key=repr
            )
    assert table == oracle
    for halt in HALTS:
        assert sorted(table.touching(halt), key=repr) == sorted(
            (found for found in oracle if id(halt) in found[1:3]), key=repr
        )
        assert sorted(table.joining(halt, HALTS[0]), key=repr) == sorted(
            (found for found in oracle if {*found[1:3]} == {id(halt), id(HALTS[0])}), key=repr
        )


def test_index_forgets_what_left() -> None:
    """Nothing grows in a session that goes on and on."""
    table = EdgeTable[int]()
    first, second = HALTS[:2]
    for _ in range(3):
        table["LINE", id(first), id(second), None] = 1
        assert table.touching(second)
        del table["LINE", id(first), id(second), None]
    assert not table._by_node
