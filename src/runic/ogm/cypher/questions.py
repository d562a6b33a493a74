"""How queries are spelt where databases differ in what they can be asked, apart from patterns and values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

if TYPE_CHECKING:
    from runic.ogm.cypher.patterns import Hop, Repeat, Shortest


class RepeatStart(NamedTuple):
    """Where a repeated step starts: a clause before it or none, the variable, and conditions of the step."""

    variable: str
    clause: str = ""
    conditions: tuple[str, ...] = ()


class QueryDialect:
    """The part of a dialect for clauses that not every database has."""

    keeps_filters_after_limit: ClassVar[bool] = True
    """Is WITH n LIMIT 3 WHERE n.x > 1 decided after the limit?"""
    unites_once: ClassVar[bool] = True
    """Does UNION give a node once, also where one side has it from an optional step?"""
    names_empty_columns: ClassVar[bool] = True
    """Does the reply to raw text name its columns even if it has no rows?"""
    looks_back_by_index: ClassVar[bool] = True
    """Does an index serve a condition that stands behind a later MATCH than its node's?"""
    keeps_rows_of_hops: ClassVar[bool] = True
    """Does a chain of hops give a row for each way, also where nobody reads what lies between?"""
    keeps_equal_paths: ClassVar[bool] = True
    """Does each of several equal rows have a shortest path of its own?"""
    most_rows: ClassVar[int] = 2**30 - 1
    """Up to where SKIP and LIMIT count: the two together have 32 bits on Neo4j and ArcadeDB."""
    orders_by_subqueries: ClassVar[bool] = True
    """Can ORDER BY, and what stands beside an aggregate, hold EXISTS { } and COUNT { }?"""
    indexes_integers_below: ClassVar[int | None] = None
    """From which absolute value on does an index take neighbouring integers for one another? None: it never does."""
    knows_empty_lists: ClassVar[bool] = True
    """Is null IN [] false, and not null?"""
    asks_in_optional_steps: ClassVar[bool] = True
    """Does an optional step keep its row where a subquery in its conditions finds nothing?"""
    supports_explain: ClassVar[bool] = False
    """Can the backend answer a statement in mode "explain" with its plan?"""
    supports_profile: ClassVar[bool] = False
    """Can the backend answer a statement in mode "profile" with its plan and what each part did?"""

    def render_hop(self, hop: Hop, keyword: str) -> str:
        """Return what goes on along one relation; `keyword` is MATCH or OPTIONAL MATCH.

        After the latter, a row that leads nowhere has no target; it may have an edge.
        """
        return hop.match(keyword)

    def render_shortest_path(self, shortest: Shortest, carry: str) -> str:  # noqa: ARG002 - for dialects
        """Return clauses that bind `shortest.path`, and leave out the rows without a path.

        carry: the variables that are bound. The path may run from either end.
        """
        return f"MATCH {shortest.path} = shortestPath({shortest.pattern()})"

    def render_repeat(self, repeat: Repeat) -> tuple[str, tuple[str, ...]]:
        """Return the pattern of a repeated step that follows each edge of a way once, and conditions of it."""
        return repeat.pattern(), ()

    def render_repeat_start(self, source: str, sure: str, carried: str, *, optional: bool) -> RepeatStart:  # noqa: ARG002
        """Return what a repeated step starts from where `source` may be null; `sure` is a node that is not.

        carried: all variables that are bound.
        """
        return RepeatStart(source)

    def render_sum(self, total: str) -> str:
        """Return a sum, which is 0 where there is no number."""
        return total

    def render_ordered(self, prop: str) -> str:
        """Return a property as a side of <, <=, > or >= where it is text, or may be."""
        return prop

    def render_any_order(self) -> str:
        """Return ORDER BY for a page of rows in any order, some of which an optional step made; or nothing."""
        return ""

    def render_unindexed(self, operand: str) -> str:
        """Return an operand in a way that no index is asked with."""
        return f"coalesce({operand})"

    def render_carried_key(self, column: str) -> str:
        """Return a column, made before and returned under its own name, as a key of an order."""
        return column

    def render_exact(self, number: str) -> str:
        """Return a floating-point number in a form that a reply carries without loss; `read_exact` reads it."""
        return number

    def read_exact(self, value: Any) -> Any:  # noqa: ANN401 - null, or what the database gives for a number
        """Return the number that `render_exact` asked for."""
        return value
