"""Repositories: the usual reads and writes of one model."""
