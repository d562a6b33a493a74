"""Commands of Apache AGE that are no Cypher: labels and indexes, as SQL, and the replies to them."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import orjson

from runic.ogm.backends._age_names import stored_name
from runic.ogm.backends._age_search import CLASSES, fulltext_expression, required, vector_expression
from runic.ogm.backends._age_sql import literal, make_labels, name
from runic.ogm.cypher.statement import Reply
from runic.ogm.exceptions import QueryError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runic.ogm.backends._age_search import Extension
    from runic.ogm.cypher.statement import Statement

_KEY = re.compile(r"'((?:[^']|'')*)'::(?:ag_catalog\.)?agtype")
"""The property's name, as JSON, in what PostgreSQL says an index is on."""


def index_name(given: Mapping[str, Any]) -> str:
    """Return the name of an index, the same for the same declaration."""
    shape = [given["dimensions"], given["similarity"]] if given["kind"] == "vector" else []
    words = orjson.dumps([given["label"], *given["properties"], *shape])
    return f"runic_{given['kind']}_{blake2b(words, digest_size=12).hexdigest()}"


def _make_index(graph: str, given: Mapping[str, Any], extension: Extension | None) -> str:
    unique = "UNIQUE " if given["kind"] == "unique" else ""
    place = f"{name(graph)}.{name(stored_name(given['label']))}"
    return f"CREATE {unique}INDEX IF NOT EXISTS {name(index_name(given))} ON {place} {_index_on(given, extension)}"


def _index_on(given: Mapping[str, Any], extension: Extension | None) -> str:
    properties: Sequence[str] = given["properties"]
    if given["kind"] == "fulltext":
        return f"USING gin (({fulltext_expression(properties)}))"
    if given["kind"] == "vector":
        installed = required(extension)
        vector = vector_expression(properties[0], given["dimensions"], installed)
        return f"USING hnsw (({vector}) {name(installed.schema)}.{CLASSES[given['similarity']]})"
    keys = [
        f"ag_catalog.agtype_access_operator(properties, {literal(orjson.dumps(each).decode())}::ag_catalog.agtype)"
        for each in properties
    ]
    return f"USING btree ({', '.join(keys)})"


def _indexes(graph: str) -> str:
    keys = (
        "ARRAY(SELECT pg_catalog.pg_get_indexdef(i.indexrelid, k, true) "
        "FROM pg_catalog.generate_series(1, i.indnkeyatts) AS k)"
    )
    return (
        "SELECT pg_catalog.json_agg(pg_catalog.json_build_array("  # noqa: S608 - quoted
        f"c.relname, i.indisunique, l.kind, l.name, {keys}, m.amname, o.opcname))::text "
        "FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid "
        "JOIN pg_catalog.pg_am m ON m.oid = c.relam JOIN pg_catalog.pg_opclass o ON o.oid = i.indclass[0] "
        "JOIN ag_catalog.ag_label l ON l.relation = i.indrelid JOIN ag_catalog.ag_graph g ON g.graphid = l.graph "
        f"WHERE g.name = {literal(graph)} AND i.indexprs IS NOT NULL AND i.indisvalid"
    )


def spell_command(statement: Statement, graph: str, extension: Extension | None = None) -> str:
    """Return the SQL of a statement that is no Cypher; `extension`: where pgvector is."""
    given = statement.parameters
    if statement.text == "AGE LABELS":
        return make_labels(graph, given["vertices"], given["edges"])
    if statement.text == "AGE INDEX":
        return _make_index(graph, given, extension)
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
        mine = [
            row
            for row in rows
            if row[2:4] == ["v", label] and row[5] == "btree" and [*map(indexed_property, row[4])] == [key]
        ]
        rows = sorted([[2 if row[1] else 1] for row in mine], reverse=True)
    return Reply([rows])


def indexed_property(key: str) -> str | None:
    """Return the property that an index is on, or None for another expression."""
    found = indexed_properties(key)
    return found[0] if found else None


def indexed_properties(key: str) -> list[str]:
    """Return the properties of an expression that an index is on."""
    if "agtype_access_operator" not in key:
        return []
    try:
        names: list[Any] = [orjson.loads(found.replace("''", "'")) for found in _KEY.findall(key)]
    except orjson.JSONDecodeError:
        return []
    return [each for each in names if isinstance(each, str)]
