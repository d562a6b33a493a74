"""The tests; a package, so that each of its modules has one name."""
