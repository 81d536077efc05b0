"""Bands and promotions from tables, by the same frame as the facts (`dealers.services.imports`)."""
