"""Refusery builds refusal benchmarks for language models."""
