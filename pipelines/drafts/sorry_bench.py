"""The text of a new recipe for a fine-grained unsafe set and its mutations."""

from collections.abc import Iterator
from typing import Any

from generators.mutations.styles import NAMES
from pipelines.drafts import sizes
from pipelines.drafts.cast import Cast
from pipelines.drafts.or_bench import EMBEDDED_MODEL, budget
from pipelines.drafts.wishes import Wishes
from pipelines.drafts.wording import comment, models, opening, part, release

PUBLISHED = "hf://sorry-bench/sorry-bench-202503/question.jsonl"
"""The published base set: gated."""

_ROLES = {
    "writer": "Writes styles, persuasion and translations.",
    "voters": "Is asked whether a mutation kept its intent; without it cosines alone tell.",
    "targets": "",
}


def sorry_bench_text(wishes: Wishes, cast: Cast) -> str:
    """The recipe.

    Args:
        wishes: What it is to be for.
        cast: Its models.
    """
    made = sizes.mutations_for(wishes.rows, embedded=wishes.is_embedded)
    what = (
        f"{wishes.name}: {made.bases:,} unsafe requests and their mutations, {made.rows:,} rows "
        "(SORRY-Bench)."
    )
    shown = EMBEDDED_MODEL if wishes.is_embedded else models(cast, _ROLES, ())
    return "\n\n".join(
        [
            opening(what, "sorry-bench", sizes.SORRY_BENCH, hosted=wishes.is_hosted),
            shown,
            _base(made),
            _mutate(made, cast, wishes.is_embedded),
            *_gates(made, wishes.is_embedded),
            *budget(wishes),
            release(wishes),
        ]
    )


def _base(made: sizes.Mutations) -> str:
    if not made.published:
        said = "The shipped requests: one mild one a category, none of the sensitive one."
        return f"{comment(said)}\nbase: {{from: shipped}}"
    said = (
        "The published requests. They are gated: accept their terms on the Hub and set HF_TOKEN, "
        "or name a file of your own. They may not be passed on, so nothing of this is published."
    )
    values = {"from": PUBLISHED, "per_category": sizes.PUBLISHED_PER_CATEGORY}
    return f"{comment(said)}\n{part('base', values)}"


def _mutate(made: sizes.Mutations, cast: Cast, embedded: bool) -> str:
    said = (
        f"{made.bases:,} requests x (1 + {len(made.styles)} styles) = {made.rows:,} rows, if none "
        "is dropped by its checks; a style whose first 8 rows all are is stopped."
    )
    styles: Any = "all" if len(made.styles) == len(NAMES) else list(made.styles)
    values: dict[str, Any] = {"styles": styles, "writer": cast.author.name}
    if embedded:
        values |= {"tries": 1, "max_tokens": 48, "misspellings": {"by": "rules"}}
    else:
        values |= {"temperature": 0.7, "tries": 3}
        values |= {"checker": cast.voters[0].name} if cast.voters else {}
    return f"{comment(said)}\n{part('mutate', values)}"


def _gates(made: sizes.Mutations, embedded: bool) -> Iterator[str]:
    if embedded:
        return
    least = sizes.PUBLISHED_PER_CATEGORY if made.published else 1
    values = {"min_per_category": least, "max_category_ratio": 1.0, "max_near_duplicates": 0.05}
    said = "A base set that breaks one of these is not released."
    yield f"{comment(said)}\n{part('gates', values)}"
