"""A first recipe from a few wishes: benchmark, providers, rows, and what it may cost."""
