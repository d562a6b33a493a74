"""The databases: one module each; a client library is imported in its own module only."""
