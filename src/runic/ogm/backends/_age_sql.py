"""The SQL around Cypher: connections, transactions, graphs, labels, inheritance and indexes, without parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runic.ogm.backends._age_names import stored_name
from runic.ogm.backends._age_text import encode_names
from runic.ogm.exceptions import QueryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

COMMAND = "AGE "
"""Begins statements that are no Cypher: `AGE LABELS`, `AGE INDEX`, `AGE DROP INDEX`, `AGE INDEXES`."""
SET_UP = "SELECT '1'::ag_catalog.agtype, pg_catalog.set_config('search_path', {path}, {local})"
"""Reading an agtype loads the library, as LOAD does, but for every user; its operators are found by the path."""


def literal(text: str) -> str:
    """Return a text as SQL writes it."""
    quoted = text.replace("'", "''")
    return f"E'{quoted.replace(chr(92), chr(92) * 2)}'" if "\\" in text else f"'{quoted}'"


def name(text: str) -> str:
    """Return the name of a table or an index as SQL writes it."""
    quoted = text.replace('"', '""')
    return f'"{quoted}"'


def set_up(*, local: bool) -> str:
    """Return what makes a connection ready for AGE: for good, or until its transaction ends."""
    path = (
        "'ag_catalog, ' || pg_catalog.current_setting('search_path')" if local else """'ag_catalog, "$user", public'"""
    )
    return SET_UP.format(path=path, local=str(local).lower())


def begin(
    *, local: bool, begins: bool, read_only: bool, timeout: float | None, snapshot: bool = False
) -> str:  # fmt: skip
    """Return what opens a transaction; `begins`: the client does not do so by itself.

    snapshot: all of its queries see the same.
    """
    parts = ["BEGIN"] if begins else []
    if snapshot:  # before the first query
        parts.append("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    if local:
        parts.append(set_up(local=True))
    if read_only:
        parts.append("SET TRANSACTION READ ONLY")
    if timeout is not None:
        parts.append(bound(timeout))
    return "; ".join(parts)


def bound(timeout: float | None) -> str:
    """Return what bounds the statements of a transaction."""
    milliseconds = 0 if timeout is None else max(1, round(timeout * 1000))
    return f"SET LOCAL statement_timeout = {milliseconds}"


def call(graph: str, text: str, width: int, *, bound: bool) -> str:
    """Return the query that runs Cypher; what encloses the text does not occur in it."""
    tag, number = "$cypher$", 0
    while tag in text:
        number += 1
        tag = f"$cypher{number}$"
    columns = ", ".join(f"c{index} ag_catalog.agtype" for index in range(width))
    argument = ", $1" if bound else ""
    query = f"SELECT * FROM ag_catalog.cypher({literal(graph)}, {tag} {text} {tag}{argument})"  # noqa: S608 - quoted
    return f"{query} AS ({columns})"


def unite(graph: str, texts: Sequence[str], *, bound: bool) -> str:
    """Return the query that runs several statements, each of which returns a vertex, and gives each of these once."""
    return " UNION ".join(call(graph, encode_names(text), 1, bound=bound) for text in texts)


def lock(graph: str) -> str:
    """Return what lets one connection at a time make something of a graph, until its transaction ends."""
    return f"PERFORM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended({literal('runic.ogm ' + graph)}, 0));"


def _block(body: Iterable[str]) -> str:
    text = "\n".join(body)
    tag = "$runic$"
    if tag in text:
        raise QueryError(f"a name may not hold {tag}")
    return f"DO {tag} BEGIN\n{text}\nEND {tag}"


def make_graph(graph: str) -> str:
    """Return what makes a graph, unless it is there or nothing can be written."""
    there = f"EXISTS (SELECT FROM ag_catalog.ag_graph WHERE name = {literal(graph)})"
    return _block([
        f"IF {there} OR pg_catalog.current_setting('transaction_read_only') = 'on' THEN RETURN; END IF;",
        lock(graph),
        f"IF NOT {there} THEN PERFORM ag_catalog.create_graph({literal(graph)}); END IF;",
    ])  # fmt: skip


def labels_of_graph(graph: str) -> str:
    """Return the question for all labels and edge types with the tables that they inherit from."""
    return (
        "SELECT pg_catalog.json_agg(pg_catalog.json_build_array("  # noqa: S608 - quoted
        "l.name, l.kind, ARRAY(SELECT p.relname "
        "FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class p ON p.oid = i.inhparent WHERE i.inhrelid = l.relation)"
        "))::text FROM ag_catalog.ag_label l JOIN ag_catalog.ag_graph g ON g.graphid = l.graph "
        f"WHERE g.name = {literal(graph)}"
    )


def _make_label(graph: str, label: str, kind: str) -> str:
    there = (
        "EXISTS (SELECT FROM ag_catalog.ag_label l JOIN ag_catalog.ag_graph g ON g.graphid = l.graph "
        f"WHERE g.name = {literal(graph)} AND l.name = {literal(label)} AND l.kind = {literal(kind)})"
    )
    return f"IF NOT {there} THEN PERFORM ag_catalog.create_{kind}label({literal(graph)}, {literal(label)}); END IF;"


def _inherit(graph: str, label: str, parent: str) -> list[str]:
    """Return what makes a label's table one of its parent's too: MATCH of the parent finds its nodes."""
    child, above = f"{name(graph)}.{name(label)}", f"{name(graph)}.{name(parent)}"
    root = f"{name(graph)}._ag_label_vertex"

    def inherits(table: str) -> str:
        return (
            f"EXISTS (SELECT FROM pg_catalog.pg_inherits WHERE inhrelid = {literal(child)}::regclass "
            f"AND inhparent = {literal(table)}::regclass)"
        )

    return [
        f"IF NOT {inherits(above)} THEN ALTER TABLE {child} INHERIT {above}; END IF;",
        f"IF {inherits(root)} THEN ALTER TABLE {child} NO INHERIT {root}; END IF;",
    ]


def make_labels(graph: str, vertices: Sequence[tuple[str, Sequence[str]]], edges: Sequence[str]) -> str:
    body = ["IF pg_catalog.current_setting('transaction_read_only') = 'on' THEN RETURN; END IF;", lock(graph)]
    for label, parents in vertices:
        own, above = stored_name(label), [stored_name(parent) for parent in parents]
        body += [_make_label(graph, each, "v") for each in (*above, own)]
        for parent in above:
            body += _inherit(graph, own, parent)
    body += [_make_label(graph, stored_name(kind), "e") for kind in edges]
    return _block(body)
