"""The world as classes: places of three kinds, and what hangs them together."""

from __future__ import annotations

from runic.ogm import Edge, Field, GeoLocation, Node, Relation


class CapitalEdge(Edge, type="HAS_CAPITAL"):
    """A country's capital, and how much of the country lives there."""

    share: float = Field()


class Language(Node):
    """A language by its code, such as "pt"."""

    code: str = Field(primary_key=True)
    countries: list[Country] = Relation(relationship="SPEAKS", direction="INCOMING")


class Currency(Node):
    """A currency by its code, such as "EUR"."""

    code: str = Field(primary_key=True)
    name: str = Field()
    countries: list[Country] = Relation(relationship="PAYS_IN", direction="INCOMING")


class Place(Node):
    """Anything on the map; its kinds share one set of keys."""

    id: str = Field(primary_key=True)
    name: str = Field(index=True)


class Continent(Place):
    """A continent."""

    countries: list[Country] = Relation(relationship="IN", direction="INCOMING", order_by="name")


class Country(Place):
    """A country with its neighbours, its languages and its money."""

    area_km2: float = Field()
    population: int = Field()
    continent: Continent | None = Relation(relationship="IN")
    cities: list[City] = Relation(relationship="IN", direction="INCOMING", order_by="name")
    borders: list[Country] = Relation(relationship="BORDERS", direction="BOTH", order_by="name")
    capital: City | None = Relation(relationship="HAS_CAPITAL", edge_model=CapitalEdge)
    languages: list[Language] = Relation(relationship="SPEAKS")
    currency: Currency | None = Relation(relationship="PAYS_IN")


class City(Place):
    """A city with more than 15,000 people."""

    population: int = Field(index=True)
    location: GeoLocation = Field()
    timezone: str = Field()
    country: Country | None = Relation(relationship="IN")
    capital_of: Country | None = Relation(relationship="HAS_CAPITAL", direction="INCOMING", edge_model=CapitalEdge)
