"""Repositories: a class with its model, a model given, and generic bases."""

from __future__ import annotations

from typing import Generic, TypeVar, assert_type

from runic.ogm import Edge, Field, Node, Relation, Repository, Session

N = TypeVar("N", bound=Node)


class Share(Edge, type="OWNS_SHARE_OF"):
    percent: int


class Collector(Node):
    id: str
    holdings: list[Coin] = Relation(relationship="OWNS_SHARE_OF", edge_model=Share)


class Coin(Node):
    id: str
    mint: str = Field(index=True)


class Collectors(Repository[Collector]):
    def share(self, collector: str, coin: str) -> Share | None:
        rows: list[tuple[Collector, Share, Coin]] = (
            self.query()
            .where(Collector.id == collector)
            .alias("c")
            .traverse(Collector.holdings, edge_alias="e", optional=False)
            .alias("k")
            .where(Coin.id == coin, on="k")
            .return_nodes("c", "k")
            .return_edge("e")
            .all_with_edges()
        )
        return rows[0][1] if rows else None


class Base(Repository[N], Generic[N]):
    def newest(self) -> list[N]:
        return self.query().limit(3).all()


class Coins(Base[Coin]):
    def minted_in(self, mint: str) -> list[Coin]:
        return self.query().where(Coin.mint == mint).all()


def use(session: Session) -> None:
    assert_type(Collectors(session).share("ann", "florin"), Share | None)
    assert_type(Collectors(session, Collector).get("ann"), Collector | None)
    assert_type(Coins(session).newest(), list[Coin])
    assert_type(Coins(session).minted_in("Utrecht"), list[Coin])
    by_argument = Repository(session, Coin)
    assert_type(by_argument, Repository[Coin])
    assert_type(by_argument.find_all(limit=10), list[Coin])
    assert_type(by_argument.find_by(mint="Utrecht"), list[Coin])
    assert_type(by_argument.find_one_by(mint="Utrecht"), Coin | None)
    assert_type(by_argument.find_all_by_ids(["a"]), list[Coin])
    assert_type(by_argument.count(), int)
    assert_type(Repository[Coin](session, Coin).get("florin"), Coin | None)
    page = by_argument.page(1, 20)
    assert_type(page.items, list[Coin])
    assert_type(page.total, int)
