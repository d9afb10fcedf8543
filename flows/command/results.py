"""Where a verb's second table goes."""

from __future__ import annotations

from pathlib import Path


def beside(out: Path, what: str) -> Path:
    """`kept.csv` and "dropped" give `kept.dropped.csv`."""
    return out.with_name(f"{out.stem}.{what}{out.suffix}")
