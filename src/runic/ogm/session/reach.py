"""What a search must know of its index before it is sent: its name, and how many entries to ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runic.ogm.cypher.search import IndexName, Reach

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.statement import Operation
    from runic.ogm.session.keys import KeyKeeper

FARTHEST = 2**20
WIDER = 4


def resolved(dialect: Dialect, keys: KeyKeeper, parameters: Mapping[str, Any]) -> Operation[dict[str, Any]]:
    """Return the parameters of a statement, with the names of indexes, and how many of their entries are needed."""
    found = dict(parameters)
    for name, value in parameters.items():
        if isinstance(value, Reach):
            found[name] = yield from _reach(dialect, value)
        elif isinstance(value, IndexName):
            found[name] = keys.index_name(value.item) or str(value)
    return found


def _reach(dialect: Dialect, given: Reach) -> Operation[int]:
    """Look farther until enough of the entries are nodes, or all nodes are among them.

    An index may also hold what is gone, and take it for one of the nearest.
    """
    wanted = given.call.k
    reach, every = wanted + 8, None
    while True:
        probe = dialect.probe_vector(given.call, reach)
        if probe is None:
            return wanted
        reply = yield probe[0]
        found = int(reply.tables[0][0][0])
        if found >= wanted or reach >= FARTHEST:
            return reach
        if every is None:
            reply = yield probe[1]
            every = int(reply.tables[0][0][0])
        if found >= every:
            return reach
        reach *= WIDER
