"""The loop that sync and async share: a generator says what it needs next, and only what answers it waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator

Q = TypeVar("Q")
A = TypeVar("A")
T = TypeVar("T")


def drive(work: Generator[Q, A, T], answer: Callable[[Q], A]) -> T:
    """Answer all that a generator asks for, and return what it returns.

    An error of an answer, a cancellation too, is raised where the generator asked: it decides what becomes of it.
    """
    try:
        request = next(work)
        while True:
            try:
                reply = answer(request)
            except BaseException as error:  # noqa: BLE001 - the generator decides
                request = work.throw(error)
            else:
                request = work.send(reply)
    except StopIteration as done:
        return cast("T", done.value)


async def drive_async(work: Generator[Q, A, T], answer: Callable[[Q], Awaitable[A]]) -> T:
    """Do what `drive` does, with answers that are awaited."""
    try:
        request = next(work)
        while True:
            try:
                reply = await answer(request)
            except BaseException as error:  # noqa: BLE001 - the generator decides
                request = work.throw(error)
            else:
                request = work.send(reply)
    except StopIteration as done:
        return cast("T", done.value)
