"""Tables of texts on disk, and a recipe whose models are behaviours of one loopback server."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

RECIPE = """\
benchmark: sorry-bench
models:
  writer: {{provider: openai, base_url: "{url}", model: writer, price: free, give_up_s: 5}}
  back: {{provider: openai, base_url: "{url}", model: back, price: free}}
  keyless: {{provider: openai, model: gpt-4o, key_env: NOBODY_HAS_THIS_KEY}}
base: {{from: shipped}}
mutate: {{writer: writer, back_translator: back, intent: null, judge: null}}
release: {{version: 2026.11.0}}
"""


def recipe_file(folder: Path, url: str = "http://127.0.0.1:1/v1") -> Path:
    path = folder / "sorry.yaml"
    path.write_text(RECIPE.format(url=url), encoding="utf-8")
    return path


def csv_file(path: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def json_lines(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def read_lines(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]
