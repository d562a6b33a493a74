"""How FalkorDB makes, tells and removes indexes and constraints, and which texts its indexes cannot hold."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar

from runic.ogm.backends._falkordb_parameters import MAX_INDEXED_TEXT, first_index_flaw
from runic.ogm.cypher.ddl import FoundItem, SchemaDialect, SchemaItem, pattern_of, schema_question, schema_write
from runic.ogm.cypher.statement import Statement
from runic.ogm.identifiers import is_plain, quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runic.ogm.cypher.ddl import ItemKind, Side, State
    from runic.ogm.cypher.statement import Reply, Row
    from runic.ogm.exceptions import DatabaseError
    from runic.ogm.model.metadata import NodeMeta

_KINDS: dict[str, ItemKind] = {"RANGE": "index", "FULLTEXT": "fulltext", "VECTOR": "vector"}
_SPELLINGS = {"index": "", "fulltext": "FULLTEXT ", "vector": "VECTOR "}
_SIDES: dict[str, Side] = {"NODE": "node", "RELATIONSHIP": "edge"}
_STATES: dict[str, State] = {"OPERATIONAL": "ready", "FAILED": "failed"}


class FalkorDBSchema(SchemaDialect):
    """One index a label with the properties of all kinds; constraints that stand on an index and are checked later."""

    has_index_flaws: ClassVar[bool] = True
    first_index_flaw = staticmethod(first_index_flaw)

    def constraint_flaw(self, item: SchemaItem) -> str | None:
        """Return why FalkorDB cannot have a certain unique constraint, or None: its names must be plain."""
        odd = next((name for name in (item.label, *item.properties) if not is_plain(name)), None)
        return None if odd is None else f"FalkorDB takes only ASCII letters, digits and underscores there, not {odd!r}"

    def ddl_make(self, item: SchemaItem) -> list[Statement]:
        """Return what makes one index or constraint; a constraint needs the index of each property first."""
        if item.kind == "unique":
            return [*map(_make_index, _single_indexes(item)), _constraint("CREATE", item)]
        return [_make_index(item)]

    def ddl_drop(self, found: FoundItem) -> list[Statement]:
        """Return what removes one index or constraint; an index that is under a constraint of edges ends the server."""
        item = found.item
        if item.kind == "unique":
            return [_constraint("DROP", item)]
        drop = f"DROP {_SPELLINGS[item.kind]}INDEX FOR {pattern_of(item)} ON"
        return [
            schema_write(f"{drop} (n.{quote(name)})") for name in item.properties
        ]  # of several it drops the first alone

    def schema_statements(self) -> list[Statement]:
        """Return the questions for all indexes, and for all constraints."""
        indexes = "CALL db.indexes() YIELD label, entitytype, properties, types, options, status"
        constraints = "CALL db.constraints() YIELD type, label, entitytype, properties, status"
        return [
            schema_question(f"{indexes} RETURN label, entitytype, properties, types, options, status", 6),
            schema_question(f"{constraints} RETURN type, label, entitytype, properties, status", 5),
        ]

    def read_schema(self, replies: Sequence[Reply]) -> list[FoundItem]:
        """Return the indexes and constraints; other constraints than those of uniqueness are not ours to tell."""
        indexes, constraints = (reply.tables[0] for reply in replies)
        unique = [_found_constraint(row) for row in constraints if row[0] == "UNIQUE"]
        needed = {single for found in unique for single in _single_indexes(found.item)}
        items = chain.from_iterable(map(_found_indexes, indexes))
        return [*(found._replace(implied=found.item in needed) for found in items), *unique]

    def key_index_statement(self, meta: NodeMeta) -> Statement:
        """Return a statement with one row if the key of a class has its index."""
        return Statement(
            "CALL db.indexes() YIELD label, properties WHERE label = $label AND $name IN properties RETURN 1 AS found",
            {"label": meta.primary_label, "name": meta.key.graph_name},
            tables=(("int",),),
            origin="schema",
        )

    def indexed_statement(self, label: str) -> Statement:
        """Return a statement with the properties of a label, or of a type of edges, whose values an index holds."""
        return Statement(
            "CALL db.indexes() YIELD label, properties, types WHERE label = $label UNWIND properties AS name "
            "WITH name, types WHERE 'RANGE' IN types[name] RETURN name",
            {"label": label},
            tables=(("str",),),
            origin="schema",
        )

    def flaw_statement(self, item: SchemaItem) -> Statement | None:
        """Return a statement with stored texts that the index of `item` might not hold; a few of them may be sound."""
        if item.kind not in ("index", "unique"):
            return None
        pattern = f"(n:{quote(item.label)})" if item.side == "node" else f"()-[n:{quote(item.label)}]->()"
        suspect = " OR ".join(_suspect(f"n.{quote(name)}") for name in item.properties)
        names = ", ".join(f"n.{quote(name)}" for name in item.properties)
        text = f"MATCH {pattern} WHERE {suspect} RETURN {names} LIMIT 1000"
        parameters = {"least": MAX_INDEXED_TEXT // 4, "spaces": list("\t\n\v\f\r\x01"), "text": "String"}
        return Statement(text, parameters, (tuple("any" for _ in item.properties),), origin="schema")

    def is_already_there(self, error: DatabaseError) -> bool:
        """Tell whether an error of making something only says that it is there."""
        text = str(error).lower()
        return "already indexed" in text or "already exists" in text

    def is_gone(self, error: DatabaseError) -> bool:
        """Tell whether an error of removing something only says that it is not there."""
        text = str(error).lower()
        return "no such index" in text or "no such constraint" in text


def _suspect(value: str) -> str:
    text = f"(CASE WHEN typeOf({value}) = $text THEN {value} ELSE 'x' END)"
    return (
        f"{text} = '' OR trim({text}) <> {text} OR size({text}) > $least OR any(c IN $spaces WHERE {text} CONTAINS c)"
    )


def _single_indexes(item: SchemaItem) -> list[SchemaItem]:
    return [SchemaItem("index", item.side, item.label, (name,)) for name in item.properties]


def _make_index(item: SchemaItem) -> Statement:
    names = ", ".join(f"n.{quote(name)}" for name in item.properties)
    options = ""
    if item.kind == "vector":
        options = f" OPTIONS {{dimension: {item.dimensions}, similarityFunction: '{item.similarity}'}}"
    return schema_write(f"CREATE {_SPELLINGS[item.kind]}INDEX FOR {pattern_of(item)} ON ({names}){options}")


def _constraint(verb: str, item: SchemaItem) -> Statement:
    side = "NODE" if item.side == "node" else "RELATIONSHIP"
    count = str(len(item.properties))
    arguments = ["UNIQUE", side, item.label, "PROPERTIES", count, *item.properties]
    return Statement(f"GRAPH.CONSTRAINT {verb}", {"arguments": arguments}, write=True, origin="schema")


def _found_constraint(row: Row) -> FoundItem:
    _, label, side, properties, status = row
    return FoundItem(SchemaItem("unique", _SIDES[side], label, tuple(sorted(properties))), _state(status))


def _found_indexes(row: Row) -> Iterable[FoundItem]:
    """Return what one label's index holds, by kind: the texts all in one, of the others one a property."""
    label, side, properties, types, options, status = row
    texts: list[str] = []
    for name in properties:
        kinds: list[ItemKind] = [_KINDS[word] for word in types[name]]
        for kind in kinds:
            if kind == "fulltext":
                texts.append(name)
            else:
                item = SchemaItem(kind, _SIDES[side], label, (name,), *_vector(options.get(name)))
                yield FoundItem(item, _state(status))
    if texts:
        yield FoundItem(SchemaItem("fulltext", _SIDES[side], label, tuple(sorted(texts))), _state(status))


def _vector(options: Any) -> tuple[int | None, str | None]:  # noqa: ANN401 - a map, if it is a vector's
    if not options or "dimension" not in options:
        return None, None
    return options["dimension"], options["similarityFunction"]


def _state(status: str) -> State:
    return _STATES.get(status, "building")
