"""Changing relations: by assignment as with any attribute, or by relate() and unrelate()."""

from __future__ import annotations

from runic.ogm import Node, Relation, Session, create_driver


class Case(Node):
    id: str
    contents: list[Instrument] = Relation(relationship="KEPT_IN", direction="INCOMING", target="Instrument")


class Instrument(Node):
    id: str
    case: Case | None = Relation(relationship="KEPT_IN", direction="OUTGOING", target="Case")


def count_edges(session: Session) -> int:
    return int(session.execute("MATCH (:Instrument)-[kept:KEPT_IN]->(:Case) RETURN count(kept) AS edges")[0]["edges"])


def main() -> None:
    with create_driver("falkordb+embedded://") as driver:
        with Session(driver) as session:
            session.add_all([Instrument(id="viola"), Instrument(id="rebec"), Case(id="black"), Case(id="brown")])

        with Session(driver) as session:
            viola, black = session.get(Instrument, "viola"), session.get(Case, "black")
            assert viola is not None
            assert black is not None
            session.relate(viola, Instrument.case, black)
            session.relate(viola, Instrument.case, black)  # told twice, still one edge
            assert viola.case is black  # the session shows it at once, on both sides
            assert count_edges(session) == 1

            session.unrelate(viola, Instrument.case, black)
            assert viola.case is None
            assert count_edges(session) == 0

        with Session(driver) as session:
            viola, rebec = session.get_many(Instrument, ["viola", "rebec"])
            black, brown = session.get_many(Case, ["black", "brown"], fetch=[Case.contents])
            assert viola is not None
            assert rebec is not None
            assert black is not None
            assert brown is not None
            viola.case = black  # assigning is relating
            black.contents.append(rebec)  # so is changing the collection
            viola.case = brown  # the case before gives it up
            assert (black.contents, brown.contents) == ([rebec], [viola])

        with Session(driver) as session:
            brown = session.get(Case, "brown", fetch=["contents.case"])
            assert brown is not None
            print("in the brown case:", brown.contents)
            assert [found.id for found in brown.contents] == ["viola"]
            brown.contents.clear()
            session.commit()
            print("edges left:", count_edges(session))
            assert count_edges(session) == 1

        with Session(driver) as session:  # two known keys are enough: nothing is read
            session.relate(session.reference(Instrument, "viola"), Instrument.case, session.reference(Case, "black"))
            assert count_edges(session) == 2


if __name__ == "__main__":
    main()
