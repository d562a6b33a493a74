"""runic.ogm: an object-graph mapper for FalkorDB, Neo4j, Memgraph, ArcadeDB and Apache AGE, sync and async."""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # known to type checkers by its name; `typing` itself would be most of what this import takes
if TYPE_CHECKING:
    from runic.ogm.conversion import TypeConverter, register_converter
    from runic.ogm.driver import AsyncDriver, Driver, create_async_driver, create_driver
    from runic.ogm.exceptions import (
        CardinalityError,
        ConstraintViolationError,
        DatabaseError,
        DatabaseUnavailableError,
        DetachedEntityError,
        EntityNotFoundError,
        FieldValidationError,
        LazyLoadError,
        MetadataError,
        OGMError,
        QueryError,
        QuerySyntaxError,
        RelationValueError,
        RollbackWarning,
        SchemaDriftError,
        StaleEntityError,
        TransientDatabaseError,
        UnsupportedFeatureError,
    )
    from runic.ogm.expressions import Predicate, all_, any_, not_
    from runic.ogm.model.base import Edge, Node
    from runic.ogm.model.fields import Field, GeneratedKey, Property, Relation, asc, col, desc
    from runic.ogm.model.registry import metadata
    from runic.ogm.model.relations import Related, is_partial
    from runic.ogm.observe import StatementEvent, count_statements, on_statement
    from runic.ogm.query.functions import (
        avg,
        case,
        coalesce,
        collect,
        count,
        fn,
        max_,
        min_,
        param,
        sum_,
        to_lower,
        to_upper,
    )
    from runic.ogm.query.references import hops, ref
    from runic.ogm.query.related import count_related, exists
    from runic.ogm.query.search import score
    from runic.ogm.repository.async_repository import AsyncRepository
    from runic.ogm.repository.repository import Repository
    from runic.ogm.schema.manager import AsyncSchemaManager, SchemaManager
    from runic.ogm.schema.plan import SchemaPlan
    from runic.ogm.session.async_session import AsyncSession
    from runic.ogm.session.paging import KeysetPage, Page
    from runic.ogm.session.path import Path
    from runic.ogm.session.plans import Plan, PlanStep
    from runic.ogm.session.query import AsyncQuery, Query
    from runic.ogm.session.result import Result
    from runic.ogm.session.select import Select, select
    from runic.ogm.session.session import Session
    from runic.ogm.types import GeoLocation, RawEdge, RawNode, RawPath, Vector

_NAMES = {
    "conversion": "TypeConverter register_converter",
    "driver": "AsyncDriver Driver create_async_driver create_driver",
    "exceptions": (
        "CardinalityError ConstraintViolationError DatabaseError DatabaseUnavailableError "
        "DetachedEntityError EntityNotFoundError FieldValidationError LazyLoadError MetadataError "
        "OGMError QueryError QuerySyntaxError RelationValueError RollbackWarning SchemaDriftError "
        "StaleEntityError TransientDatabaseError UnsupportedFeatureError"
    ),
    "expressions": "Predicate all_ any_ not_",
    "model.base": "Edge Node",
    "model.fields": "Field GeneratedKey Property Relation asc col desc",
    "model.registry": "metadata",
    "model.relations": "Related is_partial",
    "observe": "StatementEvent count_statements on_statement",
    "query.functions": "avg case coalesce collect count fn max_ min_ param sum_ to_lower to_upper",
    "query.references": "hops ref",
    "query.related": "count_related exists",
    "query.search": "score",
    "repository.async_repository": "AsyncRepository",
    "repository.repository": "Repository",
    "schema.manager": "AsyncSchemaManager SchemaManager",
    "schema.plan": "SchemaPlan",
    "session.async_session": "AsyncSession",
    "session.paging": "KeysetPage Page",
    "session.path": "Path",
    "session.plans": "Plan PlanStep",
    "session.query": "AsyncQuery Query",
    "session.result": "Result",
    "session.select": "Select select",
    "session.session": "Session",
    "types": "GeoLocation RawEdge RawNode RawPath Vector",
}
"""The imports above again, for the running program: what is used is loaded when it is first used."""
_HOMES = {name: module for module, names in _NAMES.items() for name in names.split()}

if not TYPE_CHECKING:  # a checker that sees __getattr__ takes every name for one that exists

    def __getattr__(name: str) -> object:
        """Load the module that a public name is from, at its first use (PEP 562)."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        return found

    def __dir__() -> list[str]:
        """List the public names too that were not used yet."""
        return sorted({*globals(), *__all__})


__all__ = [
    "AsyncDriver",
    "AsyncQuery",
    "AsyncRepository",
    "AsyncSchemaManager",
    "AsyncSession",
    "CardinalityError",
    "ConstraintViolationError",
    "DatabaseError",
    "DatabaseUnavailableError",
    "DetachedEntityError",
    "Driver",
    "Edge",
    "EntityNotFoundError",
    "Field",
    "FieldValidationError",
    "GeneratedKey",
    "GeoLocation",
    "KeysetPage",
    "LazyLoadError",
    "MetadataError",
    "Node",
    "OGMError",
    "Page",
    "Path",
    "Plan",
    "PlanStep",
    "Predicate",
    "Property",
    "Query",
    "QueryError",
    "QuerySyntaxError",
    "RawEdge",
    "RawNode",
    "RawPath",
    "Related",
    "Relation",
    "RelationValueError",
    "Repository",
    "Result",
    "RollbackWarning",
    "SchemaDriftError",
    "SchemaManager",
    "SchemaPlan",
    "Select",
    "Session",
    "StaleEntityError",
    "StatementEvent",
    "TransientDatabaseError",
    "TypeConverter",
    "UnsupportedFeatureError",
    "Vector",
    "all_",
    "any_",
    "asc",
    "avg",
    "case",
    "coalesce",
    "col",
    "collect",
    "count",
    "count_related",
    "count_statements",
    "create_async_driver",
    "create_driver",
    "desc",
    "exists",
    "fn",
    "hops",
    "is_partial",
    "max_",
    "metadata",
    "min_",
    "not_",
    "on_statement",
    "param",
    "ref",
    "register_converter",
    "score",
    "select",
    "sum_",
    "to_lower",
    "to_upper",
]
