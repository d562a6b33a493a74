"""runic.ogm: an object-graph mapper for FalkorDB, Neo4j, Memgraph, ArcadeDB and Apache AGE, sync and async."""

from __future__ import annotations

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
