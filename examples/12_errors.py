"""Errors: each has a name, says what to do, and leaves the database as it was."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from runic.ogm import (
    CardinalityError,
    DetachedEntityError,
    Driver,
    Field,
    FieldValidationError,
    Node,
    OGMError,
    QuerySyntaxError,
    Relation,
    RelationValueError,
    Session,
    StaleEntityError,
    create_driver,
)

if TYPE_CHECKING:
    from collections.abc import Generator


class Room(Node):
    id: str


class Booking(Node):
    id: str
    hours: int
    version: int = Field(default=0, version=True)  # counts the writes; whoever read an older one is refused
    room: Room | None = Relation(relationship="TAKES", target="Room")


@contextmanager
def refused(kind: type[OGMError]) -> Generator[None, None, None]:
    try:
        yield
    except kind as error:
        print(f"{kind.__name__}: {error}\n")
    else:
        raise AssertionError(f"{kind.__name__} was expected")


def values(driver: Driver) -> None:
    with refused(FieldValidationError), Session(driver) as session:  # before anything is sent
        session.add(Booking(id="tue", hours=2**70))


def someone_was_faster(driver: Driver) -> None:
    with Session(driver) as session:
        mine = session.get(Booking, "mon")
        assert mine is not None
        with Session(driver) as other:
            theirs = other.get(Booking, "mon")
            assert theirs is not None
            theirs.hours = 3

        mine.hours = 4
        session.add(Booking(id="wed", hours=1))
        with refused(StaleEntityError):
            session.commit()
        with Session(driver) as other:
            assert other.get(Booking, "wed") is None  # the unit failed as a whole
        session.expunge(mine)  # what remains of it is still staged, and is stored when the block ends

    with refused(DetachedEntityError):
        print(mine.room)


def relations(driver: Driver) -> None:
    with Session(driver) as session:
        monday = session.reference(Booking, "mon")
        with refused(RelationValueError):
            session.relate(monday, Booking.room, monday)
        session.relate(monday, Booking.room, session.reference(Room, "attic"))
        session.relate(monday, Booking.room, session.reference(Room, "cellar"))  # relate adds, it never takes away

    with Session(driver) as session:
        booking = session.get(Booking, "mon")
        assert booking is not None
        with refused(CardinalityError):  # the model says one
            print(booking.room)


def statements(driver: Driver) -> None:
    with Session(driver) as session, refused(QuerySyntaxError):  # one name on every database; the client's is the cause
        session.execute("MATCH oops")


def main() -> None:
    with create_driver("falkordb+embedded://") as driver:
        with Session(driver) as session:
            session.add_all([Booking(id="mon", hours=2), Room(id="attic"), Room(id="cellar")])
        for part in (values, someone_was_faster, relations, statements):
            part(driver)
        with Session(driver) as session:
            assert session.get(Booking, "wed") is not None


if __name__ == "__main__":
    main()
