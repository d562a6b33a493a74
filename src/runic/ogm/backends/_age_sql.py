"""The SQL around Cypher: connections, transactions, graphs, labels, inheritance and indexes, without parameters."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import orjson

from runic.ogm.backends._age_names import stored_name
from runic.ogm.backends._age_text import encode_names
from runic.ogm.cypher.statement import Reply
from runic.ogm.exceptions import QueryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runic.ogm.cypher.statement import Statement

COMMAND = "AGE "
"""Begins statements that are no Cypher: `AGE LABELS`, `AGE INDEX`, `AGE DROP INDEX`, `AGE INDEXES`."""
SET_UP = "SELECT '1'::ag_catalog.agtype, pg_catalog.set_config('search_path', {path}, {local})"
"""Reading an agtype loads the library, as LOAD does, but for every user; its operators are found by the path."""


_KEY = re.compile(r"'((?:[^']|'')*)'::")
"""The property's name, as JSON, in what PostgreSQL says an index is on."""


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


def _lock(graph: str) -> str:
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
        _lock(graph),
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


def _make_labels(graph: str, vertices: Sequence[tuple[str, Sequence[str]]], edges: Sequence[str]) -> str:
    body = ["IF pg_catalog.current_setting('transaction_read_only') = 'on' THEN RETURN; END IF;", _lock(graph)]
    for label, parents in vertices:
        own, above = stored_name(label), [stored_name(parent) for parent in parents]
        body += [_make_label(graph, each, "v") for each in (*above, own)]
        for parent in above:
            body += _inherit(graph, own, parent)
    body += [_make_label(graph, stored_name(kind), "e") for kind in edges]
    return _block(body)


def index_name(label: str, properties: Sequence[str], *, unique: bool) -> str:
    """Return the name of an index, the same for the same declaration."""
    words = orjson.dumps([label, *properties])
    return f"runic_{'unique' if unique else 'index'}_{blake2b(words, digest_size=12).hexdigest()}"


def _make_index(graph: str, label: str, properties: Sequence[str], *, unique: bool) -> str:
    keys = [
        f"ag_catalog.agtype_access_operator(properties, {literal(orjson.dumps(each).decode())}::ag_catalog.agtype)"
        for each in properties
    ]
    kind = "UNIQUE INDEX" if unique else "INDEX"
    own = name(index_name(label, properties, unique=unique))
    table = f"{name(graph)}.{name(stored_name(label))}"
    return f"CREATE {kind} IF NOT EXISTS {own} ON {table} USING btree ({', '.join(keys)})"


def _indexes(graph: str) -> str:
    keys = (
        "ARRAY(SELECT pg_catalog.pg_get_indexdef(i.indexrelid, k, true) "
        "FROM pg_catalog.generate_series(1, i.indnkeyatts) AS k)"
    )
    return (
        "SELECT pg_catalog.json_agg(pg_catalog.json_build_array("  # noqa: S608 - quoted
        f"c.relname, i.indisunique, l.kind, l.name, {keys}))::text "
        "FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid "
        "JOIN ag_catalog.ag_label l ON l.relation = i.indrelid JOIN ag_catalog.ag_graph g ON g.graphid = l.graph "
        f"WHERE g.name = {literal(graph)} AND i.indexprs IS NOT NULL AND i.indisvalid"
    )


def spell_command(statement: Statement, graph: str) -> str:
    """Return the SQL of a statement that is no Cypher."""
    given = statement.parameters
    if statement.text == "AGE LABELS":
        return _make_labels(graph, given["vertices"], given["edges"])
    if statement.text == "AGE INDEX":
        return _make_index(graph, given["label"], given["properties"], unique=given["unique"])
    if statement.text == "AGE DROP INDEX":
        return f"DROP INDEX IF EXISTS {name(graph)}.{name(given['name'])}"
    if statement.text in ("AGE INDEXES", "AGE KEY"):
        return _indexes(graph)
    raise QueryError(f"{statement.text!r} is neither Cypher nor a command of Apache AGE")


def read_command(statement: Statement, columns: Sequence[Sequence[bytes | None]]) -> Reply:
    """Return the rows of a command's reply, which is one text of JSON, or nothing."""
    text = columns[0][0] if columns and columns[0] else None
    rows: list[list[Any]] = orjson.loads(text) if text is not None else []
    if statement.text == "AGE KEY":
        label, key = stored_name(statement.parameters["label"]), statement.parameters["key"]
        mine = [row for row in rows if row[2:4] == ["v", label] and [*map(indexed_property, row[4])] == [key]]
        rows = sorted([[2 if row[1] else 1] for row in mine], reverse=True)
    return Reply([rows])


def indexed_property(key: str) -> str | None:
    """Return the property that an index is on, or None for another expression."""
    match = _KEY.search(key)
    if match is None or "agtype_access_operator" not in key:
        return None
    try:
        name = orjson.loads(match[1].replace("''", "'"))
    except orjson.JSONDecodeError:
        return None
    return name if isinstance(name, str) else None
