"""Section 5: one hierarchy, the client's error as the cause, no password in any text."""

from __future__ import annotations

import logging
from typing import Any

import pytest

import runic.ogm
from runic.ogm import (
    CardinalityError,
    ConstraintViolationError,
    DatabaseError,
    DatabaseUnavailableError,
    DetachedEntityError,
    EntityNotFoundError,
    FieldValidationError,
    LazyLoadError,
    MetadataError,
    OGMError,
    QueryError,
    QuerySyntaxError,
    StaleEntityError,
    TransientDatabaseError,
    UnsupportedFeatureError,
    create_async_driver,
    create_driver,
    select,
)

from .harness import Database
from .models import Artist, Gallery, Recipe

SECRET = "correct-horse-battery"


def test_all_errors_are_ogm_errors() -> None:
    for error in (
        CardinalityError,
        DatabaseError,
        DetachedEntityError,
        EntityNotFoundError,
        FieldValidationError,
        LazyLoadError,
        MetadataError,
        QueryError,
        StaleEntityError,
        UnsupportedFeatureError,
    ):
        assert issubclass(error, OGMError)


def test_database_errors_have_one_root() -> None:
    for error in (ConstraintViolationError, DatabaseUnavailableError, QuerySyntaxError, TransientDatabaseError):
        assert issubclass(error, DatabaseError)


def test_errors_are_exported() -> None:
    assert {"OGMError", "MetadataError", "StaleEntityError", "DatabaseError"} <= set(runic.ogm.__all__)


async def test_syntax_error_keeps_its_cause(db: Database) -> None:
    s = db.open()
    with pytest.raises(QuerySyntaxError) as caught:
        await s.execute("THIS IS NO CYPHER")
    assert isinstance(caught.value.__cause__, Exception)
    assert not isinstance(caught.value.__cause__, OGMError)
    await s.close()


async def test_run_time_error_keeps_its_cause(db: Database) -> None:
    s = db.open()
    with pytest.raises(DatabaseError) as caught:
        await s.execute("RETURN 1 / 0 AS x")
    assert isinstance(caught.value.__cause__, Exception)
    await s.close()


@pytest.mark.requires("supports_constraints")
async def test_duplicate_key_violates_the_constraint(db: Database) -> None:
    """The key of a model, once its constraint exists; told by the database, or by the unit that looks first."""
    await db.schema().create(Artist)
    await db.save(Artist(id="a", name="A"))
    before = await db.dump()
    s = db.open()
    s.add_all([Gallery(id="g", name="G"), Artist(id="a", name="again")])
    with pytest.raises(ConstraintViolationError, match="Artist"):
        await s.commit()
    assert await db.dump() == before
    await s.rollback()
    await s.close()


def unreachable(db: Database) -> str:
    scheme = db.url.split("+", 1)[0].split("://", 1)[0]
    return f"{scheme}://someone:{SECRET}@127.0.0.1:9/graph"


async def test_unreachable_database_is_named(db: Database) -> None:
    """With the way to it, without the password."""
    driver: Any = None
    with pytest.raises(DatabaseUnavailableError) as caught:
        driver = db.create_driver(unreachable(db))
        async with db.session(driver) as s:
            await s.get(Artist, "a")
    if driver is not None:
        await db.close(driver)
    assert "127.0.0.1:9" in str(caught.value)
    assert SECRET not in str(caught.value) + repr(caught.value)
    assert caught.value.__cause__ is not None


async def test_password_is_in_no_repr(db: Database) -> None:
    try:
        driver = db.create_driver(unreachable(db))
    except DatabaseUnavailableError:
        return
    assert SECRET not in repr(driver) + str(driver)
    await db.close(driver)


async def test_password_is_in_no_log(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "runic.ogm"), pytest.raises(DatabaseUnavailableError):
        driver = db.create_driver(unreachable(db))
        try:
            async with db.session(driver) as s:
                await s.get(Artist, "a")
        finally:
            await db.close(driver)
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    "url",
    [
        f"falkordb://u:{SECRET}@host:port/graph",
        f"falkordb://u:{SECRET}@host:99999/graph",
        f"nonsense://u:{SECRET}@host/graph",
        f"u:{SECRET}@host",
        f"falkordb+unix://u:{SECRET}@?graph=g",
    ],
)
@pytest.mark.parametrize("create", [create_driver, create_async_driver])
def test_malformed_url_hides_the_password(create: Any, url: str) -> None:
    """Rule 19."""
    with pytest.raises((ValueError, OGMError)) as caught:
        create(url)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("url", ["", " ", "http://localhost", "falkordb", "://", 5, b"falkordb://x", ["falkordb://"]])
@pytest.mark.parametrize("create", [create_driver, create_async_driver])
def test_malformed_url_is_refused(create: Any, url: object) -> None:
    """Rule 19: names what is wrong."""
    if url == "falkordb":
        return  # a scheme with host and port as keywords is allowed
    with pytest.raises((TypeError, ValueError)):
        create(url)


async def test_parameters_are_redacted_in_the_log(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    """Statements at DEBUG, without the values."""
    with caplog.at_level(logging.DEBUG, "runic.ogm"):
        await db.save(Artist(id="a", name="private words"))
    assert "MERGE" in caplog.text or "CREATE" in caplog.text
    assert "private words" not in caplog.text


async def test_stale_names_the_entity(db: Database) -> None:
    await db.save(Recipe(id="soup", title="S"))
    s = db.open()
    recipe = await s.get(Recipe, "soup")
    await db.execute("MATCH (n:Recipe) SET n.revision = n.revision + 1")
    recipe.title = "T"
    with pytest.raises(StaleEntityError, match=r"(?s)Recipe.*soup"):
        await s.commit()
    await s.rollback()
    await s.close()


async def test_missing_end_names_both(db: Database) -> None:
    """Relation and key."""
    await db.save(Artist(id="a", name="A"))
    s = db.open()
    await s.relate(s.reference(Artist, "a"), Artist.gallery, s.reference(Gallery, "ghost"))
    with pytest.raises(
        EntityNotFoundError, match=r"(?s)(gallery|REPRESENTED_BY).*ghost|ghost.*(gallery|REPRESENTED_BY)"
    ):
        await s.commit()
    await s.rollback()
    await s.close()


async def test_query_error_is_raised_before_sending(db: Database) -> None:
    async with db.session() as s:
        with db.count() as sent, pytest.raises(QueryError):
            await s.scalars(select(Artist).where(Gallery.id == "g"))
        assert len(sent) == 0


async def test_validation_error_has_its_parts(db: Database) -> None:
    s = db.open()
    with pytest.raises(FieldValidationError) as caught:
        s.add(Artist(id="a", name=5))
        await s.flush()
    assert (caught.value.entity, caught.value.field) == ("Artist", "name")
    assert caught.value.reason
    await s.rollback()
    await s.close()
