"""Relations: loaded on access or along with the entity, seen from one side, from both, or without a direction."""

from __future__ import annotations

from runic.ogm import Field, LazyLoadError, Node, Relation, Repository, Session, count_statements, create_driver


class Ensemble(Node):
    id: str
    name: str
    # the edges of Player.ensemble, seen from their other end
    players: list[Player] = Relation(relationship="PLAYS_IN", direction="INCOMING", target="Player", order_by="name")


class Player(Node):
    id: str
    name: str = Field(index=True)
    ensemble: Ensemble | None = Relation(relationship="PLAYS_IN", direction="OUTGOING", target="Ensemble")
    # a duet has no first and second: the edge is found from either end
    duet_partners: list[Player] = Relation(relationship="PLAYS_DUETS_WITH", direction="BOTH", target="Player")


class Concert(Node):
    id: str
    # in this program, reading it unloaded would be a mistake
    ensembles: list[Ensemble] = Relation(relationship="PRESENTS", target="Ensemble", lazy="raise")


def write(session: Session) -> None:
    nonet = Ensemble(id="nonet", name="The Nonet")
    trio = Ensemble(id="trio", name="Trio of the Attic")
    ida, juno, kai = (Player(id=name.lower(), name=name) for name in ("Ida", "Juno", "Kai"))
    concert = Concert(id="june")
    session.add_all([nonet, trio, ida, juno, kai, concert])
    session.relate(ida, Player.ensemble, nonet)
    session.relate(nonet, Ensemble.players, juno)  # the other declaration, the same kind of edge
    session.relate(kai, Player.ensemble, trio)
    session.relate(ida, Player.duet_partners, kai)
    session.relate_all(Concert.ensembles, [(concert, nonet), (concert, trio)])


def main() -> None:
    with create_driver("falkordb+embedded://") as driver:
        with Session(driver) as session:
            write(session)

        with Session(driver) as session, count_statements(driver) as statements:
            juno = session.get(Player, "juno")
            assert juno is not None
            assert juno.ensemble is not None  # read here, by one statement
            print("lazy:", juno.name, "plays in", juno.ensemble.name)
            assert len(statements) == 2
            assert [player.name for player in juno.ensemble.players] == ["Ida", "Juno"]

        with Session(driver) as session, count_statements(driver) as statements:
            for player in Repository(session, Player).find_all():
                print("loop:", player.name, "->", player.ensemble and player.ensemble.name)
            print("lazy in a loop of three:", len(statements), "statements")
            assert len(statements) <= 3  # the second access reads the relation of all the others

        with Session(driver) as session, count_statements(driver) as statements:
            june = session.get(Concert, "june", fetch=["ensembles.players"])
            assert june is not None
            everyone = sorted(player.name for ensemble in june.ensembles for player in ensemble.players)
            print("eager:", everyone, "with", len(statements), "statement")
            assert everyone == ["Ida", "Juno", "Kai"]
            assert session.get(Player, "kai") is not None  # what fetch read is in the identity map
            assert len(statements) == 1

            players = Repository(session, Player).find_all(fetch=[Player.ensemble, Player.duet_partners])
            ida, _, kai = sorted(players, key=lambda player: player.name)
            assert (ida.duet_partners, kai.duet_partners) == ([kai], [ida])  # one edge, seen from both ends

        with Session(driver) as session:
            june = session.get(Concert, "june")
            assert june is not None
            try:
                print(june.ensembles)
            except LazyLoadError as error:
                print("refused:", error)
            else:
                raise AssertionError("lazy='raise' has to raise")


if __name__ == "__main__":
    main()
