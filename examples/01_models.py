"""Models: an instrument library declares its nodes, and what the declaration alone already gives."""

from __future__ import annotations

from datetime import date

from runic.ogm import Field, GeneratedKey, MetadataError, Node, Relation, Session, create_driver


class Workshop(Node):  # labelled "Workshop": a class without labels= is called as it is
    id: str = GeneratedKey()  # made on this side, in the order of time, when the entity is added
    town: str = Field(index=True)


class Instrument(Node, labels=["Instrument"]):
    shelf: str = Field(primary_key=True)  # a key need not be called `id`
    kind: str = Field(index=True)
    built: date | None = None  # a bare annotation is a field as well
    stickers: list[str] = Field(default_factory=list)
    made_in: Workshop | None = Relation(relationship="MADE_IN", direction="OUTGOING", target="Workshop")
    spares: list[Instrument] = Relation(relationship="SPARE_FOR", direction="INCOMING", target="Instrument")


def main() -> None:
    cello = Instrument(shelf="C-07", kind="cello", stickers=["fragile"])
    print(cello)
    assert cello.built is None
    assert cello.made_in is None
    assert cello.spares == []

    try:
        Instrument(shelf="C-08", kind="cello", colour="red")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    except TypeError as error:
        print("refused:", error)
    else:
        raise AssertionError("unknown names have to be refused")

    with create_driver("falkordb+embedded://") as driver:
        with Session(driver) as session:
            mirecourt = Workshop(town="Mirecourt")
            session.add_all([cello, mirecourt])
            cello.made_in = mirecourt
        print("the key of the workshop was made here:", mirecourt.id)

        with Session(driver) as session:
            found = session.get(Instrument, "C-07")
            assert found is not None
            assert found.made_in is not None
            assert (found.stickers, found.made_in.id) == (["fragile"], mirecourt.id)

    try:

        class Keyless(Node):
            kind: str
    except MetadataError as error:
        print("refused:", error)
    else:
        raise AssertionError(Keyless)


if __name__ == "__main__":
    main()
