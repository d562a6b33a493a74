"""The table of differences in docs/databases.md says what the dialects' flags say."""

from __future__ import annotations

import re
from importlib import import_module

import pytest

from runic.ogm.cypher.dialect import Dialect
from tests.source import ROOT

COLUMNS = {
    "FalkorDB": "falkordb",
    "Neo4j": "neo4j",
    "ArcadeDB": "arcadedb",
    "Apache AGE": "age",
    "Memgraph": "memgraph",
}
DIALECTS: dict[str, Dialect] = {
    column: import_module(f"runic.ogm.backends.{name}").create_dialect() for column, name in COLUMNS.items()
}
MADE_UP_FOR = {
    "asks_in_optional_steps": "said before anything is sent, where a filter behind the step would do",
    "compares_all_integers": "comparisons are written so that they hold",
    "constraint_replaces_index": "sync() removes the index first",
    "counts_merged": "rows are counted before they are merged",
    "has_class_indexes": "each class gets its own index",
    "has_index_flaws": "texts that an index cannot hold are refused by name",
    "knows_empty_lists": "a membership in nothing is written as false",
    "keeps_filters_after_limit": "the filter gets a stage of its own",
    "keeps_rows_of_hops": "what lies between is carried on",
    "looks_back_by_index": "conditions stand right behind the MATCH of their node",
    "orders_by_index": "streams without an order skip elsewhere",
    "orders_by_edges": "the edge is handed on before",
    "orders_by_subqueries": "the key is computed in a stage before",
    "orders_distinct": "the key is carried through the stage",
    "removes_together": "what may be removed is set one by one",
    "scans_by_id": "streams without an order go by the key, or skip, elsewhere",
    "schema_in_transactions": "sessions keep schema apart, or within",
    "serialises_writes": "others are locked or checked",
    "supports_client_deadlines": "the database ends the statement elsewhere",
    "supports_subqueries_in_where": "a pattern comprehension is counted instead",
    "supports_undirected_merge": "pairs are made canonical, and edges of either direction found",
    "undoes_names": "names of properties are made known before",
    "undoes_whole_units": "a node whose key is used again is emptied and filled, not deleted",
    "unites_once": "what was united is made distinct",
}
"""Differences that nobody sees who uses the package, and why not."""
EXCLUDED_BY = {"supports_search_in_writes": "supports_fulltext_index"}
"""What has no meaning where another flag is False: the table has a dash there."""


def rows() -> dict[tuple[str, ...], dict[str, str]]:
    """Return the cells of each row that names flags, by the database."""
    text = (ROOT / "docs/databases.md").read_text(encoding="utf-8").split("## What differs\n")[1].split("\n## ")[0]
    lines = [[cell.strip() for cell in line.strip("| ").split("|")] for line in text.splitlines() if line[:1] == "|"]
    header = [name.strip() for name in next(line for line in text.splitlines() if line[:1] == "|").split("|")[2:-1]]
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for first, *cells in lines[2:]:
        flags = re.search(r"\((`\w+`(?:, `\w+`)*)\)$", first)
        if flags is not None:
            found[tuple(re.findall(r"\w+", flags[1]))] = dict(zip(header, cells, strict=True))
    return found


ROWS = rows()


def flags() -> set[str]:
    """Return the flags that are not the same everywhere."""
    names = {name for name in dir(Dialect) if isinstance(getattr(Dialect, name), bool)}
    return {name for name in names if len({getattr(dialect, name) for dialect in DIALECTS.values()}) > 1}


def test_table_has_a_column_for_each_database() -> None:
    assert ROWS
    assert [list(cells) for cells in ROWS.values()] == [list(COLUMNS)] * len(ROWS)


@pytest.mark.parametrize("column", list(COLUMNS))
@pytest.mark.parametrize("names", list(ROWS), ids=" ".join)
def test_cell_says_what_the_flags_say(names: tuple[str, ...], column: str) -> None:
    dialect, word = DIALECTS[column], re.split(r"\W", ROWS[names][column])[0]
    without = [EXCLUDED_BY[name] for name in names if name in EXCLUDED_BY]
    expected = "" if any(not getattr(dialect, other) for other in without) else "yes"
    for name in names:
        if expected == "yes":
            assert word == ("yes" if getattr(dialect, name) else "no"), name
        else:
            assert ROWS[names][column] == "\N{EN DASH}"


def test_each_difference_is_in_the_table_or_made_up_for() -> None:
    told = {name for names in ROWS for name in names}
    assert not told & MADE_UP_FOR.keys()
    assert flags() <= told | MADE_UP_FOR.keys()
    assert {name for name in told if not hasattr(Dialect, name)} == set()
