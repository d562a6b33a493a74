"""Searches to text, and what a dialect must say of them; which index serves a search."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from runic.ogm.cypher.indexes import fulltext_item, vector_item
from runic.ogm.exceptions import UnsupportedFeatureError
from runic.ogm.model.indexes import declaring
from runic.ogm.query.search import SCORE, FulltextSource

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from runic.ogm.cypher.ddl import SchemaItem
    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.statement import Statement
    from runic.ogm.query.search import Source, VectorSource

_ASCII_BREAKS = re.compile(r"[\x00-\x20!-/:-@\[-^`{-\x7f]+")


@dataclass(frozen=True, slots=True)
class SearchCall:
    """What every search tells a dialect.

    index: what is searched. node, score: the variables that are to be bound. add: gives a parameter for a value.
    """

    index: SchemaItem
    node: str
    score: str
    add: Callable[[object], str]

    def add_name(self) -> str:
        """Return a parameter for the name of the index, which a session fills in as it found it."""
        return self.add(IndexName(self.index))


@dataclass(frozen=True, slots=True)
class FulltextCall(SearchCall):
    """A full-text search.

    fields: the properties that it is narrowed to, or none. words: all of them must occur. raw: a query in the
    database's own syntax instead of words.
    """

    fields: tuple[str, ...]
    words: tuple[str, ...]
    raw: str | None


@dataclass(frozen=True, slots=True)
class VectorCall(SearchCall):
    """A search for the `k` nearest vectors; labels: of the nodes where no index holds just these, else none."""

    vector: Sequence[float]
    k: int
    labels: tuple[str, ...]

    def add_reach(self) -> str:
        """Return a parameter for how many to ask the index for, which a session makes larger where it has to."""
        return self.add(Reach(self))


class IndexName(str):
    """What an index is called in a database; until that is known, what it is on."""

    __slots__ = ("item",)
    item: SchemaItem

    def __new__(cls, index: SchemaItem) -> Self:
        """Return what stands for the name until it is known."""
        name = super().__new__(cls, f"{index.label}.{','.join(index.properties)}")
        name.item = index
        return name


class Reach(int):
    """How many entries of an index hold the nearest `k`: `k`, where the index forgets vectors that are gone."""

    call: VectorCall

    def __new__(cls, call: VectorCall) -> Self:
        """Return what stands for the number until it is known."""
        reach = super().__new__(cls, call.k)
        reach.call = call
        return reach


class SearchDialect:
    """What a dialect overrides so that its indexes can be searched: clauses that end with a WITH of node and score."""

    name: ClassVar[str] = "cypher"
    supports_search_in_writes: ClassVar[bool] = True
    """Can one statement change what it searched for?"""

    def render_fulltext(self, call: FulltextCall) -> str:
        """Return what binds the nodes whose text fits, and s / (1 + s) of the database's own score s."""
        raise UnsupportedFeatureError(f"{self.name} has no full-text search of {call.index.label}")

    def probe_vector(self, call: VectorCall, reach: int) -> tuple[Statement, Statement] | None:  # noqa: ARG002
        """Return questions how many nodes there are among the nearest entries, and in all.

        None where an index holds nothing but what is stored.
        """
        return None

    def render_vector(self, call: VectorCall) -> str:
        """Return what binds the nearest nodes, and (1 + cosine) / 2 or 1 / (1 + distance ** 2)."""
        raise UnsupportedFeatureError(f"{self.name} has no vector search of {call.index.label}")


def index_of(source: Source, dialect: Dialect) -> SchemaItem | None:
    """Return the index that a search needs; None for one that compares all nodes of a class."""
    if isinstance(source, FulltextSource):
        return fulltext_item(source.cls.__meta__, dialect)
    return None if _scans(source, dialect) else vector_item(source.prop, source.cls.__meta__, dialect)


def render_search(source: Source, dialect: Dialect, add: Callable[[object], str], node: str) -> str:
    """Return the clauses that bind the root and its score."""
    if isinstance(source, FulltextSource):
        if not dialect.supports_fulltext_index:
            raise UnsupportedFeatureError(f"{dialect.name} has no full-text indexes: use where(...contains(...))")
        index = fulltext_item(source.cls.__meta__, dialect)
        names = tuple(sorted(prop.graph_name for prop in source.fields))
        fields = () if names == index.properties else names
        raw = source.text if source.raw else None
        call = FulltextCall(index, node, dialect.render_variable(SCORE), add, fields, words_of(source.text), raw)
        return dialect.render_fulltext(call) + _narrowed(source, dialect, call)
    if not dialect.supports_vector_index:
        raise UnsupportedFeatureError(f"{dialect.name} has no vector indexes")
    meta = source.cls.__meta__
    labels = meta.labels if _scans(source, dialect) else ()
    index = vector_item(source.prop, meta, dialect)
    return dialect.render_vector(
        VectorCall(index, node, dialect.render_variable(SCORE), add, list(source.vector), source.k, labels)
    )


def _narrowed(source: Source, dialect: Dialect, call: SearchCall) -> str:
    """Return what leaves out the nodes that share the index with the class, but are none of it."""
    labels = source.cls.__meta__.labels
    if labels == (call.index.label,) or dialect.has_class_indexes:
        return ""
    return f" WHERE {dialect.render_label_test(call.node, labels)} WITH {call.node}, {call.score}"


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text, without anything that could be syntax of a full-text index."""
    plain = "".join(" " if _is_break(character) else character for character in text)
    return tuple(_ASCII_BREAKS.sub(" ", plain).split())


def _is_break(character: str) -> bool:
    return not character.isascii() and unicodedata.category(character)[0] in "PZC"


def _scans(source: VectorSource, dialect: Dialect) -> bool:
    """Tell whether the index also holds nodes of other classes: its nearest might be none of the class asked for."""
    return not dialect.has_class_indexes and declaring(source.prop).__meta__.labels != source.cls.__meta__.labels
