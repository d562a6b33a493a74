"""Statements with fetch(): their results and what is loaded with these, as one statement of several tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from runic.ogm.cypher.load import FetchStep, GraphPlan, plan_fetch
from runic.ogm.cypher.order import target_of
from runic.ogm.cypher.select import compile_prefix

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.plan import CompiledSelect
    from runic.ogm.mapping.mapper import Mapper
    from runic.ogm.query.pattern import Selection


class CompiledFetch(NamedTuple):
    """What is sent, and how its tables become entities; `steps` are the relations to be loaded."""

    compiled: CompiledSelect
    plan: GraphPlan
    steps: Mapping[str, FetchStep]


def compile_fetched(selection: Selection, dialect: Dialect, mapper: Mapper) -> CompiledFetch:
    """Return the statement that reads the results together with the relations that they shall have loaded."""
    classes = selection.nodes_at(target_of(selection))
    steps = plan_fetch(classes, selection.fetched, selection.values)
    prefix, root = compile_prefix(selection, dialect)
    plan = GraphPlan(dialect, mapper, root, prefix.parameters)
    plan.add_roots(mapper.family(classes))
    plan.add_steps(steps)
    text, found = plan.render(prefix.text), plan.expressions
    compiled = replace(
        prefix,
        text=text,
        parameters=found.parameters,
        columns=plan.tables[0],
        more=tuple(plan.tables[1:]),
        unbound=(*prefix.unbound, *found.unbound),
        beside={**prefix.beside, **found.beside},
    )
    return CompiledFetch(compiled, plan, steps)
