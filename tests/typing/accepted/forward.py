"""Forward references in each form, and a relation to several classes."""

from typing import Annotated, Optional, assert_type

from runic.ogm import Field, Node, Relation


class Station(Node):
    id: str = Field(primary_key=True)
    label: Annotated[str, "as on the map"] = Field(index=True)
    depot: "Depot | None" = Relation(relationship="SERVED_BY")
    next: Optional["Station"] = Relation(relationship="NEXT")
    lines: list["Line"] = Relation(relationship="STOP_OF", target="Line")
    rivals: "list[Station]" = Relation(relationship="RIVAL_OF", direction="BOTH")
    serves: list["Line | Depot"] = Relation(relationship="SERVES", target=("Line", "Depot"))


class Line(Node):
    id: str = Field(primary_key=True)
    stops: list[Station] = Relation(relationship="STOP_OF", direction="INCOMING")


class Depot(Node):
    id: str = Field(primary_key=True)
    owner: "Line | Station | None" = Relation(relationship="OWNED_BY")


def construct() -> None:
    line = Line(id="red")
    depot = Depot(id="west", owner=line)
    station = Station(id="a", label="A", depot=depot, next=Station(id="b", label="B"), serves=[line, depot])
    assert_type(station.depot, Depot | None)
    assert_type(station.next, Station | None)
    assert_type(station.serves, list[Line | Depot])
    assert_type(depot.owner, Line | Station | None)
    assert_type(line.stops, list[Station])


if __name__ == "__main__":
    construct()
