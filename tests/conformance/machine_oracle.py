"""What the graph of the circus and a session must show, in plain Python that calls nothing of the package."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias, TypeVar

T = TypeVar("T")

Key: TypeAlias = str | int
Value: TypeAlias = str | int | list[str] | None
Props: TypeAlias = dict[str, Value]
Row: TypeAlias = tuple[object, ...]

LABELS = {
    "Performer": ["CircusPerformer"],
    "CircusAct": ["CircusAct"],
    "AerialAct": ["AerialAct", "CircusAct"],
    "TrapezeAct": ["AerialAct", "CircusAct", "TrapezeAct"],
    "AnimalAct": ["AnimalAct", "CircusAct"],
    "Tent": ["CircusTent"],
    "CircusProp": ["CircusProp"],
    "Wagon": ["CircusWagon"],
}
KEYS = {"Performer": "id", "CircusAct": "code", "Tent": "number", "CircusProp": "id", "Wagon": "uid"}
ACTS = ("CircusAct", "AerialAct", "TrapezeAct", "AnimalAct")
FIELDS = {
    "Performer": ("name", "age", "tricks"),
    "CircusAct": ("title", "minutes"),
    "AerialAct": ("title", "minutes", "height"),
    "TrapezeAct": ("title", "minutes", "height", "bars"),
    "AnimalAct": ("title", "minutes", "species"),
    "Tent": ("colour", "seats"),
    "CircusProp": ("name",),
    "Wagon": ("colour",),
}
DEFAULTS: dict[str, dict[str, Value]] = {
    "Performer": {"tricks": []},
    "AerialAct": {"height": 5},
    "TrapezeAct": {"height": 5},
    "Tent": {"colour": "red", "revision": 0},
    "CircusProp": {"name": ""},
    "Wagon": {"colour": "green"},
    "Part": {"role": "extra", "fee": 0},
    "Watch": {"hours": 8},
}


class Ref(NamedTuple):
    """A node: the class that its keys are shared by, and its key."""

    kind: str
    key: Key


class Place(NamedTuple):
    """An edge: its type, its ends, and its own key where it has one."""

    type: str
    start: Ref
    end: Ref
    key: int | None = None


class Side(NamedTuple):
    """A relation as one end declares it."""

    type: str
    forward: bool
    single: bool
    target: str
    mirror: str
    both: bool = False


SIDES = {
    ("Performer", "wagon"): Side("SLEEPS_IN", True, True, "Wagon", "sleeper"),
    ("Wagon", "sleeper"): Side("SLEEPS_IN", False, True, "Performer", "wagon"),
    ("Performer", "teacher"): Side("TAUGHT_BY", True, True, "Performer", "pupils"),
    ("Performer", "pupils"): Side("TAUGHT_BY", False, False, "Performer", "teacher"),
    ("Performer", "partners"): Side("TRUSTS", True, False, "Performer", "partners", both=True),
    ("Performer", "acts"): Side("PERFORMS_IN", True, False, "CircusAct", "cast"),
    ("CircusAct", "cast"): Side("PERFORMS_IN", False, False, "Performer", "acts"),
    ("Performer", "watches"): Side("GUARDS", True, False, "Tent", "guards"),
    ("Tent", "guards"): Side("GUARDS", False, False, "Performer", "watches"),
    ("CircusAct", "tent"): Side("STAGED_IN", True, True, "Tent", "acts"),
    ("Tent", "acts"): Side("STAGED_IN", False, False, "CircusAct", "tent"),
    ("CircusAct", "props"): Side("USES", True, False, "CircusProp", "acts"),
    ("CircusProp", "acts"): Side("USES", False, False, "CircusAct", "props"),
}
CHANGES: dict[str, list[tuple[str, list[Value]]]] = {
    "Performer": [("name", ["cy", ""]), ("age", [None, 7, -1]), ("tricks", [["fly"], []])],
    "CircusAct": [("title", ["u", "v"]), ("minutes", [None, 1])],
    "Tent": [("colour", ["red", "blue"]), ("seats", [None, 10, 20])],
    "CircusProp": [("name", ["ball", ""])],
    "Wagon": [("colour", ["green", "black"])],
}
HOWS = ("append", "insert", "remove", "pop", "clear", "reverse", "replace", "swap")
_lives = itertools.count()


@dataclass
class Item:
    """One node; a key that is deleted and used again is another life."""

    name: str
    props: Props
    life: int = field(default_factory=lambda: next(_lives))


def edit(those: list[T], how: str, one: T) -> None:
    """Change a list in place, so that nothing is in it twice."""
    edits: dict[str, Callable[[], object]] = {
        "append": lambda: None if one in those else those.append(one),
        "insert": lambda: None if one in those else those.insert(0, one),
        "remove": lambda: those.remove(one) if one in those else None,
        "pop": lambda: those.pop() if those else None,
        "clear": those.clear,
        "reverse": those.reverse,
        "replace": lambda: those.__setitem__(slice(0, 1), [] if one in those else [one]),
        "swap": lambda: those.__setitem__(slice(0, 2), those[1::-1]),
    }
    edits[how]()


def change_of(ref: Ref, which: int, what: int) -> tuple[str, Value]:
    """Return one of the changes that a node may have."""
    name, values = CHANGES[ref.kind][which % len(CHANGES[ref.kind])]
    return name, values[what % len(values)]


def with_defaults(name: str, given: Mapping[str, Value]) -> Props:
    """Return the properties that an entity made with these values has; what is None is not stored."""
    props = copy.deepcopy(DEFAULTS.get(name, {})) | copy.deepcopy(dict(given))
    return {field: value for field, value in props.items() if value is not None}


class World:
    """Nodes and edges."""

    def __init__(self) -> None:
        self.nodes: dict[Ref, Item] = {}
        self.edges: dict[Place, Props] = {}
        self.left: dict[Place, Props] = {}  # what assignments took away since the last flush: it may come back

    def put(self, name: str, key: Key, given: Mapping[str, Value]) -> Ref:
        """Make a node."""
        ref = Ref("CircusAct" if name in ACTS else name, key)
        self.nodes[ref] = Item(name, with_defaults(name, given))
        return ref

    def change(self, ref: Ref, name: str, value: Value) -> None:
        """Change a property; None removes it."""
        props = self.nodes[ref].props
        props.pop(name, None)
        if value is not None:
            props[name] = copy.deepcopy(value)

    def drop(self, ref: Ref) -> None:
        """Remove a node and its edges."""
        del self.nodes[ref]
        self.edges = {place: props for place, props in self.edges.items() if ref not in place[1:3]}
        self.left = {place: props for place, props in self.left.items() if ref not in place[1:3]}

    def place(self, ref: Ref, attr: str, other: Ref, key: int | None = None) -> Place:
        """Return where the edge stands that relates these two; of two directions it has the one that is there."""
        side = SIDES[ref.kind, attr]
        start, end = (ref, other) if side.forward else (other, ref)
        if side.both:
            start, end = sorted((ref, other), key=repr)
        return Place(side.type, start, end, key)

    def ends(self, ref: Ref, attr: str) -> set[Ref]:
        """Return what a relation leads to."""
        side = SIDES[ref.kind, attr]
        found = {place.end for place in self.edges if place.type == side.type and place.start == ref}
        back = {place.start for place in self.edges if place.type == side.type and place.end == ref}
        return found | back if side.both else found if side.forward else back

    def between(self, ref: Ref, attr: str, other: Ref) -> list[Place]:
        """Return the edges of a relation between two nodes."""
        wanted = self.place(ref, attr, other)
        return [place for place in self.edges if place[:3] == wanted[:3]]

    def relate(self, ref: Ref, attr: str, other: Ref, props: Props | None = None) -> None:
        """Add an edge unless it is there; properties that are given replace all that it had."""
        key = props.get("night") if props else None
        place = self.place(ref, attr, other, key if isinstance(key, int) else None)
        if props is not None or place not in self.edges:
            self.edges[place] = dict(props or {})

    def unrelate(self, ref: Ref, attr: str, other: Ref) -> None:
        """Remove every edge of the relation between two nodes, for good."""
        self._part(ref, attr, other)
        self.left = {
            place: props for place, props in self.left.items() if place[:3] != self.place(ref, attr, other)[:3]
        }

    def _part(self, ref: Ref, attr: str, other: Ref) -> None:
        for place in self.between(ref, attr, other):
            self.left[place] = self.edges.pop(place)

    def include(self, ref: Ref, attr: str, other: Ref) -> None:
        """Assign or append: a single relation, on this side or the other, leads to nothing else afterwards."""
        side = SIDES[ref.kind, attr]
        for owner, name, kept in ((ref, attr, other), (other, side.mirror, ref)):
            if SIDES[owner.kind, name].single:
                for former in self.ends(owner, name) - {kept}:
                    self._part(owner, name, former)
        if not self.between(ref, attr, other):
            back = [place for place in self.left if place[:3] == self.place(ref, attr, other)[:3]]
            self.edges |= {place: self.left.pop(place) for place in back}
            if not back:
                self.relate(ref, attr, other)

    def assign(self, ref: Ref, attr: str, others: Iterable[Ref]) -> None:
        """Make a relation lead to these; edges that are there already stay as they are."""
        wanted = list(others)
        for former in self.ends(ref, attr) - set(wanted):
            self._part(ref, attr, former)
        for other in wanted:
            self.include(ref, attr, other)

    def free(self, ref: Ref, attr: str, other: Ref) -> bool:
        """Tell whether an edge more leaves each single relation with one target."""
        side = SIDES[ref.kind, attr]
        there = ((ref, attr, other), (other, side.mirror, ref))
        return all(not SIDES[o.kind, name].single or self.ends(o, name) <= {kept} for o, name, kept in there)

    def stale(self, before: World, ref: Ref) -> bool:
        """Tell whether a node that was there before has other properties now."""
        old, new = before.nodes.get(ref), self.nodes.get(ref)
        return old is not None and new is not None and old.life == new.life and old.props != new.props

    def around(self, ref: Ref) -> tuple[Item, dict[Place, Props]]:
        """Return a node and its edges."""
        return self.nodes[ref], {place: props for place, props in self.edges.items() if ref in place[1:3]}

    def only_added(self, before: World, ref: Ref) -> bool:
        """Tell whether a node is new, and took no other's place in a single relation."""
        single = {place for place in self.edges if place.end == ref and place.type in {"SLEEPS_IN", "TAUGHT_BY"}}
        wagon = {place for place in self.edges if place.start == ref and place.type == "SLEEPS_IN"}
        return ref in self.nodes and ref not in before.nodes and not single | wagon

    def acts(self, kind: str, minutes: Value) -> list[tuple[Ref, str]]:
        """Return the acts of a class and of those below it."""
        label = set(LABELS[kind])
        rows = [(ref, item.name) for ref, item in self.nodes.items() if item.props.get("minutes") == minutes]
        return sorted((ref, name) for ref, name in rows if label <= set(LABELS[name]))

    def rows(self) -> tuple[list[Row], list[Row]]:
        """Return nodes and edges as a dump has them."""
        nodes: list[Row] = [
            (LABELS[item.name], item.props | {KEYS[ref.kind]: ref.key}) for ref, item in self.nodes.items()
        ]
        edges: list[Row] = [(place.type, place.start.key, place.end.key, props) for place, props in self.edges.items()]
        return in_order(nodes), in_order(edges)


def kept(row: Mapping[str, T]) -> dict[str, T]:
    """Return the properties that a node or an edge has: an explicit null is none."""
    return {name: value for name, value in row.items() if value is not None}


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Sort rows of all kinds."""
    return sorted(rows, key=lambda row: repr([sorted(p.items()) if isinstance(p, dict) else p for p in row]))


class Oracle:
    """What is stored, what a flush has sent since, and what the session shows."""

    def __init__(self) -> None:
        self.stored, self.sent, self.unit = World(), World(), World()
        self.unread: set[Ref] = set()  # nodes with a version that are merged and that the session has not read
        self.touches: dict[Ref, int] = {}  # changes of nodes with a version since the last commit

    def everywhere(self) -> tuple[World, World, World]:
        """Return all that what another session commits shows in."""
        return self.stored, self.sent, self.unit

    def put_everywhere(self, name: str, key: Key, given: Mapping[str, Value]) -> Ref:
        """Tell that another session has stored a node."""
        first, *others = self.everywhere()
        ref = first.put(name, key, given)
        for world in others:
            world.nodes[ref] = copy.deepcopy(first.nodes[ref])
        return ref

    def set_everywhere(self, ref: Ref, name: str, value: Value) -> bool:
        """Tell that another session has set a property; return whether that changes anything."""
        props = self.stored.nodes[ref].props
        if props.get(name) == value:
            return False
        for world in self.everywhere():
            world.change(ref, name, value)
            version = world.nodes[ref].props.get("revision")
            if isinstance(version, int):
                world.change(ref, "revision", version + 1)
        return True

    def untouched(self, *refs: Ref) -> bool:
        """Tell whether nodes and their edges are as they are stored."""
        if not all(ref in world.nodes for world in self.everywhere() for ref in refs):
            return False
        first, *others = ([world.around(ref) for ref in refs] for world in self.everywhere())
        return others == [first, first]

    def merge(self, ref: Ref, given: Mapping[str, Value], *, known: bool) -> None:
        """Write all fields of a node; the version of one that nobody has read is counted on whatever they are."""
        item = self.unit.nodes[ref]
        version = item.props.get("revision")
        item.props = with_defaults(item.name, given)
        if version is not None:
            item.props["revision"] = version
            self.touches[ref] = self.touches.get(ref, 0) + 1
            if not known and ref in self.sent.nodes:
                self.unread.add(ref)

    def flush(self) -> None:
        """Send what is staged: a changed node counts its version on."""
        for ref, item in self.unit.nodes.items():
            version = item.props.get("revision")
            if isinstance(version, int) and (ref in self.unread or self.unit.stale(self.sent, ref)):
                item.props["revision"] = version + 1
        self.unread.clear()
        self.unit.left.clear()
        self.sent = copy.deepcopy(self.unit)

    def commit(self) -> None:
        """Store the unit."""
        self.flush()
        self.stored = copy.deepcopy(self.sent)

    def give_up(self, *, sent_stays: bool) -> None:
        """Undo the unit, on some databases without what was sent."""
        if sent_stays:
            self.stored = copy.deepcopy(self.sent)
        self.sent, self.unit = copy.deepcopy(self.stored), copy.deepcopy(self.stored)
        self.unread.clear()

    def forget_unsent(self) -> None:
        """Undo what was staged since the last flush."""
        self.unread.clear()
        self.unit = copy.deepcopy(self.sent)

    def adopt(self, versions: Mapping[Ref, int]) -> None:
        """Take over versions that reads counted on, since they flush; each change counts once at most."""
        for ref, found in versions.items():
            least = self.stored.nodes[ref].props["revision"]
            assert isinstance(least, int)
            assert least <= found <= least + self.touches.get(ref, 0), (ref, least, found)
            for world in self.everywhere():
                if ref in world.nodes:
                    world.nodes[ref].props["revision"] = found
        self.touches.clear()
