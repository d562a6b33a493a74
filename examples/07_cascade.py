"""Cascade: adding the owner of a relation adds what it reaches, where the declaration says so."""

from __future__ import annotations

from runic.ogm import GeneratedKey, Node, OGMError, Relation, Session, create_driver


class Part(Node):
    id: str = GeneratedKey()
    name: str
    screws: list[Part] = Relation(relationship="HAS_PART", target="Part", cascade=True)


class Donor(Node):
    id: str


class Piano(Node):
    id: str
    parts: list[Part] = Relation(relationship="HAS_PART", target="Part", cascade=True)
    donor: Donor | None = Relation(relationship="GIVEN_BY", target="Donor")  # lives a life of its own


def main() -> None:
    with create_driver("falkordb+embedded://") as driver:
        lid = Part(name="lid", screws=[Part(name="hinge"), Part(name="hinge")])
        with Session(driver) as session:
            session.add(Piano(id="upright", parts=[lid, Part(name="stool")]))
            session.commit()
            assert lid.id is not None

        with Session(driver) as session:
            upright = session.get(Piano, "upright", fetch=["parts.screws"])
            assert upright is not None
            names = sorted(part.name for part in upright.parts)
            print("stored by one add:", names, "and", [part.name for part in lid.screws])
            assert names == ["lid", "stool"]
            assert session.query(Part).count() == 4

        try:
            with Session(driver) as session:
                session.add(Piano(id="grand", donor=Donor(id="the baker")))
        except OGMError as error:
            print("refused:", error)
        else:
            raise AssertionError("a donor that nobody added must not be lost in silence")

        with Session(driver) as session:
            assert session.get(Piano, "grand") is None  # the commit left nothing
            baker = Donor(id="the baker")
            session.add_all([baker, Piano(id="grand", donor=baker)])


if __name__ == "__main__":
    main()
