"""What a unit writes, as SQL: Cypher finds, and INSERT, UPDATE and DELETE go on by index.

Apache AGE reads a whole table for each vertex or edge that its SET and DELETE change, and for each end of an edge that
its CREATE makes (`process_update_list`, `process_delete_list`, `entity_exists` in its executor): 10,000 edges between
10,000 vertices take seconds, ten times as many take minutes.
"""

# ruff: noqa: S608 - names are quoted, values are parameters

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import orjson

from runic.ogm.backends._age_sql import call, literal, name
from runic.ogm.backends._age_text import Token, encode_names, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WRITES: Final = frozenset({"CREATE", "SET", "DELETE", "DETACH"})
_QUOTED: Final = r"`((?:[^`]|``)+)`"
_NODE: Final = re.compile(rf"CREATE \(\w*:{_QUOTED} ?(.*)\)", re.DOTALL)
_EDGE: Final = re.compile(rf"CREATE \((\w+)\)-\[:{_QUOTED} ?(.*)\]->\((\w+)\)", re.DOTALL)
_DELETE: Final = re.compile(r"(DETACH )?DELETE (\w+)")
_CHANGE: Final = re.compile(r"SET ((\w+)\..*?)(?: WITH [\w, ]+ LIMIT \d+ WHERE \2 IS NULL (CREATE .*))?", re.DOTALL)
_COUNT: Final = re.compile(r"RETURN count\(\*\) AS \w+ $")
_UNLESS: Final = re.compile(r"(.*)WITH [\w, ]+ LIMIT \d+ WHERE (\w+) IS NULL ", re.DOTALL)
_PAIR: Final = re.compile(rf"\s*(?:\w+\.)?{_QUOTED}(?::| =) (.*?)\s*", re.DOTALL)
_MOST_PAIRS: Final = 45
"""A function of PostgreSQL takes a hundred arguments."""
_REFUSED: Final = "Entity failed to be updated"
"""AGE's own words, which mean that another transaction has changed what was found here."""


def spell_writes(graph: str, text: str, *, bound: bool = True) -> str | None:
    """Return the query of a statement of ours that counts what it writes, or None for one that AGE has to run.

    bound: it has parameters.
    """
    branches = list(_branches(encode_names(text)))
    relating = _relating(branches)
    if relating is not None:
        head, clause, unless = relating
        branch = _Branch(graph, head, 1, bound=bound)
        done = branch.add(clause, unless)
        return f"WITH {', '.join(branch.tables())} {branch.ends()} UNION ALL {branch.selected()}" if done else None
    tables: list[str] = []
    selected: list[str] = []
    for number, (head, clause) in enumerate(branches):
        if not clause:
            selected.append(call(graph, head, 1, bound=bound))
            continue
        branch = _Branch(graph, head, number, bound=bound)
        if not branch.add(clause):
            return None
        tables += branch.tables()
        selected.append(branch.selected())
    return f"WITH {', '.join(tables)} {' UNION ALL '.join(selected)}" if tables else None


def _relating(branches: Sequence[tuple[str, str]]) -> tuple[str, str, str] | None:
    """Return what finds two ends and perhaps their edge, what writes, and the edge's variable if that must be null.

    Of statements that count ends and then make edges between them, so that both can go on from what is found once.
    """
    match branches:
        case [(ends, ""), (head, clause)] if head.startswith(f" {_COUNT.sub('', ends)}OPTIONAL MATCH (a)-[r:"):
            found = _UNLESS.fullmatch(head)
            return (head, clause, "") if found is None else (found[1], clause, found[2])
        case _:
            return None


def _branches(text: str) -> Iterator[tuple[str, str]]:
    """Yield, for each statement that UNION ALL joins, what finds and what writes; all of it and "" if nothing does."""
    start = written = returned = 0
    for token in [*tokens(text), Token("word", "UNION", len(text), len(text), 0, "")]:
        word = token.text if token.kind == "word" and token.depth == 0 else ""
        if word in _WRITES:
            written = written or token.start
        elif word == "RETURN":
            returned = token.start
        elif word == "UNION":
            yield (text[start:written], text[written:returned].strip()) if written else (text[start : token.start], "")
            start, written = token.end + len(" ALL"), 0


class _Branch:
    """What one statement finds, as columns of a table, and the tables of what is written because of it."""

    def __init__(self, graph: str, head: str, number: int, *, bound: bool) -> None:
        self._graph, self._head, self._bound = graph, head, bound
        self._found, self._written = f"f{number}", f"w{number}"
        self._columns: list[str] = []
        self._made: list[str] = []
        self._checks: list[str] = []
        self._writes: list[str] = []

    def add(self, clause: str, unless: str = "") -> bool:
        """Add what the clause writes, `unless` a variable is bound; tell whether it is one of those that can be."""
        deletion, change = _DELETE.fullmatch(clause), _CHANGE.fullmatch(clause)
        if deletion is not None:
            return self._delete(deletion[2], whole=deletion[1] is not None)
        if change is None:
            return self._create(clause, unless)
        return self._change(change[2], change[1]) and (change[3] is None or self._create(change[3], change[2]))

    def tables(self) -> Iterator[str]:
        """Yield what is found, and what is written."""
        columns = self._columns or ["1"]
        text = call(self._graph, f"{self._head}RETURN {', '.join(columns)}", len(columns), bound=self._bound)
        yield f"{self._found} AS MATERIALIZED ({text})"
        for index, write in enumerate(self._writes):
            yield f"{self._written}_{index} AS ({write} RETURNING 1)"

    def selected(self) -> str:
        """Return the selection that counts what was written last, and is an error where a row was changed meanwhile."""
        count = " + ".join(["count(*)", *(f"({check})::pg_catalog.int8" for check in self._checks)])
        return f"SELECT ({count})::ag_catalog.agtype FROM {self._written}_{len(self._writes) - 1}"

    def ends(self) -> str:
        """Return the selection that counts what edges were wanted for: an edge that is there twice is wanted once."""
        wanted = f"SELECT DISTINCT {', '.join(self._made)} FROM {self._found}"
        return f"SELECT count(*)::ag_catalog.agtype FROM ({wanted}) AS wanted"

    def _column(self, expression: str) -> str:
        """Return the column that has what Cypher calculates."""
        if expression not in self._columns:
            self._columns.append(expression)
        return f"{self._found}.c{self._columns.index(expression)}"

    def _id(self, expression: str) -> str:
        return f"{self._column(expression)}::ag_catalog.graphid"

    def _table(self, label: str) -> str:
        return f"{name(self._graph)}.{name(label)}"

    def _create(self, clause: str, unless: str) -> bool:
        """Add INSERT of a vertex or an edge for all that is found, or for each of which a variable is null."""
        node, edge = _NODE.fullmatch(clause), _EDGE.fullmatch(clause)
        ends = {} if edge is None else {"start_id": self._id(f"id({edge[1]})"), "end_id": self._id(f"id({edge[4]})")}
        label, given = (edge[2], edge[3]) if edge is not None else (node[1], node[2]) if node is not None else ("", "")
        properties = _pairs(given[1:-1])
        if not label or properties is None:
            return False
        values = [*ends.values(), self._map(properties)]
        self._made = [*ends.values(), *map(self._column, properties.values())]
        where = f" WHERE {self._column(f'id({unless})')} IS NULL" if unless else ""
        into = f"{self._table(label)} ({', '.join([*ends, 'properties'])})"
        self._writes.append(f"INSERT INTO {into} SELECT {', '.join(values)} FROM {self._found}{where}")
        return True

    def _change(self, alias: str, changes: str) -> bool:
        """Add UPDATE of what is found."""
        place, given = self._place(alias), _pairs(changes)
        if place is None or given is None:
            return False
        values = f"(t.properties - {_agtype([*given])}) || {self._map(given)}"
        self._writes.append(f"UPDATE {place[0]} t SET properties = {values} FROM {self._found} WHERE {place[1]}")
        self._check(alias)
        return True

    def _delete(self, alias: str, *, whole: bool) -> bool:
        """Add DELETE of what is found, and before of the edges of a vertex."""
        place = self._place(alias)
        if place is None:
            return False
        using = f"USING {self._found} WHERE"
        for end in ("start_id", "end_id") if whole else ():
            edges = self._table("_ag_label_edge")
            self._writes.append(f"DELETE FROM {edges} t {using} t.{end} = {self._id(f'id({alias})')}")
        self._writes.append(f"DELETE FROM {place[0]} t {using} {place[1]}")
        self._check(alias)
        return True

    def _place(self, alias: str) -> tuple[str, str] | None:
        """Return the table of a vertex or an edge, and what is true of its row if that is still as it was found."""
        found = re.search(rf"([(\[]){alias}:{_QUOTED}", self._head)
        if found is None:
            return None
        same = [f"t.id = {self._id(f'id({alias})')}"]
        if found[1] == "[":  # edges have no index on their ids
            same.append(f"t.start_id = {self._id(f'start_id({alias})')}")
        same.append(f"t.properties IS NOT DISTINCT FROM {self._column(f'properties({alias})')}")
        return self._table(found[2]), " AND ".join(same)

    def _check(self, alias: str) -> None:
        """Let it be an error if the last table is smaller than what was found: PostgreSQL skips what has changed."""
        found = f"SELECT count(DISTINCT {self._column(f'id({alias})')}) FROM {self._found}"
        last = f"{self._written}_{len(self._writes) - 1}"
        self._checks.append(f"SELECT CASE WHEN count(*) < ({found}) THEN '{_REFUSED}' ELSE '0' END FROM {last}")

    def _map(self, pairs: dict[str, str]) -> str:
        """Return the properties as a map, without those that are null."""
        if not pairs:
            return "ag_catalog.agtype_build_map()"
        values = [f"{literal(key)}, {self._column(value)}" for key, value in pairs.items()]
        some = [values[start : start + _MOST_PAIRS] for start in range(0, len(values), _MOST_PAIRS)]
        return " || ".join(f"ag_catalog.agtype_build_map_nonull({', '.join(each)})" for each in some)


def _pairs(text: str) -> dict[str, str] | None:
    """Return the names and the expressions of assignments, or of a map; None if any of them is something else."""
    commas = [token.start for token in tokens(text) if token.text == "," and token.depth == 0]
    ends = zip([0, *(comma + 1 for comma in commas)], [*commas, len(text)], strict=True) if text.strip() else ()
    found = [_PAIR.fullmatch(text, start, end) for start, end in ends]
    pairs = {pair[1].replace("``", "`"): pair[2] for pair in found if pair is not None}
    return pairs if len(pairs) == len(found) else None


def _agtype(value: object) -> str:
    return f"{literal(orjson.dumps(value).decode())}::ag_catalog.agtype"
