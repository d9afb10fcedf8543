"""Small sets to be audited, made by hand."""

from __future__ import annotations

from typing import Any

import polars as pl

from auditing.data import Material, Part
from checks.identity import content_id


def part(name: str, *prompts: tuple[str, str], **more: Any) -> Part:  # noqa: ANN401
    """A config of (category, prompt) rows."""
    rows = pl.DataFrame(
        {
            "id": [content_id(text) for _, text in prompts],
            "row": [f"{name}-{place}" for place in range(len(prompts))],
            "prompt": [text for _, text in prompts],
            "category": [category for category, _ in prompts],
            "style": [""] * len(prompts),
        },
        schema=dict.fromkeys(("id", "row", "prompt", "category", "style"), pl.String),
    )
    return Part(name=name, rows=rows, **more)


def material(*parts: Part, **more: Any) -> Material:  # noqa: ANN401
    """A set of these configs, its categories as they are found."""
    categories = {category for each in parts for category in each.rows["category"]}
    known = {"name": "toy 1", "categories": tuple(sorted(categories)), **more}
    return Material(parts=parts, **known)
