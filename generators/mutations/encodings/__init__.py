"""The four encodings of SORRY-Bench: deterministic, and undone without a model."""
