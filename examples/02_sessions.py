"""Sessions: one unit of work. It commits when its block ends well, and leaves nothing when it does not."""

from __future__ import annotations

from runic.ogm import Field, Node, Session, count_statements, create_driver


class Player(Node):
    id: str
    name: str
    grade: int = Field(default=1)


def main() -> None:
    with create_driver("falkordb+embedded://") as driver:
        with Session(driver) as session:
            session.add_all([Player(id="ida", name="Ida"), Player(id="juno", name="Juno", grade=4)])

        with Session(driver) as session, count_statements(driver) as statements:
            ida = session.get(Player, "ida")
            assert ida is not None
            assert session.get(Player, "ida") is ida  # one node, one object
            print("two gets,", len(statements), "statement")

            ida.grade += 1
            session.commit()  # writes the one property that changed
            session.commit()  # and now there is nothing to write
            print(statements.texts[-1])
            assert len(statements) == 2

        try:
            with Session(driver) as session:
                session.delete(session.reference(Player, "juno"))  # named by its key, never read
                session.add(Player(id="kai", name="Kai"))
                raise RuntimeError("the player changed her mind")
        except RuntimeError as error:
            print("rolled back:", error)

        with Session(driver) as session:
            juno, kai = session.get_many(Player, ["juno", "kai"])
            assert juno is not None
            assert kai is None

            session.merge(Player(id="kai", name="Kai"))  # stored already or not: afterwards it is
            session.delete(juno)

        with Session(driver, read_only=True) as session:
            names = [player.name for player in session.query(Player).order_by(Player.name).all()]
            print(names)
            assert names == ["Ida", "Kai"]

        def promote(session: Session) -> int:
            player = session.get(Player, "kai")
            assert player is not None
            player.grade += 1
            return player.grade

        assert driver.run(promote) == 2  # tried again by itself after an error that is known to pass


if __name__ == "__main__":
    main()
