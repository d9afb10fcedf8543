"""Which models' answers a trained judge has seen, as its card says."""

from __future__ import annotations

import json
from pathlib import Path

CARD = "card.json"


def trained_on(folder: Path | None) -> frozenset[str]:
    """The models whose answers a trained judge was fitted to; empty where no card says so."""
    if folder is None:
        return frozenset()
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return frozenset()
    models = card.get("models") if isinstance(card, dict) else None
    return frozenset(str(each) for each in models) if isinstance(models, list) else frozenset()
