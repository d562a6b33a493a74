"""Queries: immutable statements, built once and run by any session."""

from __future__ import annotations

from runic.ogm import (
    CardinalityError,
    Field,
    Node,
    Property,
    Related,
    Relation,
    Session,
    any_,
    col,
    create_driver,
    desc,
    param,
    select,
)


class Composer(Node):
    id: str
    born: int


class Piece(Node):
    id: str
    title: str
    minutes: int = Field(index=True)
    # the precise annotations: checkers know what a query may ask of them
    opus: Property[int | None] = Property(default=None)
    composer: Related[Composer | None] = Relation(relationship="WRITTEN_BY")


def write(session: Session) -> None:
    farrenc, coates = Composer(id="farrenc", born=1804), Composer(id="coates", born=1924)
    session.add_all([farrenc, coates])
    session.add_all([
        Piece(id="nonet", title="Nonet in E flat", minutes=29, opus=38, composer=farrenc),
        Piece(id="sextet", title="Sextet in C minor", minutes=22, opus=40, composer=farrenc),
        Piece(id="open", title="Music on Open Strings", minutes=17, composer=coates),
        Piece(id="folk", title="A tune", minutes=2),
    ])  # fmt: skip


def main() -> None:
    long_pieces = select(Piece).where(Piece.minutes >= param("least")).order_by(desc(Piece.minutes))
    text, parameters = long_pieces.params(least=20).build()
    print(text, parameters)

    with create_driver("falkordb+embedded://") as driver:
        with Session(driver) as session:
            write(session)

        with Session(driver) as session:
            assert [piece.id for piece in session.scalars(long_pieces.params(least=20))] == ["nonet", "sextet"]
            assert session.count(long_pieces.params(least=10)) == 3

            in_minor = col(Piece.title).endswith("minor")
            query = session.query(Piece)
            assert query.where(in_minor).one().id == "sextet"
            assert query.where(any_(in_minor, Piece.opus.is_null())).count() == 3
            assert query.where(Piece.opus > 38, Piece.minutes < 60).exists()
            assert query.order_by(Piece.minutes).skip(1).limit(2).all()[-1].id == "sextet"
            assert query.where(Piece.id == "unknown").first() is None

            # from piece to composer: the alias names the step just made
            with_composer = query.alias("piece").traverse(Piece.composer, optional=False).alias("composer")
            old = with_composer.where(Composer.born < 1900, on="composer")
            assert {piece.id for piece in old.return_nodes("piece").all()} == {"nonet", "sextet"}
            assert [composer.id for composer in old.return_nodes("composer").distinct().all()] == ["farrenc"]

            # two classes in a row; optional=True would keep the piece that nobody is known to have written
            rows = session.all(
                select(Piece, Composer)
                .alias("piece")
                .traverse(Piece.composer, optional=False)
                .alias("composer")
                .return_nodes("piece", "composer")
                .order_by(Piece.minutes)
            )
            for piece, composer in rows:
                print(f"{piece.minutes:>3} min  {piece.title:<24} {composer.id}")
            assert len(rows) == 3

            try:
                query.one()
            except CardinalityError as error:
                print("refused:", error)
            else:
                raise AssertionError("several are not one")

            assert sum(piece.minutes for piece in session.stream(select(Piece), batch=2)) == 70
            raw = session.execute("MATCH (p:Piece) WHERE p.minutes < $most RETURN p.title AS title", {"most": 5})
            assert list(raw) == [{"title": "A tune"}]


if __name__ == "__main__":
    main()
