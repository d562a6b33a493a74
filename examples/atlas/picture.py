"""Cities, countries and their borders as a picture that any browser shows."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from models import City, Country

from runic.ogm import Driver, GeoLocation, Repository, Session, select

if TYPE_CHECKING:
    from pathlib import Path

WIDTH, HEIGHT = 1600, 800
COLOURS = {
    "Africa": "#e0a030",
    "Asia": "#d05a4e",
    "Europe": "#4e79d0",
    "North America": "#5aa05a",
    "Oceania": "#8e5ac0",
    "South America": "#2fa5a5",
}


def draw_borders(driver: Driver, file: Path) -> int:
    """Write the picture to `file`; return how many countries it shows."""
    with Session(driver) as session:
        countries = Repository(session, Country).find_all(fetch=["capital", "borders", "continent"])
        shown = {country: point(country.capital.location) for country in countries if country.capital}
        lines = [line(shown[a], shown[b]) for a in shown for b in a.borders if b in shown and a.id < b.id]
        towns = "".join(spot(row["location"]) for row in session.all_rows(select(City).project(City.location)))
        dots = [dot(country, country.capital, place) for country, place in shown.items() if country.capital]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">'
    title = '<text x="20" y="34" font-size="22">Cities, countries at their capitals, and their borders</text>'
    ground = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#f7f7f2"/>'
    cities = f'<path d="{towns}" stroke="#b9b5a7" stroke-width="1.4" stroke-linecap="round"/>'
    file.write_text("\n".join([head, ground, cities, title, *lines, *dots, "</svg>"]), encoding="utf-8")
    return len(shown)


def point(location: GeoLocation) -> tuple[float, float]:
    """Return a place on the picture (equirectangular)."""
    return (location.longitude + 180) / 360 * WIDTH, (90 - location.latitude) / 180 * HEIGHT


def spot(location: GeoLocation) -> str:
    """Return a city as a part of one long path."""
    x, y = point(location)
    return f"M{x:.1f} {y:.1f}h0"


def line(a: tuple[float, float], b: tuple[float, float]) -> str:
    """Return a border."""
    return f'<path d="M{a[0]:.1f} {a[1]:.1f}L{b[0]:.1f} {b[1]:.1f}" stroke="#9a9a90" stroke-width="1"/>'


def dot(country: Country, capital: City, place: tuple[float, float]) -> str:
    """Return a country, larger with its people, and named when the mouse is over it."""
    radius = 2 + (country.population / 40_000_000) ** 0.5 * 2
    colour = COLOURS.get(country.continent.name if country.continent else "", "#777777")
    title = escape(f"{country.name}: {capital.name}, {country.population:,} people, {len(country.borders)} borders")
    return (
        f'<circle cx="{place[0]:.1f}" cy="{place[1]:.1f}" r="{radius:.1f}" fill="{colour}" fill-opacity=".85">'
        f"<title>{title}</title></circle>"
    )
