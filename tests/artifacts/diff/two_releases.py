"""Two releases of one benchmark, given by where each row is and what it is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import polars as pl

from artifacts.manifest import Cost, Manifest, ModelIdentity, Recipe, ReleaseFacts, SoundsRisky
from artifacts.release import write_release
from artifacts.release_facts import BaseFacts, MutationFacts, StyleFacts
from artifacts.schemas import OR_BENCH
from artifacts.sorry_bench_schemas import SORRY_BENCH
from artifacts.version_facts import Tombstone
from artifacts.views import Value, View

Placed: TypeAlias = Mapping[str, Sequence[tuple[str, str, str]]]
"""By config: (id, category, label) of each row."""

SAFE, HARD, TOXIC = "or-bench-80k", "or-bench-hard-1k", "or-bench-toxic"
GUARD = ModelIdentity("guard", "moderate", "openai", "guard-1", "guard-1")
RECIPE = """\
benchmark: or-bench
rewrite: {writer: w, per_seed: 5}
release: {version: 2026.10.0}
"""

OLD: Placed = {
    SAFE: [("a", "hate", "safe"), ("b", "hate", "safe"), ("c", "privacy", "safe")],
    HARD: [("a", "hate", "safe")],
    TOXIC: [("t", "hate", "toxic"), ("u", "hate", "toxic")],
}
NEW: Placed = {
    # a is no longer hard, b has gone over to the toxic ones, c has another category, t was
    # withdrawn, u is gone, n is new and hard.
    SAFE: [("a", "hate", "safe"), ("c", "hate", "safe"), ("n", "privacy", "safe")],
    HARD: [("n", "privacy", "safe")],
    TOXIC: [("b", "hate", "toxic")],
}
STONE = Tombstone("t", "not in good taste", "2026.11.0")


def views(placed: Placed, without: Sequence[str] = ()) -> list[View]:
    """The configs of an over-refusal set; other columns than these hold nothing."""
    schema = pl.Schema({name: kind for name, kind in OR_BENCH.items() if name not in without})
    return [_view(config, rows, schema) for config, rows in placed.items()]


def _view(config: str, rows: Sequence[tuple[str, str, str]], schema: pl.Schema) -> View:
    filled = [
        {
            **dict.fromkeys(schema),
            **{"prompt": f"MARKED TEXT {id}", "id": id, "category": category, "label": label},
        }
        for id, category, label in rows
    ]
    kept = [{name: value for name, value in row.items() if name in schema} for row in filled]
    return View(config, "subsets", {}, True, schema, pl.DataFrame(kept, schema))


def facts(version: str, **other: Any) -> ReleaseFacts:  # noqa: ANN401
    """What a release says of itself beside its rows."""
    known: dict[str, Any] = {
        "benchmark": "or-bench",
        "version": version,
        "created": "2026-11-21T10:00:00Z",
        "demo": False,
        "license": "cc-by-4.0",
        "run": f"small/{version}",
        "recipe": Recipe.of("small", RECIPE.replace("2026.10.0", version)),
        "models": (GUARD,),
        "categories": ("hate", "privacy", "violence"),
        "funnel": (),
        "contested": 0,
        "undecided": 0,
        "sounds_risky": SoundsRisky(0, 0),
        "cost": Cost(0, 0, 0, 0.0),
    }
    return ReleaseFacts(**{**known, **other})


def folder(out: Path, version: str) -> Path:
    """Where a release lies."""
    return out / "releases" / "or-bench" / version


def write(
    out: Path,
    version: str,
    placed: Placed,
    without: Sequence[str] = (),
    **other: Any,  # noqa: ANN401
) -> Manifest:
    """Writes a release with the real writer."""
    return write_release(folder(out, version), views(placed, without), facts(version, **other))


def both(out: Path, **other: Any) -> tuple[Path, Path]:  # noqa: ANN401
    """The old and the new release; the new one says what is given."""
    write(out, "2026.10.0", OLD)
    write(out, "2026.11.0", NEW, **{"tombstones": (STONE,), **other})
    return folder(out, "2026.10.0"), folder(out, "2026.11.0")


def write_styles(
    out: Path, version: str, ids: Sequence[str], styles: Mapping[str, int] | None = None
) -> Path:
    """A fine-grained set of base rows and of styles, with the config of all of them.

    Args:
        out: Where releases lie.
        version: The version.
        ids: The base rows.
        styles: How many of them each style has a row of; None for slang of all.
    """
    base = [_request(place, id, "base") for place, id in enumerate(ids)]
    configs = {"base": base}
    for style, rows in ({"slang": len(ids)} if styles is None else styles).items():
        configs[style] = [
            _request(place, f"{id}-{style}", style) for place, id in enumerate(ids[:rows])
        ]
    configs["all"] = [row for rows in configs.values() for row in rows]
    drawn = [
        View(name, "collect", _where(name), True, SORRY_BENCH, pl.DataFrame(rows, SORRY_BENCH))
        for name, rows in configs.items()
    ]
    found = MutationFacts(
        base=BaseFacts(10, {}, ()),
        styles=(StyleFacts("base", "base", None, {}, {}),),
        numbers={"hate": "1", "privacy": "2", "violence": "3"},
        encodings=None,
        pilot=None,
    )
    path = out / "releases" / "sorry-bench" / version
    # One of three categories has rows, so that no config has a ratio.
    balance = dict.fromkeys(configs)
    said = facts(version, benchmark="sorry-bench", mutations=found, balance=balance)
    write_release(path, drawn, said, template="sorry_bench")
    return path


def _where(config: str) -> dict[str, Value]:
    return {} if config == "all" else {"prompt_style": config}


def _request(place: int, id: str, style: str) -> dict[str, Any]:
    return {
        **dict.fromkeys(SORRY_BENCH),
        **{"question_id": place + 1, "category": "1", "turns": ["MARKED TEXT"]},
        **{"prompt_style": style, "id": id},
    }
