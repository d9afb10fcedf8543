"""OR-Bench: its stages, their order, and its release."""
