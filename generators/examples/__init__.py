"""Few-shot examples: harmless questions that only sound bad, by category."""
