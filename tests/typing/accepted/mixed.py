"""Both spellings in one class, and `col()` where a plain annotation is in the way."""

from __future__ import annotations

from typing import assert_type

from runic.ogm import Field, Node, Predicate, Property, Related, Relation, all_, any_, asc, col, desc, not_, select


class Guide(Node):
    id: str = Field(primary_key=True)
    name: str
    languages: list[str] = Field(default_factory=list)
    years: Property[int]
    chief: Related[Guide | None] = Relation(relationship="REPORTS_TO")
    tours: list[Tour] = Relation(relationship="LEADS")


class Tour(Node):
    id: str
    title: str | None = None
    visitors: int | None = None
    price: Property[float] = Property(default=0.0)


def construct() -> None:
    guide = Guide(id="g", name="Ida", years=3, tours=[Tour(id="t", title="Old masters", price=12.5)])
    assert_type(guide.name, str)
    assert_type(guide.years, int)
    assert_type(guide.chief, Guide | None)
    assert_type(guide.tours, list[Tour])
    guide.chief = Guide(id="h", name="Ole", years=9)
    guide.years = 4


def of_guides() -> list[Predicate]:
    return [
        col(Guide.name).contains("da"),
        (Guide.name == "Ida") | col(Guide.name).startswith("O"),
        (Guide.years > 2) & (Guide.name == "Ida"),
        not_(Guide.name == "Ole"),
        any_(Guide.name == "Ida", Guide.years > 3),
        ~col(Guide.name).in_(["Ida", "Ole"]),
    ]


def of_tours() -> list[Predicate]:
    return [
        col(Tour.visitors) > 3,
        all_(Tour.title == None, Tour.price < 20.0),  # noqa: E711 - None is how a missing value is asked for
        col(Tour.title).is_null(),
    ]


def statements() -> None:
    guides = select(Guide).where(*of_guides()).order_by(desc(Guide.name), asc(Guide.years), Guide.id)
    guides.skip(5).limit(10)
    guides.where(Guide.name == "Ida", Guide.years > 2).traverse(Guide.tours).alias("t").where(*of_tours())
    select(Guide).traverse(Guide.chief, optional=True).alias("boss").return_nodes("boss")


if __name__ == "__main__":
    construct()
    statements()
