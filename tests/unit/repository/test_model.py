"""Which model a repository is for: given, subscribed, inherited through generic classes, or named."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import pytest

from runic.ogm.model.base import Edge, Node
from runic.ogm.model.fields import Field
from runic.ogm.repository.async_repository import AsyncRepository
from runic.ogm.repository.repository import Repository
from tests.unit.fake import Beacon, Buoy, Database, Half

N = TypeVar("N", bound=Node)
K = TypeVar("K")


class Mooring(Edge, type="MOORED_TO"):
    """No model of a repository."""


class Unkeyed(Node):
    id: str = Field(primary_key=True)


class Base(Repository[N], Generic[N]):
    """Generic, with the model as its only parameter."""


class Turned(Repository[N], Generic[K, N]):
    """Generic, with the model as its second parameter."""


class HalfBound(Turned[int, N], Generic[N]):
    """One parameter bound, one left."""


class Of(Repository[Buoy]):
    """Bound."""


class Under(Of):
    """Bound by its parent."""


class Mixin:
    """Something else to inherit."""


class Mixed(Mixin, HalfBound[Buoy]):
    """Bound at the end of a chain, behind another base."""


class Later(Repository["Buoy"]):
    """Named."""


class AsyncOf(AsyncRepository[Buoy]):
    """Bound, for asyncio."""


SESSION: Any = Half(is_async=False).session(Half(is_async=False).driver(Database()))


@pytest.mark.parametrize(
    "repository",
    [
        Repository(SESSION, Buoy),
        Repository[Buoy](SESSION),
        Repository["Buoy"](SESSION),
        AsyncRepository[Buoy](SESSION),
        Base[Buoy](SESSION),
        Turned[int, Buoy](SESSION),
        HalfBound[Buoy](SESSION),
        Of(SESSION),
        AsyncOf(SESSION),
        Under(SESSION),
        Mixed(SESSION),
        Later(SESSION),
        Of(SESSION, Buoy),
    ],
    ids=lambda repository: type(repository).__name__,
)
def test_model_is_found(repository: Any) -> None:
    assert repository.model is Buoy
    assert repository.model is Buoy


@pytest.mark.parametrize("cls", [Repository, AsyncRepository, Base, Turned, HalfBound])
def test_missing_model_is_told_at_first_use(cls: Any) -> None:
    repository = cls(SESSION)
    with pytest.raises(TypeError, match=rf"{cls.__name__} has no model: write Repository\(session, Model\)"):
        _ = repository.model


@pytest.mark.parametrize("model", [str, "Buoy", 3, Node, Mooring, Buoy(id="n")], ids=repr)
def test_model_that_is_no_node_class_is_refused(model: Any) -> None:
    with pytest.raises(TypeError, match="model must be a node class"):
        Repository(SESSION, model)


@pytest.mark.parametrize("cls", [Repository[Mooring], Repository[str], Repository[int]])
def test_subscript_that_is_no_node_class_is_refused(cls: Any) -> None:
    with pytest.raises(TypeError, match="must be a node class"):
        _ = cls(SESSION).model


def test_entities_of_other_classes_are_refused() -> None:
    for method in ("add", "delete"):
        with pytest.raises(TypeError, match="this repository is of Buoy, not of"):
            getattr(Of(SESSION), method)(Beacon(id="b"))
