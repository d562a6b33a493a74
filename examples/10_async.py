"""Async: the same models and methods; what reaches the database is awaited, and nothing is read by accident."""

from __future__ import annotations

import asyncio

from runic.ogm import (
    AsyncRepository,
    AsyncSession,
    Edge,
    LazyLoadError,
    Node,
    Relation,
    count_statements,
    create_async_driver,
    select,
)


class Seat(Edge, type="SITS_IN"):
    row: int


class Section(Node):
    id: str
    players: list[Player] = Relation(relationship="SITS_IN", direction="INCOMING", edge_model=Seat)


class Player(Node):
    id: str
    section: Section | None = Relation(relationship="SITS_IN", edge_model=Seat)


class Players(AsyncRepository[Player]):
    async def in_row(self, row: int) -> list[Player]:
        seated = self.query().alias("player").traverse(Player.section, edge_alias="seat", optional=False)
        return await seated.where(Seat.row == row, on="seat").return_nodes("player").all()


async def main() -> None:
    async with create_async_driver("falkordb+embedded://") as driver:
        async with AsyncSession(driver) as session:
            violas = Section(id="violas")
            session.add_all([violas, Player(id="ida"), Player(id="juno")])  # staged: nothing to await
            for row, key in enumerate(["ida", "juno"], 1):
                player = await session.get(Player, key)
                assert player is not None
                await session.relate(player, Player.section, violas, edge=Seat(row=row))

        async with AsyncSession(driver) as session:
            ida = await session.get(Player, "ida")
            assert ida is not None
            try:
                print(ida.section)
            except LazyLoadError as error:  # an attribute cannot await; the text says what helps
                print("refused:", error)
            else:
                raise AssertionError("an async session must not read on access")
            await session.load(ida, Player.section)
            assert ida.section is not None
            assert ida.section.id == "violas"

        async with AsyncSession(driver) as session:
            with count_statements(driver) as statements:
                section = await session.get(Section, "violas", fetch=["players"])
                assert section is not None
                print([player.id for player in section.players], "with", len(statements), "statement")
            players = Players(session)
            assert len(await players.find_all(fetch=["section"])) == 2
            assert [player.id for player in await players.in_row(2)] == ["juno"]

            statement = (
                select(Section)
                .alias("section")
                .traverse(Section.players, edge_alias="seat", optional=False)
                .alias("player")
                .return_nodes("section", "player")
                .return_edge("seat")
            )
            rows: list[tuple[Section, Seat, Player]] = await session.all_with_edges(statement)
            assert sorted((seat.row, player.id) for _, seat, player in rows) == [(1, "ida"), (2, "juno")]

        async def section_of(key: str) -> str | None:  # a driver is shared by tasks, a session is not
            async with AsyncSession(driver, read_only=True) as session:
                player = await session.get(Player, key, fetch=["section"])
                return player.section.id if player and player.section else None

        assert set(await asyncio.gather(*map(section_of, ["ida", "juno", "kai"]))) == {"violas", None}


if __name__ == "__main__":
    asyncio.run(main())
