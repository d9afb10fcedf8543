"""The stages that both benchmarks share."""
