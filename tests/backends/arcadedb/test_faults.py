"""What ArcadeDB 26.10 does otherwise than openCypher says: each is why the dialect spells something its own way.

A test here that fails after an update of the server is good news: what it pins need not be avoided any more.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from runic.ogm import DatabaseError, Driver, Session, TransientDatabaseError

from .conftest import raw


def test_dot_in_a_variable_is_taken_for_an_operator(driver: Driver) -> None:
    """Hence `render_variable`."""
    raw(driver, "CREATE (:Crate {x: 1})")
    assert raw(driver, "MATCH (`a.b`:Crate) RETURN `a.b`.x") == [[None]]
    assert raw(driver, "MATCH (`a b`:Crate) RETURN `a b`.x") == [[1]]


def test_filter_goes_before_the_limit(driver: Driver) -> None:
    """Hence `keeps_filters_after_limit`."""
    raw(driver, "UNWIND range(1, 6) AS i CREATE (:Crate {x: i})")
    text = "MATCH (n:Crate) WITH n ORDER BY n.x LIMIT 3 WHERE n.x > 1 RETURN n.x"
    assert raw(driver, text) == [[2], [3], [4]]  # openCypher: 2 and 3


def test_index_takes_its_type_from_what_is_stored(driver: Driver) -> None:
    """Hence `ddl_class`: the first data decide what every later value is made to be."""
    raw(driver, "CREATE (:Crate {x: 1})")
    raw(driver, "CREATE INDEX FOR (n:Crate) ON (n.x)")
    assert raw(driver, "CREATE (n:Crate {x: 1.5}) RETURN n.x") == [[1]]
    with pytest.raises(DatabaseError):
        raw(driver, "CREATE (n:Crate {x: 4294967296}) RETURN n.x")


def test_index_cuts_datetimes(driver: Driver) -> None:
    """Hence datetimes are text."""
    raw(driver, "CREATE (:Crate {at: $at})", at=datetime(2026, 1, 2, 3, 4, 5))
    raw(driver, "CREATE INDEX FOR (n:Crate) ON (n.at)")
    [[found]] = raw(driver, "CREATE (n:Crate {at: $at}) RETURN n.at", at=datetime(2026, 1, 2, 3, 4, 5, 678901))
    assert found == datetime(2026, 1, 2, 3, 4, 5, 678000)


def test_parameter_loses_its_zone(driver: Driver) -> None:
    """Hence datetimes are text."""
    zoned = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2)))
    raw(driver, "CREATE (:Crate {at: $at})", at=zoned)
    assert raw(driver, "MATCH (n:Crate) RETURN n.at") == [[datetime(2026, 1, 2, 1, 4, 5)]]


def test_index_does_not_find_bytes(driver: Driver) -> None:
    """Hence bytes are text."""
    raw(driver, "CREATE CONSTRAINT FOR (n:Crate) REQUIRE n.x IS UNIQUE")
    raw(driver, "CREATE (:Crate {x: $x})", x=b"ab")
    assert raw(driver, "MATCH (n:Crate {x: $x}) RETURN count(n)", x=b"ab") == [[0]]


def test_new_node_with_a_new_label_breaks_its_own_constraint(driver: Driver) -> None:
    """Hence `render_merge_node`."""
    raw(driver, "CREATE CONSTRAINT FOR (n:Crate) REQUIRE n.id IS UNIQUE")
    with pytest.raises(DatabaseError):
        raw(driver, "MERGE (n:Crate {id: 1}) SET n:Box")


def test_access_mode_is_not_enforced(driver: Driver) -> None:
    """Hence raw reads that might write run in a transaction, which is looked at before it is committed."""
    client = driver._backend._client
    with client.session(**driver._backend.session_options(read=True)) as session:
        session.run("CREATE (:Crate)").consume()
    assert raw(driver, "MATCH (n:Crate) RETURN count(n)") == [[1]]


def test_index_survives_a_rollback(driver: Driver) -> None:
    """Hence raw text that changes the schema is refused before it is sent, unless it is told to write."""
    transaction = driver._backend.begin(read_only=False)
    transaction.execute(_statement("CREATE CONSTRAINT FOR (n:Crate) REQUIRE n.id IS UNIQUE"))
    transaction.rollback()
    assert raw(driver, "SHOW CONSTRAINTS YIELD name RETURN count(name)") == [[1]]


def test_label_and_type_share_their_names(driver: Driver) -> None:
    """Hence `check_names`."""
    raw(driver, "CREATE (:Crate)")
    with pytest.raises(TransientDatabaseError):  # its message is that of two writers who make a type at once
        raw(driver, "CREATE (:Box)-[:Crate]->(:Box)")


def test_equal_points_may_differ(driver: Driver) -> None:
    """Hence places are text."""
    text = "CREATE (n:Crate {p: point({longitude: 1.5, latitude: 2.5})})"
    raw(driver, text)
    with Session(driver) as session:
        [[place]] = session.execute("MATCH (n:Crate) RETURN n.p").rows
        rows = session.execute(
            "MATCH (n:Crate) RETURN n.p = $p, n.p = point({longitude: 1.5, latitude: 2.5})", {"p": place}
        ).rows
    assert len(set(rows[0])) == 2


def _statement(text: str):  # noqa: ANN202
    from runic.ogm.cypher.statement import Statement

    return Statement(text, {}, write=True)
