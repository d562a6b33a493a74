"""The async twins: the same names, awaited."""

from __future__ import annotations

from typing import Any, assert_type

from runic.ogm import AsyncRepository, AsyncSession, Edge, Node, Relation, create_async_driver, select


class Stay(Edge, type="STAYED_AT"):
    nights: int


class Traveller(Node):
    id: str
    name: str
    inns: list[Inn] = Relation(relationship="STAYED_AT", edge_model=Stay)


class Inn(Node):
    id: str
    guests: list[Traveller] = Relation(relationship="STAYED_AT", direction="INCOMING", edge_model=Stay)


class Travellers(AsyncRepository[Traveller]):
    async def named(self, name: str) -> list[Traveller]:
        return await self.query().where(Traveller.name == name).all()


async def use() -> None:
    async with create_async_driver("falkordb+embedded://") as driver, AsyncSession(driver) as session:
        traveller = await session.get(Traveller, "basho", fetch=["inns"])
        inn = await session.get(Inn, "seven-pines")
        assert_type(traveller, Traveller | None)
        assert traveller is not None
        assert inn is not None
        await session.relate(traveller, Traveller.inns, inn, edge=Stay(nights=2))
        await session.unrelate(inn, Inn.guests, traveller)
        await session.load([traveller], Traveller.inns)
        assert_type(await session.scalars(select(Inn)), list[Inn])
        assert_type(await session.query(Inn).first(), Inn | None)
        statement = select(Traveller).alias("t").traverse(Traveller.inns, edge_alias="e").alias("i")
        statement = statement.return_nodes("t", "i").return_edge("e")
        rows: list[tuple[Traveller, Stay, Inn]] = await session.all_with_edges(statement)
        assert_type(await session.all_with_edges(statement), list[tuple[Any, Any, Any]])
        assert_type(rows[0][1].nights, int)
        assert_type(await Travellers(session).named("Bashō"), list[Traveller])
        assert_type(await AsyncRepository(session, Inn).find_all(fetch=["guests"]), list[Inn])
        async for found in session.stream(select(Inn)):
            assert_type(found, Inn)
        await session.commit()
