"""Sessions: what a user opens, and the unit of work behind them."""
