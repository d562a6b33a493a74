"""Ratios of this package to what an expert writes by hand with the database's own client: `python -m bench`."""
