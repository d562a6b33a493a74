"""Mistakes in the plain spelling: every marked line is reported, and no other."""

from __future__ import annotations

from runic.ogm import Edge, Field, Node, Relation, Repository, Session, col, select
from runic.ogm import Nodes as Nodes  # error


class Ledger(Edge, type="LISTED_IN"):
    page: int


class Book(Node, labels=["Book"]):
    id: str = Field(primary_key=True)
    title: str
    year: int = Field(default=0)
    pages: int | None = None
    shelf: Shelf | None = Relation(relationship="STANDS_ON")
    lists: list[Shelf] = Relation(relationship="LISTED_IN", edge_model=Ledger)


class Shelf(Node):
    id: str


class WrongDefault(Node):
    id: str
    size: int = Field(default="large")  # error


class UnknownOption(Node):
    id: str = Field(primary=True)  # error


class UnknownKeyword(Node, label="Shelf"):  # error
    id: str


class UnknownEdgeKeyword(Edge, kind="STANDS_ON"):  # error
    row: int


class WrongKeyword(Edge, type=3):  # error
    row: int


def construct() -> None:
    Book(id="a")  # error
    Book(id="a", title="A", author="B")  # error
    Book(id=1, title="A")  # error
    Book("a", "A")  # error
    Book(id="a", title="A", year="1900")  # error
    Ledger(page="one")  # error


def assign(book: Book) -> None:
    book.year = "1900"  # error
    book.shelf = "s1"  # error
    book.shelf = book  # error
    book.lists.append(book)  # error


def read(session: Session) -> None:
    session.get("Book", "a")  # error
    session.get(Book, "a").title  # error
    rows: list[tuple[Book, Ledger]] = session.all_with_edges(select(Book))  # error
    print(rows)


def compare() -> None:
    select(Book).where("title")  # error
    select(Book).where(Book.title > 3)  # error
    select(Book).where(Book.pages > 3)  # error
    select(Book).where(col(Book.title) > 3)  # error
    select(Book).where(~(Book.title == "A"))  # error
    select(Book).order_by(Book.title.desc())  # error
    select(Book).where(Book.title.in_(["A"]))  # error


def collect(session: Session) -> None:
    Repository(session, str)  # error
    books: Repository[Shelf] = Repository(session, Book)  # error
    print(books)
