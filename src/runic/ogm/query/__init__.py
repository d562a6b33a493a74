"""What a user asks: statements as immutable data, without any text."""
