"""How many entries of a vector index hold the nearest nodes, where the index also holds what is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runic.ogm.cypher.search import Reach

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.statement import Operation

FARTHEST = 2**20
WIDER = 4


def with_reach(dialect: Dialect, parameters: Mapping[str, Any]) -> Operation[dict[str, Any]]:
    """Return the parameters of a statement, with as many entries asked for as hold the nearest nodes."""
    found = dict(parameters)
    for name, value in parameters.items():
        if isinstance(value, Reach):
            found[name] = yield from _reach(dialect, value)
    return found


def _reach(dialect: Dialect, given: Reach) -> Operation[int]:
    """Look farther until enough of the entries are nodes, or all nodes are among them."""
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
