"""Expressions to text: one method a kind of expression, values always as parameters in their property's wire form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, get_args

from runic.ogm.conversion import codec_for
from runic.ogm.cypher.parameters import is_operand
from runic.ogm.cypher.related import QuestionCompiler
from runic.ogm.cypher.results import is_sent
from runic.ogm.exceptions import QueryError, UnsupportedFeatureError
from runic.ogm.expressions import (
    Arithmetic,
    Case,
    Comparison,
    FunctionCall,
    InList,
    IsNull,
    Junction,
    Not,
    Parameter,
    TextMatch,
    collected,
)
from runic.ogm.model.annotations import split_optional
from runic.ogm.query.kin import labels_of_field
from runic.ogm.query.references import (
    AliasedProperty,
    Column,
    Hops,
    InternalId,
    Placed,
    Stored,
    is_column,
    is_placed,
    is_property,
)
from runic.ogm.query.related import Exists, RelatedCount
from runic.ogm.query.scope import is_call, is_case

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from runic.ogm.conversion import Codec
    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.related import Computed
    from runic.ogm.model.base import Node
    from runic.ogm.model.fields import Property
    from runic.ogm.query.pattern import Place, Places

_KEEPING = frozenset({"min", "max", "coalesce", "head", "last"})
"""Functions whose value is one of their first argument's, in the same wire form."""
_RESULTS: dict[str, type] = {"count": int, "size": int, "toLower": str, "toUpper": str, "trim": str}
_TEXT_METHODS = {"CONTAINS": "contains", "STARTS WITH": "startswith", "ENDS WITH": "endswith", "=~": "matches"}
_LOW = {"<": True, ">=": True, "<=": False, ">": False}
"""Which bound of a value with several wire forms an operator compares with."""
_BOUNDED = {"<": "<", "<=": "<", ">": ">=", ">=": ">="}


class ExpressionCompiler(QuestionCompiler):
    """Renders the expressions of one statement, and gathers their parameters.

    columns: how the values of named columns travel. path: the variable of the shortest path. replace: gives the text
    of what was computed before, or None.
    """

    def __init__(self, dialect: Dialect, prefix: str = "p") -> None:
        super().__init__(dialect, prefix)
        self.columns: dict[str, Codec | None] = {}
        self.path: str | None = None
        self.replace: Callable[[object], str | None] | None = None
        self._filtering = False

    def enter(
        self,
        names: Mapping[Place, str],
        values: Mapping[str, object],
        nodes: Callable[[Place], tuple[type[Node], ...]] | None = None,
    ) -> None:
        """Go to a statement whose variables are `names`, of `nodes`; parts of a union share their parameters."""
        self._names, self._values = names, {**self._values, **values}
        self._nodes_at = nodes or self._nodes_at

    def render(self, expression: object, places: Places) -> str:
        """Return the text of a predicate or an operand; `places` tells what its attributes stand for."""
        self._places = places
        return self._render(expression)

    def condition(self, predicate: object, places: Places) -> tuple[str, list[Computed]]:
        """Return a predicate that can stand beside others in a WHERE, and what a WITH must compute for it before."""
        self._filtering = True
        text, computed = self.key(predicate, places)
        self._filtering = False
        return f"({text})" if isinstance(predicate, Junction) and predicate.operator == "OR" else text, computed

    def column(self, operand: object, places: Places, *, merged: bool) -> tuple[str, list[Computed]]:
        """Return a value that stands by itself, `merged` of many rows, and what must be computed before it."""
        self._plain = self.dialect.orders_by_subqueries or not merged
        self._computed = []
        text = self.render(operand, places)
        computed, self._computed, self._plain = self._computed, None, False
        return text, computed

    def key(self, operand: object, places: Places) -> tuple[str, list[Computed]]:
        """Return what rows are ordered or chosen by, and what a WITH must compute for it before."""
        asked = self.dialect.supports_subqueries_in_where and (self._filtering or self.dialect.orders_by_subqueries)
        self._computed = None if asked else []
        text = self.render(operand, places)
        computed, self._computed = self._computed or [], None
        return text, computed

    def value(self, value: object, prop: Property[Any], places: Places) -> str:
        """Return what a property is set to: a plain value, or an expression."""
        self._places = places
        return self._value(value, self.codec_of(prop), prop)

    def codec_of(self, operand: object) -> Codec | None:
        """Return how an operand's values travel, if its type is known."""
        native = self.dialect.native
        if is_property(operand):
            return operand.meta.codec(native)
        if is_placed(operand):
            return self.codec_of(operand.operand)
        if is_column(operand):
            known = self.columns.get(operand.name)
            return known if is_sent(known) else None
        if is_case(operand):
            return self._codec_of_case(operand)
        if isinstance(operand, (RelatedCount, Hops)):
            return codec_for(int, native)
        return self._codec_of_call(operand) if is_call(operand) else None

    def _codec_of_call(self, call: FunctionCall[Any]) -> Codec | None:
        if call.name in _RESULTS:
            return codec_for(_RESULTS[call.name], self.dialect.native)
        known = map(self.codec_of, call.arguments if call.name in _KEEPING else ())
        return next((codec for codec in known if codec is not None), None)

    def _codec_of_case(self, case: Case[Any]) -> Codec | None:
        """Return the codec of the first value that has one, else that of the type of them all, if it is one."""
        for value in case.values:
            codec = self.codec_of(value)
            if codec is not None:
                return codec
        return self.codec_of_given(*case.values)

    def _render(self, expression: object) -> str:
        known = self.replace(expression) if self.replace is not None else None
        if known is not None:
            return known
        if is_property(expression):
            return self._property(expression)
        method = self._methods.get(type(expression))
        if method is None:
            raise QueryError(f"{expression!r} cannot stand in a statement")
        return method(self, expression)

    def _property(self, prop: Property[Any]) -> str:
        key = prop.key if isinstance(prop, AliasedProperty) else prop.meta
        variable = self._variable(key)
        text = self.dialect.render_property(variable, prop.meta.graph_name)
        labels = labels_of_field(prop.meta, self._nodes(key))
        return f"CASE WHEN {self.dialect.render_label_test(variable, labels)} THEN {text} END" if labels else text

    def _column(self, e: Column[Any]) -> str:
        return self.dialect.render_variable(e.name)

    def _hops(self, _: Hops) -> str:
        if self.path is None:
            raise QueryError("hops() is the length of the path of shortest_path(), which this statement has not")
        return f"length({self.path})"

    def _placed(self, e: Placed[Any]) -> str:
        outer, self._places = self._places, e.places
        text = self._render(e.operand)
        self._places = outer
        return text

    def _stored(self, e: Stored) -> str:
        return self.add(e.wire)

    def _internal_id(self, e: InternalId) -> str:
        return self.dialect.render_id(self._names[e.place])

    def _comparison(self, e: Comparison) -> str:
        left, right, operator = e.left, e.right, e.operator
        if is_operand(right) and not isinstance(right, Parameter):
            codec = self.codec_of(right) if not is_operand(left) else None
            one = self._ordered(left, operator) if is_operand(left) else self._value(left, codec, right)
            return f"{one} {operator} {self._ordered(right, operator)}"
        codec = self.codec_of(left)
        value, given = self._given(right)
        if given and value is None and operator in ("=", "<>"):  # a parameter whose value is None
            return f"{self._bracketed(left)} IS {'NOT ' if operator == '<>' else ''}NULL"
        if given and codec is not None and codec.bounds is not None:
            self._check(value, left)
            self.bindings.fix()
            bounds = self._encode(codec.bounds, value, left)
            if bounds is not None:
                return self._bounded(self._ordered(left, "<"), operator, bounds, left)
        one = self._ordered(left, operator)
        if operator in _LOW and given:
            one = self._unindexed(one, [value])
        return f"{one} {operator} {self._value(right, codec, left)}"

    def _unindexed(self, operand: str, values: Iterable[object]) -> str:
        """Return an operand so that no index is asked that takes neighbours of these integers for them."""
        bound = self.dialect.indexes_integers_below
        large = bound is not None and any(isinstance(value, int) and abs(value) >= bound for value in values)
        return self.dialect.render_unindexed(operand) if large else operand

    def _ordered(self, side: object, operator: str) -> str:
        """Return a side of a comparison, as the dialect wants it where text is put in an order."""
        text = self._bracketed(side)
        prop: object = side.operand if is_placed(side) else side
        if operator in _LOW and is_property(prop) and prop.meta.codec(self.dialect.native).wire in ("str", "any"):
            return self.dialect.render_ordered(text)
        return text

    def _bounded(self, operand: str, operator: str, bounds: tuple[str, str], where: object) -> str:
        low, high = bounds
        if operator in _LOW:
            return f"{operand} {_BOUNDED[operator]} {self.add(low if _LOW[operator] else high, where)}"
        if operator == "=":
            return f"({operand} >= {self.add(low, where)} AND {operand} < {self.add(high, where)})"
        return f"({operand} < {self.add(low, where)} OR {operand} >= {self.add(high, where)})"

    def _text_match(self, e: TextMatch) -> str:
        operand, codec = self._bracketed(e.left), self.codec_of(e.left)
        if e.operator == "=~" and not self.dialect.supports_regex:
            raise UnsupportedFeatureError(
                f"{self.dialect.name} has no regular expressions: use contains(), startswith() or endswith()"
            )
        if e.operator == "CONTAINS" and codec is not None and codec.kind == "list":
            return self._has_element(e.left, operand, e.right)
        if codec is not None and not _is_text(e.left, codec):
            raise QueryError(f"{_TEXT_METHODS[e.operator]}() needs text, which {e.left!r} is not")
        value, given = self._given(e.right)
        if given and not isinstance(value, str):
            raise QueryError(f"{_TEXT_METHODS[e.operator]}() takes a str, not {value!r}")
        return f"{operand} {e.operator} {self._value(e.right, codec_for(str), e.left)}"

    def _has_element(self, left: object, operand: str, right: object) -> str:
        arguments = get_args(left.meta.type) if is_property(left) else ()
        if not arguments:
            return f"{self._value(right, None, left)} IN {operand}"
        codec = codec_for(split_optional(arguments[0])[0])
        value, given = self._given(right)
        bounds = None
        if given and codec.bounds is not None:
            self.bindings.fix()
            bounds = self._encode(codec.bounds, value, left)
        if bounds is None:
            return f"{self._value(right, codec, left)} IN {operand}"
        return self.dialect.render_any("x", operand, self._bounded("x", "=", bounds, left))

    def _in_list(self, e: InList) -> str:
        operand, codec = self._bracketed(e.operand), self.codec_of(e.operand)
        given, is_known = self._given(e.values)
        listed = collected(given) if is_known else ()
        values = [value for value in listed if value is not None]
        if is_known and isinstance(e.values, Parameter):
            self._bind_list(e.values.name, given, codec, e.operand)
        if is_known:
            found = self._membership(operand, codec, values, e.operand)
        else:
            found = f"{operand} IN {self._value(e.values, codec, e.operand)}"
        if len(values) < len(listed):  # None is one of them
            return f"({operand} IS NOT NULL AND NOT {found})" if e.negated else f"({operand} IS NULL OR {found})"
        return f"({operand} IS NULL OR NOT {found})" if e.negated else found

    def _membership(self, operand: str, codec: Codec | None, values: list[object], where: object) -> str:
        if not values and not self.dialect.knows_empty_lists:
            return "false"
        ranges: list[str] = []
        plain: list[object] = []
        for value in values:
            bounds = self._encode(codec.bounds, value, where) if codec is not None and codec.bounds else None
            if bounds is None:
                plain.append(self._wire(value, codec, where))
            else:
                ranges.append(self._bounded(self._ordered(where, "<"), "=", bounds, where))
        if plain or not ranges:
            ranges.insert(0, f"{self._unindexed(operand, plain)} IN {self._list(plain, codec, where)}")
        return ranges[0] if len(ranges) == 1 else f"({' OR '.join(ranges)})"

    def _list(self, wires: list[object], codec: Codec | None, where: object) -> str:
        """Return one parameter, or one a value where the dialect wraps values."""
        if codec is not None and self._is_wrapped(codec):
            return f"[{', '.join(self.dialect.render_value(codec, self.add(wire, where)) for wire in wires)}]"
        return self.add(wires, where)

    def _is_null(self, e: IsNull) -> str:
        return f"{self._bracketed(e.operand)} IS {'NOT ' if e.negated else ''}NULL"

    def _junction(self, e: Junction) -> str:
        return f" {e.operator} ".join(map(self._part, e.parts))

    def _part(self, part: object) -> str:
        text = self._render(part)
        return f"({text})" if isinstance(part, Junction) else text

    def _not(self, e: Not) -> str:
        return f"NOT ({self._render(e.part)})"

    def _arithmetic(self, e: Arithmetic[Any]) -> str:
        for side in (e.left, e.right):
            codec = self.codec_of(side)
            if codec is not None and codec.wire not in ("int", "float") and not _is_text(side, codec):
                raise QueryError(f"arithmetic needs numbers, or text to join with +, which {side!r} is not")
        return f"{self._bracketed(e.left)} {e.operator} {self._bracketed(e.right)}"

    def _bracketed(self, side: object) -> str:
        """Return a side of an operator."""
        if not is_operand(side):
            return self._value(side, None, None)
        text = self._render(side)
        return f"({text})" if isinstance(side, Arithmetic) else text

    def _call(self, e: FunctionCall[Any]) -> str:
        if e.aggregate and self._filtering:
            raise QueryError(f"{e.name} is made of many rows, a condition decides about each: use aggregate()")
        codec = self.codec_of(e)
        arguments = [
            self._render(argument) if is_operand(argument) else self._value(argument, codec, e)
            for argument in e.arguments
        ]
        if e.name == "count" and not arguments:
            arguments = ["*"]
        if e.name in ("sum", "avg"):
            self._check_number(e)
        text = f"{e.name}({'DISTINCT ' if e.distinct else ''}{', '.join(arguments)})"
        return self.dialect.render_sum(text) if e.name == "sum" else text

    def _case(self, e: Case[Any]) -> str:
        codec = self.codec_of(e)
        texts: list[str] = []
        for condition, value in e.branches:
            texts.append(f"WHEN {self._render(condition)} THEN {self._branch(value, codec, e)}")
        if e.otherwise is not None:
            texts.append(f"ELSE {self._branch(e.otherwise, codec, e)}")
        return f"CASE {' '.join(texts)} END"

    def _branch(self, value: object, codec: Codec | None, case: Case[Any]) -> str:
        return "null" if value is None else self._value(value, codec, case)

    def _exists(self, e: Exists) -> str:
        return self._question(e, "EXISTS", " > 0")

    def _related_count(self, e: RelatedCount) -> str:
        return self._question(e, "COUNT", "")

    def _check_number(self, e: FunctionCall[Any]) -> None:
        codec = self.codec_of(e.arguments[0])
        if codec is not None and codec.wire not in ("int", "float"):
            raise QueryError(f"{e.name} needs numbers, which {e.arguments[0]!r} is not stored as")

    def _parameter(self, e: Parameter[Any]) -> str:
        return self._value(e, None, None)

    def _value(self, value: object, codec: Codec | None, where: object) -> str:
        """Return what stands for a plain value, a parameter or an operand beside `where`."""
        if isinstance(value, Parameter):
            text = self._named(value.name, codec, where)
        elif is_operand(value):
            return self._bracketed(value)
        else:
            text = self.add(self._wire(value, codec, where), where)
        return text if codec is None else self.dialect.render_value(codec, text)

    _methods: ClassVar[dict[type, Callable[[ExpressionCompiler, Any], str]]] = {
        Comparison: _comparison,
        TextMatch: _text_match,
        InList: _in_list,
        IsNull: _is_null,
        Junction: _junction,
        Not: _not,
        Arithmetic: _arithmetic,
        FunctionCall: _call,
        Case: _case,
        Parameter: _parameter,
        Column: _column,
        Hops: _hops,
        Placed: _placed,
        Stored: _stored,
        InternalId: _internal_id,
        Exists: _exists,
        RelatedCount: _related_count,
    }


def _is_text(operand: object, codec: Codec) -> bool:
    """Tell text from the other types that some databases store as text."""
    converted = is_property(operand) and operand.meta.options.converter is not None
    return codec.exact is str or (converted and codec.wire in ("str", "any"))
