"""The clients of the databases, each driven as an expert does by hand: one module a database."""
