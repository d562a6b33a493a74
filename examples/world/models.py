"""The world as a graph: places inside places, and what countries share."""

from __future__ import annotations

from runic.ogm import Edge, Field, GeoLocation, Node, Relation


class Seat(Edge, type="CAPITAL"):
    """What is known of a capital as a capital; `rank` 1 is the largest city of its country."""

    rank: int
    share: float = Field(default=0.0)


class Currency(Node):
    """Money, by its ISO 4217 code."""

    id: str
    name: str

    countries: list[Country] = Relation(relationship="PAYS_WITH", direction="INCOMING")


class Language(Node):
    """A language, by its ISO 639 code."""

    id: str

    countries: list[Country] = Relation(relationship="SPEAKS", direction="INCOMING")


class Place(Node, labels=["Place"], primary_label="Place"):
    """Anything on the map. All places share one set of keys, so that any of them can be asked for as a Place."""

    id: str
    name: str = Field(index=True)
    population: int


class Continent(Place):
    """One of seven; its key has two letters."""

    countries: list[Country] = Relation(relationship="IN", direction="INCOMING")


class Country(Place):
    """A country or a territory; its key is the ISO 3166 code of three letters."""

    area_km2: float

    continent: Continent | None = Relation(relationship="IN")
    cities: list[City] = Relation(relationship="IN", direction="INCOMING")
    capital: City | None = Relation(relationship="CAPITAL", edge_model=Seat)
    currency: Currency | None = Relation(relationship="PAYS_WITH")
    languages: list[Language] = Relation(relationship="SPEAKS", order_by="id")
    neighbours: list[Country] = Relation(relationship="BORDERS", direction="BOTH", order_by="name")


class City(Place):
    """A city; its key is the number that GeoNames gave it."""

    location: GeoLocation

    country: Country | None = Relation(relationship="IN")
    capital_of: Country | None = Relation(relationship="CAPITAL", direction="INCOMING", edge_model=Seat)
