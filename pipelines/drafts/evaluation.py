"""The text of a new recipe for an evaluation."""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any

from pipelines.drafts.cast import Cast
from pipelines.drafts.catalog import Candidate
from pipelines.drafts.or_bench import EMBEDDED_MODEL, budget
from pipelines.drafts.sizes import OR_BENCH
from pipelines.drafts.wishes import Wishes
from pipelines.drafts.wording import comment, flow, listed, models, names, opening

_LONGEST = 1024
_ROLES = {
    "writer": "",
    "voters": "Judges the answers.",
    "targets": "Are asked.",
}


def evaluation_text(wishes: Wishes, cast: Cast, shared: Sequence[str]) -> str:
    """The recipe.

    Args:
        wishes: What it is to be for.
        cast: Its models.
        shared: What is to be said of models and families in two roles.
    """
    data = dict(_data(wishes))
    what = f"{wishes.name}: what models refuse of {listed(list(data))}."
    shown = EMBEDDED_MODEL if wishes.is_embedded else models(cast, _ROLES, shared)
    return (
        "\n\n".join(
            [
                opening(what, "evaluation", OR_BENCH, hosted=wishes.is_hosted),
                shown,
                "\n".join(_evaluate(wishes, cast, data)),
                *budget(wishes),
            ]
        ).rstrip("\n")
        + "\n"
    )


def _evaluate(wishes: Wishes, cast: Cast, data: dict[str, dict[str, Any]]) -> Iterator[str]:
    each = sample(wishes)
    said = f"{each:,} prompts are drawn from each set, a base prompt with all its styles."
    yield "evaluate:"
    yield comment(said, "  ")
    yield "  data:"
    yield from (f"    {name}: {flow(values)}" for name, values in data.items())
    yield f"  targets: {flow(names(cast.targets))}"
    yield "  # Temperature 0 as OR-Bench asks; a second setting asks every target again."
    longest = 64 if wishes.is_embedded else max(map(_longest, cast.targets))
    yield f"  settings: {{greedy: {{temperature: 0.0, max_tokens: {longest}}}}}"
    yield comment(_of_judges(cast), "  ")
    yield "  judges:"
    yield from (f"    - {flow(judge)}" for judge in _judges(cast, list(data)))
    if cast.voters:
        yield f"  translator: {cast.voters[0].name}"


def _longest(target: Candidate) -> int:
    """Tokens of an answer, with the thoughts of a model that thinks."""
    return int(target.fields.get("max_tokens", _LONGEST))


def _of_judges(cast: Cast) -> str:
    if not cast.voters:
        return (
            "Rules alone: no second model is there to judge. Changing judges asks no target again."
        )
    return (
        "The first one's figures are shown first; the rules beside it cost nothing. SORRY-Bench is "
        "judged by its own labels. Changing judges asks no target again."
    )


def _judges(cast: Cast, data: Sequence[str]) -> Iterator[Any]:
    if cast.voters:
        sorry = [name for name in data if "sorry" in name.lower()]
        model = cast.voters[0].name
        if sorry:
            yield {"kind": "llm", "model": model, "labels": "sorry-bench"}
        if len(sorry) < len(data):
            yield {"kind": "llm", "model": model}
    yield "keyword"


def sample(wishes: Wishes) -> int:
    """Prompts that are drawn from each data set."""
    return max(1, wishes.rows // len(wishes.data))


def _data(wishes: Wishes) -> Iterator[tuple[str, dict[str, Any]]]:
    taken: set[str] = set()
    for source in wishes.data:
        name = _named(source)
        while name in taken:
            name += "x"
        taken.add(name)
        yield name, {"from": source, "sample": sample(wishes)}


def _named(source: str) -> str:
    """A name for a data set: a file's, or a release's benchmark before its version."""
    path = PurePath(source.removeprefix("hf://"))
    plain = path.parent.name if re.fullmatch(r"\d{4}\.\d{1,2}\.\d+", path.name) else path.stem
    if plain in ("question", "train", "test"):
        plain = path.parent.name or plain
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", plain).strip("-_")
    return name or "data"
