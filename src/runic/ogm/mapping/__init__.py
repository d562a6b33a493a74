"""Entities to rows of wire values and back, by functions generated for each class."""
