"""How FalkorDB spells the clauses of queries that differ from standard openCypher."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

from runic.ogm.conversion.guards import is_list, is_tuple
from runic.ogm.cypher.questions import QueryDialect
from runic.ogm.exceptions import UnsupportedFeatureError

if TYPE_CHECKING:
    from runic.ogm.cypher.patterns import Repeat, Shortest

_LONGEST_CHAIN = 100
"""How many hops a pattern has one by one."""
_FRACTION = 52
"""How many bits of a float follow its first."""


class FalkorDBQueries(QueryDialect):
    """FalkorDB moves filters to before a LIMIT, finds shortest paths between bound nodes only, and rounds floats."""

    keeps_filters_after_limit = False
    keeps_rows_of_hops = False  # it multiplies matrices: two ways between the same ends become one
    indexes_integers_below = 2**53  # it holds them as floating-point numbers; what is compared without it is exact
    supports_explain = True
    supports_profile = True

    def render_shortest_path(self, shortest: Shortest, carry: str) -> str:
        """Return clauses that bind the path; where its edges may be followed both ways, the first of all shortest."""
        path = shortest.path
        if shortest.relation.direction != "BOTH":
            return f"WITH {carry}, shortestPath({shortest.pattern()}) AS {path} WHERE {path} IS NOT NULL"
        every = f"MATCH {path} = allShortestPaths({shortest.pattern('*..')})"
        return f"WITH {carry} {every} WITH {carry}, collect({path})[0] AS {path}"

    def render_repeat(self, repeat: Repeat) -> tuple[str, tuple[str, ...]]:
        """Return a pattern whose path is asked for, so that each way is followed.

        Otherwise FalkorDB goes on from a node where it came to it first: one that it met at the last hop, and earlier
        by another way, leads nowhere (4.16: of a-b-c-d and a-c, d is two hops from a, and not found). Several hops at
        least follow an edge twice, and where the path is asked for no node twice: hence one by one, and all unlike.
        """
        path, low, high = repeat.path, repeat.low, repeat.high
        if low > _LONGEST_CHAIN:
            raise UnsupportedFeatureError(f"repeat(): falkordb takes min_hops up to {_LONGEST_CHAIN}, not {low}")
        if low > 1:
            return f"{path} = {repeat.chain()}", (f"size(list.dedup(relationships({path}))) = length({path})",)
        if high is None or high < 2:  # noqa: PLR2004 - nothing is met twice
            return repeat.pattern(), ()
        return f"{path} = {repeat.pattern()}", (f"length({path}) >= {low}",)

    def render_ordered(self, prop: str) -> str:
        """Return a property in a way that no index is asked with.

        FalkorDB's indexes put text in an order of their own, without regard to capitals, and with no lower bound they
        forget the upper one too; what they find is not looked at again.
        """
        return f"coalesce({prop})"

    def render_exact(self, number: str) -> str:
        """Return a float as [fraction, exponent], two integers: as a float it would come with 15 digits.

        What turns out to be no float comes as it is: FalkorDB calculates every branch, so that each has a number.
        """
        value = f"toFloatOrNull({number})"
        exponent = f"toInteger(floor(log(abs({value})) / {math.log(2)!r}))"
        fraction = f"toInteger({value} * 2.0 ^ ({_FRACTION} - {exponent}))"
        exact = f"CASE WHEN abs({value}) > 1e-290 THEN [{fraction}, {exponent}] ELSE {number} END"
        return f"CASE typeOf({number}) WHEN 'Float' THEN {exact} ELSE {number} END"

    def read_exact(self, value: Any) -> Any:  # noqa: ANN401 - as the base class says
        """Return the float of [fraction, exponent]; what is no float, or next to nothing, comes as it is."""
        if not (is_list(value) or is_tuple(value)):
            return value
        fraction, exponent = cast("tuple[int, int]", value)
        return math.ldexp(fraction, exponent - _FRACTION)

    def render_any_order(self) -> str:
        """Return an order by nothing: behind a LIMIT of more rows than there are, OPTIONAL MATCH gives some twice."""
        return " ORDER BY 1"

    def render_carried_key(self, column: str) -> str:
        """Return the column within a call: FalkorDB orders by one name but once in a statement."""
        return f"coalesce({column})"
