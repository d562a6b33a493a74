"""What the models declare of indexes and constraints, compared with what a database has, and made."""
