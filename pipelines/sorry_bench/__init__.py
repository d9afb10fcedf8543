"""SORRY-Bench: its base set, its mutations, their order, and its release."""
