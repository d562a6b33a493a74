"""Hierarchies: a class and its subclasses share a primary label; each node comes back as what it is."""

from __future__ import annotations

from runic.ogm import Field, Node, Relation, Repository, Session, create_driver


class Instrument(Node, labels=["Instrument"], primary_label="Instrument"):
    id: str
    maker: str


class Bowed(Instrument, labels=["Instrument", "Bowed"], primary_label="Instrument"):
    strings: int = Field(default=4)


class Blown(Instrument):  # says the same by saying nothing: labels and primary label are inherited
    reeds: int | None = None


class Player(Node):
    id: str
    owns: list[Instrument] = Relation(relationship="OWNS", target="Instrument")
    practises: list[Bowed | Blown] = Relation(relationship="PRACTISES", target=("Bowed", "Blown"))


def main() -> None:
    with create_driver("falkordb+embedded://") as driver:
        with Session(driver) as session:
            nyckelharpa = Bowed(id="nyckelharpa", maker="Sahlström", strings=16)
            oboe = Blown(id="oboe", maker="Marigaux", reeds=2)
            celesta = Instrument(id="celesta", maker="Mustel")
            ida = Player(id="ida", owns=[nyckelharpa, oboe, celesta], practises=[nyckelharpa, oboe])
            session.add_all([nyckelharpa, oboe, celesta, ida])

        with Session(driver) as session:
            for instrument in Repository(session, Instrument).find_all(order_by=Instrument.id):
                match instrument:
                    case Bowed(strings=strings):
                        print(instrument.id, "is bowed, on", strings, "strings")
                    case Blown(reeds=reeds):
                        print(instrument.id, "is blown, through", reeds, "reeds")
                    case _:
                        print(instrument.id, "is neither")
            assert [bowed.id for bowed in Repository(session, Bowed).find_all()] == ["nyckelharpa"]

            # a key names one node, whichever class of the hierarchy asks for it
            assert session.get(Instrument, "oboe") is session.get(Blown, "oboe")
            assert session.get(Bowed, "oboe") is None

            player = session.get(Player, "ida", fetch=["owns", "practises"])
            assert player is not None
            assert {type(instrument) for instrument in player.owns} == {Bowed, Blown, Instrument}
            assert {instrument.id for instrument in player.practises} == {"nyckelharpa", "oboe"}


if __name__ == "__main__":
    main()
