"""Repositories: the questions that an application asks of one class, in one place."""

from __future__ import annotations

from runic.ogm import Field, Node, Relation, Repository, Session, create_driver, desc


class Maker(Node):
    id: str
    country: str


class Guitar(Node):
    id: str
    model: str = Field(index=True)
    year: int
    maker: Maker | None = Relation(relationship="BUILT_BY", target="Maker")


class Guitars(Repository[Guitar]):
    def older_than(self, year: int) -> list[Guitar]:
        return self.query().where(Guitar.year < year).order_by(desc(Guitar.year)).all()


def main() -> None:
    with create_driver("falkordb+embedded://") as driver:
        with Session(driver) as session:
            guitars = Guitars(session)
            torres = Maker(id="torres", country="ES")
            Repository(session, Maker).add(torres)
            for year in range(1860, 1870):
                guitars.add(Guitar(id=f"T{year}", model="concert" if year % 2 else "parlour", year=year, maker=torres))

        with Session(driver) as session:
            guitars = Guitars(session)
            assert [guitar.year for guitar in guitars.older_than(1863)] == [1862, 1861, 1860]
            assert guitars.count(model="parlour") == 5
            assert guitars.exists("T1864")
            found = guitars.find_one_by(year=1864, fetch=["maker"])
            assert found is not None
            assert found.maker is not None
            print(found, "by", found.maker)

            everything = guitars.find_all(fetch=["maker"], order_by="year", limit=3)
            assert {guitar.maker for guitar in everything} == {found.maker}

            page = guitars.page(2, size=4, order_by="year")
            print(f"page {page.number} of {page.pages}:", [guitar.id for guitar in page])
            assert page.total == 10

            part = guitars.after(None, size=4)  # by key: the last page costs what the first one did
            seen = part.items
            while part.cursor is not None:
                part = guitars.after(part.cursor, size=4)
                seen += part
            assert len(seen) == 10

            oldest = guitars.cypher_one("MATCH (g:Guitar) RETURN g ORDER BY g.year LIMIT 1")
            assert oldest is not None
            assert oldest.id == "T1860"
            guitars.delete(oldest)
            assert guitars.count() == 9


if __name__ == "__main__":
    main()
