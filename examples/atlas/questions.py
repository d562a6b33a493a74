"""Eight questions to the world; what each function returns is printed beside its code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import CapitalEdge, City, Country, Place

from runic.ogm import (
    AsyncDriver,
    AsyncSession,
    Driver,
    EntityNotFoundError,
    GeoLocation,
    Repository,
    Session,
    col,
    count,
    ref,
    select,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def what_is_called_luxembourg(driver: Driver) -> object:
    """A query over the base class: each place comes back as its own class."""
    with Session(driver) as session:
        named = select(Place).where(col(Place.name).contains("Luxembourg")).order_by(Place.name, Place.id)
        return [f"{type(place).__name__} {place.name}" for place in session.scalars(named)]


def how_do_the_neighbours_of_laos_pay(driver: Driver) -> object:
    """Two relations deep, one statement."""
    with Session(driver) as session:
        laos = session.get(Country, "LA", fetch=["borders.currency", "borders.continent"])
        assert laos is not None
        return {c.name: c.currency and c.currency.name for c in laos.borders}


def which_capitals_hold_most_of_their_country(driver: Driver) -> object:
    """Edges have properties of their own, to be filtered and to be read."""
    with Session(driver) as session:
        rows = session.all_with_edges(
            select(Country)
            .alias("country")
            .traverse(Country.capital, edge_alias="seat", optional=False)
            .alias("city")
            .where(CapitalEdge.share > 0.5, on="seat")
            .where(Country.population > 1_000_000, on="country")
            .order_by(ref("country", Country.name)),
            Country,
            CapitalEdge,
            City,
        )
        return {country.name: f"{edge.share:.0%} in {city.name}" for country, edge, city in rows}


def who_borders_whom(driver: Driver) -> object:
    """One edge without a direction, read from both of its ends."""
    with Session(driver) as session:
        france, spain = session.get_many(Country, ["FR", "ES"], fetch=["borders"])
        assert france is not None
        assert spain is not None
        return spain in france.borders, france in spain.borders


def what_does_a_loop_cost(driver: Driver) -> object:
    """A loop that reads a relation of every country: not one statement a country, but three in all."""
    with Session(driver) as session:
        countries = Repository(session, Country).find_all(order_by="name")
        paid = [country.currency.code for country in countries if country.currency]
        return f"{len(countries)} countries, {len(set(paid))} currencies"


def what_if_a_city_moved(driver: Driver) -> object:
    """Assigning is relating: both sides show it at once, and the commit writes the difference."""
    with Session(driver) as session:
        gibraltar, spain = session.get_many(Country, ["GI", "ES"], fetch=["cities"])
        assert gibraltar is not None
        assert spain is not None
        city, before = gibraltar.cities[0], len(spain.cities)
        city.country = spain
        moved = f"{city.name} moved: {len(gibraltar.cities)} left here, {len(spain.cities) - before} more in Spain"
        session.commit()
        city.country = gibraltar  # and back again
        return moved


def what_does_a_failed_commit_leave(driver: Driver) -> object:
    """A unit with one impossible edge: nothing of it is written, and the error says which end is missing."""
    city = City(id="nowhere", name="Nowhere", population=1, location=GeoLocation(0, 0), timezone="UTC")
    refused = "it was written"
    try:
        with Session(driver) as session:
            session.add(city)
            city.country = session.reference(Country, "??")
    except EntityNotFoundError as error:
        refused = str(error)
    with Session(driver) as session:
        return refused, session.get(City, "nowhere")


async def how_many_cities_has_each_continent(driver: AsyncDriver) -> object:
    """The same models and statements, awaited; the database counts, one row a continent."""
    cities = (
        select(City)
        .traverse(City.country, optional=False)
        .traverse(Country.continent, optional=False)
        .alias("continent")
        .aggregate(count(), group_by="continent")
    )
    async with AsyncSession(driver) as session:
        rows = await session.all_rows(cities)
        return {row["continent"].name: row["count"] for row in sorted(rows, key=lambda row: -row["count"])}


SYNC: list[Callable[[Driver], object]] = [
    what_is_called_luxembourg,
    how_do_the_neighbours_of_laos_pay,
    which_capitals_hold_most_of_their_country,
    who_borders_whom,
    what_does_a_loop_cost,
    what_if_a_city_moved,
    what_does_a_failed_commit_leave,
]
