"""Searches of Apache AGE: PostgreSQL's own full text, and the vectors of its extension pgvector.

Neither is part of AGE's Cypher: a search is a query of its own on the table of a label and its heirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from runic.ogm.backends._age_names import stored_name
from runic.ogm.backends._age_sources import SEARCH
from runic.ogm.backends._age_sql import literal, name
from runic.ogm.cypher.search import SearchDialect
from runic.ogm.exceptions import UnsupportedFeatureError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runic.ogm.cypher.search import FulltextCall, SearchCall, VectorCall

ITERATIVE: Final = (0, 8)
"""The version of pgvector from which on an index goes on until it has found enough."""
MOST_DIMENSIONS: Final = 2000
_FULLTEXT, _VECTOR = "fulltext", "vector"
_BREAKS: Final = "!\"#$%&'()*+,-./:;<=>?@[\\]^`{|}~" + "".join(
    map(chr, [0xA0, 0xA1, 0xA7, 0xAB, 0xB6, 0xB7, 0xBB, 0xBF, *range(0x2010, 0x2028), *range(0x2030, 0x205F), 0x3001,
              0x3002, 0x300C, 0x300D, 0xFF01, 0xFF1F])
)  # fmt: skip
"""What parts words. PostgreSQL's parser would keep some of it within a word, such as `state-of-the.art`."""
_OPERATORS: Final = {"cosine": "<=>", "euclidean": "<->"}
_SCORES: Final = {"cosine": "1 - d / 2", "euclidean": "1 / (1 + d * d)"}
CLASSES: Final = {"cosine": "vector_cosine_ops", "euclidean": "vector_l2_ops"}
MISSING: Final = (
    "vector indexes of Apache AGE need PostgreSQL's extension pgvector, which this database does not have: "
    "run CREATE EXTENSION vector"
)


class Extension(NamedTuple):
    """Where pgvector is installed, and which version it has."""

    schema: str
    version: tuple[int, ...]


class Found(NamedTuple):
    """A search as a query: what must be set before, its text, and its parameter."""

    settings: str
    text: str
    parameter: str


class AgeSearch(SearchDialect):
    """A search is written as a call that the backend turns into a query of its own."""

    def render_fulltext(self, call: FulltextCall) -> str:
        """Return the call that finds all words, or what PostgreSQL's own syntax says."""
        raw = call.raw is not None
        text = call.add(call.raw if raw else " ".join(call.words))
        return _call(call, [_FULLTEXT, call.index.label, call.index.properties, call.fields, raw, text[1:]])

    def render_vector(self, call: VectorCall) -> str:
        """Return the call that finds the nearest vectors."""
        index = call.index
        place = [index.label, index.properties[0], index.dimensions, index.similarity]
        return _call(call, [_VECTOR, *place, call.add(call.vector)[1:], call.add(call.k)[1:]])


def _call(call: SearchCall, arguments: Sequence[object]) -> str:
    given = orjson.dumps(arguments).decode()
    return f"{SEARCH}({given}) YIELD {call.node}, {call.score} WITH {call.node}, {call.score}"


def is_vector(search: Sequence[Any]) -> bool:
    """Tell whether a search needs pgvector."""
    return bool(search[0] == _VECTOR)


def search_query(
    graph: str, search: Sequence[Any], given: Mapping[str, Any], extension: Extension | None
) -> Found:  # fmt: skip
    """Return the query of a search, whose values are among the parameters of its statement."""
    if search[0] == _FULLTEXT:
        _, label, properties, fields, raw, text = search
        return Found("", _fulltext(graph, label, properties, fields, raw=raw), str(given[text]))
    _, label, prop, dimensions, similarity, vector, k = search
    count = int(given[k])
    number = vector_expression(prop, dimensions, required(extension))
    operator = f"{number} OPERATOR({name(required(extension).schema)}.{_OPERATORS[similarity]}) $1"
    nearest = (
        f"SELECT id, properties, {operator} AS d FROM {_table(graph, label)} "  # noqa: S608 - quoted
        f"WHERE {number} IS NOT NULL ORDER BY {operator} LIMIT {count}"
    )
    text = _vertices(graph, _SCORES[similarity], f"({nearest}) AS t WHERE d <> 'NaN'")  # NaN: it has no direction
    return Found(_settings(count, required(extension)), text, orjson.dumps(given[vector]).decode())


def _settings(count: int, extension: Extension) -> str:
    """Return what lets an index find as many as are asked for; by itself it finds 40."""
    settings = [f"SET LOCAL hnsw.ef_search = {min(max(count, 100), 1000)}"]
    if extension.version >= ITERATIVE:
        settings += ["SET LOCAL hnsw.iterative_scan = strict_order", "SET LOCAL hnsw.max_scan_tuples = 2147483647"]
    return "; ".join(settings)


def _fulltext(graph: str, label: str, properties: Sequence[str], fields: Sequence[str], *, raw: bool) -> str:
    whole = fulltext_expression(properties)
    kind, text = ("to_tsquery", "$1") if raw else ("plainto_tsquery", _plain("$1::pg_catalog.text"))
    asked = f"pg_catalog.{kind}('simple'::pg_catalog.regconfig, {text})"
    condition = f"{whole} @@ {asked}"
    part = whole
    if fields:
        part = fulltext_expression(fields)
        condition += f" AND {part} @@ {asked}"
    rank = f"pg_catalog.ts_rank({part}, {asked})"
    found = f"(SELECT id, properties, {rank} AS d FROM {_table(graph, label)} WHERE {condition}) AS t"  # noqa: S608 - quoted
    return _vertices(graph, "d / (1 + d)", found)


def _vertices(graph: str, score: str, found: str) -> str:
    """Return the query for vertices, each with its score."""
    number = f"(SELECT graphid FROM ag_catalog.ag_graph WHERE name = {literal(graph)})"  # noqa: S608 - quoted
    vertex = f"ag_catalog._agtype_build_vertex(id, ag_catalog._label_name({number}, id), properties)"
    return f"SELECT {vertex}, ({score})::pg_catalog.float8 FROM {found}"  # noqa: S608 - quoted


def _table(graph: str, label: str) -> str:
    return f"{name(graph)}.{name(stored_name(label))}"


def _text_of(prop: str) -> str:
    key = literal(orjson.dumps(prop).decode())
    return f"ag_catalog.agtype_to_text(ag_catalog.agtype_access_operator(properties, {key}::ag_catalog.agtype))"


def _plain(text: str) -> str:
    return f"pg_catalog.translate({text}, {literal(_BREAKS)}, {literal(' ' * len(_BREAKS))})"


def fulltext_expression(properties: Sequence[str]) -> str:
    """Return what a full-text index is on: the words of some properties, as they are but in lower case."""
    texts = " || ' ' || ".join(f"COALESCE({_text_of(each)}, '')" for each in properties)
    return f"pg_catalog.to_tsvector('simple'::pg_catalog.regconfig, {_plain(texts)})"


def vector_expression(prop: str, dimensions: int, extension: Extension) -> str:
    """Return what a vector index is on."""
    return f"({_text_of(prop)})::{name(extension.schema)}.vector({dimensions})"


def required(extension: Extension | None) -> Extension:
    """Return where pgvector is; raises UnsupportedFeatureError where it is not."""
    if extension is None:
        raise UnsupportedFeatureError(MISSING)
    return extension


def extension_question() -> str:
    """Return the question where pgvector is."""
    return (
        "SELECT n.nspname::text, e.extversion FROM pg_catalog.pg_extension e "
        "JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'vector'"
    )


def read_extension(columns: Sequence[Sequence[bytes | None]]) -> Extension | None:
    """Return the answer to that question."""
    for schema, version in zip(*columns, strict=True):
        numbers = (version or b"").decode().split(".")
        return Extension((schema or b"").decode(), tuple(int(each) for each in numbers if each.isdecimal()))
    return None
