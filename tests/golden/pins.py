"""What is pinned: files in `pinned/` that the tests compare with and never change.

`GOLDEN=write pytest tests/golden` writes them anew and fails; the diff then shows what has changed.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

PINNED = Path(__file__).parent / "pinned"


def pinned_text(name: str, found: str) -> str:
    """The pinned text that `found` is to be equal to."""
    path = PINNED / name
    if os.environ.get("GOLDEN") == "write":
        path.write_text(found, encoding="utf-8")
        pytest.fail(f"{name} was written anew")
    return path.read_text(encoding="utf-8")


def pinned_json(name: str, found: object) -> Any:  # noqa: ANN401 - any JSON document
    """The pinned document that `found` is to be equal to, or to hold."""
    return json.loads(pinned_text(name, _lines(found)))


def _lines(document: object) -> str:
    """A document as JSON with each of its outermost entries on a line, for diffs."""
    if isinstance(document, dict):
        entries = [f"{_line(key)}: {_line(document[key])}" for key in sorted(document)]
        return "{\n" + ",\n".join(entries) + "\n}\n"
    assert isinstance(document, list)
    return "[\n" + ",\n".join(map(_line, document)) + "\n]\n"


def _line(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
