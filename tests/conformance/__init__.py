"""Claims about behaviour that hold on every database, sync and async."""
