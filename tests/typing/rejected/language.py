"""Mistakes in paths, references, fetch options and pages."""

from __future__ import annotations

from runic.ogm import KeysetPage, Node, Property, Related, Relation, Repository, Session, case, ref, select


class Valve(Node):
    id: Property[str]
    size: Property[int]
    next: Related[list[Valve]] = Relation(relationship="LEADS_TO")


class Pump(Node):
    id: str


def build() -> None:
    select(Valve).shortest_path(Valve.next)  # error
    select(Valve).shortest_path(Valve.next, to="b", max_hops="3")  # error
    select(Valve).shortest_path(Valve.size, to="b")  # error
    select(Valve).where(ref("v", Valve.size) > "3")  # error
    select(Valve).where(ref(Valve.size) > 3)  # error
    select(Valve).fetch(Valve.next, limit="3")  # error
    select(Valve).fetch(Valve.next, deep=3)  # error
    select(Valve).build(3)  # error


def choose() -> None:
    case(Valve.size > 3, "big")  # error
    case((Valve.size > 3, "big", "small"))  # error
    case((Valve.size > 3, "big"), otherwise="small")  # error
    case((Valve.size, "big"))  # error
    select(Valve).where(case((Valve.size > 3, 3), else_=1) > "3")  # error


def collect(session: Session) -> None:
    valves: list[Valve] = session.scalars(select(Valve).shortest_path(Valve.next, to="b"))  # error
    page: KeysetPage[Pump] = session.after(select(Valve), None, 5)  # error
    total: str = session.page(select(Valve), 1, 5).total  # error
    session.after(select(Valve), 5, 5)  # error
    pump: Valve | None = Repository(session, Valve).cypher_one("RETURN 1", returns=Pump)  # error
    print(valves, page, total, pump)
