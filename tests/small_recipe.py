"""A small recipe that is right, for tests that change one thing of it."""

from __future__ import annotations

from pathlib import Path

TEXT = """\
benchmark: or-bench
models:
  writer: {provider: openai, base_url: "http://127.0.0.1:8000/v1", model: writer-7b, price: free}
  gpt4o: {provider: openai, model: gpt-4o-2024-11-20, family: gpt, rpm: 5000, tpm: 2000000}
  small: {provider: embedded, family: smollm}
seeds: {from: llm, writer: writer, per_category: 40, per_call: 20}
rewrite: {writer: writer, per_seed: 5}
moderate: {moderators: [gpt4o, {kind: nearest}, {kind: logprob, model: small}]}
release: {version: 2026.11.0}
"""


def small_recipe(folder: Path, text: str = TEXT) -> Path:
    """The recipe as a file in a folder."""
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return path
