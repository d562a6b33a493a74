"""The query language: paths, references, named values, conditions on rows, fetch options and pages."""

from __future__ import annotations

from typing import Any, assert_type

from runic.ogm import (
    AsyncSession,
    Field,
    KeysetPage,
    Node,
    Page,
    Path,
    Plan,
    Predicate,
    Property,
    Related,
    Relation,
    Repository,
    Session,
    case,
    count,
    count_related,
    desc,
    exists,
    hops,
    is_partial,
    max_,
    ref,
    select,
    sum_,
)
from runic.ogm.expressions import Operand


class Spring(Node):
    id: str
    litres: int = Field(index=True)
    note: str | None = None
    feeds: list[Spring] = Relation(relationship="FEEDS")
    well: Well | None = Relation(relationship="RISES_IN")


class Well(Node):
    id: Property[str] = Field(primary_key=True)
    depth: Property[int]
    near: Related[list[Well]] = Relation(relationship="NEAR_TO", direction="BOTH")
    spring: Related[Spring | None] = Relation(relationship="RISES_IN", direction="INCOMING")


def paths(session: Session, spring: Spring) -> None:
    plain = select(Spring).where(Spring.id == "a").shortest_path(Spring.feeds, to=spring, max_hops=4)
    assert_type(session.scalars(plain.order_by(hops())), list[Path[Spring]])
    precise = select(Well).shortest_path(Well.near, to=Well.depth > 3)
    path = session.scalar(precise.limit(1))
    assert_type(path, Path[Well] | None)
    assert path is not None
    assert_type(path.end, Well)
    assert_type(path.nodes, tuple[Well, ...])
    assert_type([well.depth for well in path], list[int])
    assert_type(session.query(Spring).shortest_path(Spring.feeds, to="b").all(), list[Path[Spring]])
    assert_type(session.scalars(select(Spring).shortest_path("feeds", to="b")), list[Path[Any]])


def conditions() -> list[Predicate]:
    assert_type(ref("w", Well.depth) > 3, Predicate)
    assert_type(ref("w", Well.depth) == ref("v", Well.depth) + 1, Predicate)
    assert_type(ref("s", Spring.note).is_null(), Predicate)
    assert_type(~exists(Spring.feeds, Spring.litres > 3), Predicate)
    assert_type(count_related(Well.near) > 2, Predicate)
    return [ref("n") > 2, ref("s", Spring.litres).in_([1, 2])]


def values() -> list[Predicate]:
    """What `case` and a sign give is inferred from the values, in both spellings."""
    assert_type(case((Well.depth > 3, "deep"), else_="shallow"), Operand[str])
    assert_type(case((Well.depth > 3, Well.depth), else_=0), Operand[int])
    assert_type(case((Well.depth > 3, 1), (Well.depth > 9, Well.depth)), Operand[int | None])
    assert_type(-Well.depth, Operand[int])
    assert_type(max_(case((Well.depth > 3, Well.depth), else_=0)) > 3, Predicate)
    sized = case((Spring.litres > 3, "much"), (Spring.note == None, Spring.note), else_="little")  # noqa: E711
    select(Spring).project(sized.as_("size"), (-Spring.litres)).order_by(desc(sized))
    select(Spring).update(litres=case((Spring.litres < 0, 0), else_=Spring.litres))
    select(Spring).aggregate(sum_(case((Spring.litres > 3, Spring.litres), else_=0)).as_("much"), group_by=sized)
    return [sized == "much", sized.in_(["much"]), exists(Spring.feeds, exists(Spring.well, Well.depth > 3))]


def statements(session: Session) -> None:
    counted = select(Spring).alias("s").traverse(Spring.feeds).with_("s", count().as_("n")).where(ref("n") > 2)
    assert_type(session.scalars(counted.order_by(desc(Spring.litres))), list[Spring])
    rows = select(Spring).aggregate(count().as_("n"), group_by=Spring.note).where(ref("n") > 1, count() < 9)
    assert_type(session.all_rows(rows), list[Any])
    loaded = select(Spring).fetch(Spring.feeds, order_by=desc(Spring.litres), where=Spring.litres > 3, limit=2)
    assert_type(session.scalars(loaded.fetch("well.near", depth=2)), list[Spring])
    assert_type(is_partial(session.scalars(loaded)[0], Spring.feeds), bool)


def pages(session: Session) -> None:
    page = session.page(select(Spring).order_by(Spring.litres), 1, 20)
    assert_type(page, Page[Spring])
    following = session.after(select(Well), None, 20)
    assert_type(following, KeysetPage[Well])
    assert_type(following.cursor, str | None)
    assert_type(session.query(Spring).after(None, 5).items, list[Spring])
    repository = Repository(session, Spring)
    assert_type(repository.after(None, 5, order_by=[desc(Spring.litres)]), KeysetPage[Spring])
    assert_type(repository.page(1, 5), Page[Spring])
    assert_type(repository.cypher("MATCH (s:Spring) RETURN s"), list[Spring])
    assert_type(repository.cypher("MATCH (w:Well) RETURN w", returns=Well), list[Well])
    assert_type(repository.cypher_one("MATCH (s:Spring) RETURN s"), Spring | None)
    assert_type(repository.cypher_one("MATCH (w:Well) RETURN w", returns=Well), Well | None)


def plans(session: Session) -> None:
    assert_type(session.explain(select(Spring)), Plan)
    assert_type(session.query(Spring).profile(), Plan)
    text, parameters = select(Spring).build("falkordb")
    assert_type(text, str)
    assert_type(parameters, dict[str, Any])


async def waited(session: AsyncSession) -> None:
    assert_type(await session.scalars(select(Spring).shortest_path(Spring.feeds, to="b")), list[Path[Spring]])
    assert_type(await session.query(Well).shortest_path(Well.near, to="b").first(), Path[Well] | None)
    assert_type(await session.after(select(Well), None, 3), KeysetPage[Well])
    assert_type(await session.page(select(Well), 1, 3), Page[Well])
    assert_type(await session.explain(select(Well)), Plan)


if __name__ == "__main__":
    assert len(conditions()) == 2
    assert len(values()) == 3
