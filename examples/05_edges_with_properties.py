"""Edges with properties: a loan is an edge with its own class, fields, change tracking and, here, a key."""

from __future__ import annotations

from datetime import date

from runic.ogm import Edge, Field, Node, Relation, Repository, Session, create_driver, select


class Care(Edge, type="CARED_FOR_BY"):  # one between the same two: told again, it is overwritten
    task: str
    since: date
    until: date | None = None


class Loan(Edge, type="LENT_TO"):  # with a key, an instrument may go to the same player many times
    number: int = Field(primary_key=True)
    out: date


class Instrument(Node):
    id: str
    keepers: list[Player] = Relation(relationship="CARED_FOR_BY", target="Player", edge_model=Care)
    borrowers: list[Player] = Relation(relationship="LENT_TO", target="Player", edge_model=Loan)


class Player(Node):
    id: str


class Instruments(Repository[Instrument]):
    def care(self, instrument: str, player: str) -> Care | None:
        rows = (
            self.query()
            .where(Instrument.id == instrument)
            .alias("instrument")
            .traverse(Instrument.keepers, edge_alias="care", optional=False)
            .alias("player")
            .where(Player.id == player, on="player")
            .return_nodes("instrument", "player")
            .return_edge("care")
            .all_with_edges(Instrument, Care, Player)  # naming the classes types the rows
        )
        return rows[0][1] if rows else None


def main() -> None:
    with create_driver("falkordb+embedded://") as driver:
        with Session(driver) as session:
            harp, ida = Instrument(id="harp"), Player(id="ida")
            session.add_all([harp, ida, Player(id="juno")])
            session.relate(harp, Instrument.keepers, ida, edge=Care(task="tuning", since=date(2026, 1, 8)))
            for number in (1, 2):
                loan = Loan(number=number, out=date(2026, number, 20))
                session.relate(harp, Instrument.borrowers, ida, edge=loan)

        with Session(driver) as session:
            harp, ida = session.reference(Instrument, "harp"), session.reference(Player, "ida")
            update = Care(task="strings", since=date(2026, 1, 8), until=date(2026, 12, 31))
            session.relate(harp, Instrument.keepers, ida, edge=update)  # overwrites the fields, adds no second edge

        with Session(driver) as session:
            instruments = Instruments(session)
            care = instruments.care("harp", "ida")
            assert care is not None
            print(care, "from", care.source, "to", care.target)
            assert instruments.care("harp", "juno") is None
            care.until = None  # tracked like a node, and written at the commit

        with Session(driver) as session:
            open_ended = (
                select(Instrument)
                .alias("instrument")
                .traverse(Instrument.keepers, edge_alias="care", optional=False)
                .alias("player")
                .where(Care.until == None, on="care")  # noqa: E711 - an expression: IS NULL
                .return_nodes("instrument", "player")
                .return_edge("care")
            )
            rows: list[tuple[Instrument, Care, Player]] = session.all_with_edges(open_ended)
            assert [(harp.id, care.task, ida.id) for harp, care, ida in rows] == [("harp", "strings", "ida")]

            harp = rows[0][0]
            loans = sorted(session.edges(harp, Instrument.borrowers), key=lambda pair: pair[0].number)
            print([(loan.number, loan.out.isoformat(), player.id) for loan, player in loans])
            assert len(loans) == 2
            session.delete(loans[0][0])  # one edge goes, the other stays

        with Session(driver) as session:
            harp = session.reference(Instrument, "harp")
            assert [loan.number for loan, _ in session.edges(harp, Instrument.borrowers)] == [2]


if __name__ == "__main__":
    main()
