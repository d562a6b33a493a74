"""Bulk loading: rows of CSV, Parquet, Arrow, DataFrames or mappings straight into the graph of the models."""

from __future__ import annotations

from runic.ogm.bulk.loading import BATCH, load_edges, load_edges_async, load_nodes, load_nodes_async
from runic.ogm.bulk.sources import CsvFile, ParquetFile, read_csv, read_parquet

__all__ = [
    "BATCH",
    "CsvFile",
    "ParquetFile",
    "load_edges",
    "load_edges_async",
    "load_nodes",
    "load_nodes_async",
    "read_csv",
    "read_parquet",
]
