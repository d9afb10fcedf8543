"""`refusery new`: a first recipe, from flags or from answers in a dialogue."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from base.files import replacing
from base.formats import cents
from pipelines.drafts import wishes as wanted
from pipelines.drafts.catalog import OwnModel, catalog
from pipelines.drafts.draft import Draft, draft_of
from pipelines.drafts.wishes import Wishes
from pipelines.drafts.wording import listed
from pipelines.errors import RecipeError
from pipelines.recipe.schema import is_buildable, is_runnable
from pipelines.versions.next_version import with_preview_version
from refusery.cli import options
from refusery.cli.printing import say, shown_path
from refusery.interruption import answering

ValueT = TypeVar("ValueT")

_ROWS = {"or-bench": "1000", "sorry-bench": "903", "evaluate": "500"}
_DEMONSTRATION = {"or-bench": "100", "sorry-bench": "430", "evaluate": "40"}
_OWN = "http://127.0.0.1:8000/v1"
_ROOM = 1.5
"""How much more than the plan's price is offered as a cap: prices of plans are estimates."""


def new(
    name: Annotated[str, typer.Argument(help="The recipe's name.", metavar="NAME")],
    benchmark: Annotated[
        str | None, typer.Option(help=f"One of {', '.join(wanted.BENCHMARKS)}.")
    ] = None,
    provider: Annotated[
        list[str] | None,
        typer.Option(
            help="openai, anthropic, gemini, mistral, together, openrouter, own (your server) or "
            "embedded (no key); repeatable, or with commas."
        ),
    ] = None,
    base_url: Annotated[
        list[str] | None,
        typer.Option(help=f"With own: your server's address, such as {_OWN}; once, or per model."),
    ] = None,
    model: Annotated[
        list[str] | None, typer.Option(help="With own: a model's id there; repeatable.")
    ] = None,
    data: Annotated[
        list[str] | None,
        typer.Option(help="With evaluate: a release, a table or hf://owner/name/file; repeatable."),
    ] = None,
    rows: Annotated[str | None, typer.Option(metavar="N", help="How many rows, about.")] = None,
    max_usd: Annotated[
        str | None, typer.Option(metavar="USD", help="What it may cost at most, where it costs.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="The file to write; by default NAME.yaml.", callback=options.outside_releases
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
) -> None:
    """Write a first recipe: from flags, and what they leave out is asked in a dialogue."""
    named = wanted.read_name(name)
    path = Path(f"{named}.yaml") if out is None else out
    _require_free(path, force)
    given = _Given(
        *(benchmark, _joined(provider), _joined(base_url)),
        *(_joined(model), _joined(data), rows, max_usd),
    )
    try:
        draft, usd, cap = _asked(named, path, given)
    except (typer.Abort, KeyboardInterrupt) as error:
        raise typer.Abort("stopped; nothing was written") from error
    with replacing(path) as file:
        file.write(draft.text.encode())
    _say(draft, path, usd, cap)


@dataclass(frozen=True, slots=True)
class _Given:
    """The flags, as they were typed; None for one that was not."""

    benchmark: str | None
    provider: str | None
    base_url: str | None
    model: str | None
    data: str | None
    rows: str | None
    max_usd: str | None


def _joined(values: list[str] | None) -> str | None:
    return ",".join(values) if values else None


def _require_free(path: Path, force: bool) -> None:
    if path.is_dir():
        raise RecipeError("--out must be a file, not a folder", path)
    if path.exists() and not force:
        raise RecipeError("a recipe must not be there yet; --force overwrites it", path)


def _asked(name: str, path: Path, given: _Given) -> tuple[Draft, float | None, float | None]:
    """The recipe, its price by the plan where that is known, and the cap."""
    wishes = _wishes(name, given)
    draft = draft_of(wishes, path)
    usd = _price(draft, wishes)
    if given.max_usd is None and not wishes.is_hosted:
        return draft, usd, None
    said = "The plan's price is not known before the data are fetched."
    said = said if usd is None else f"By the plan it costs {cents(usd)} US dollars."
    default = "25" if usd is None else f"{max(1.0, usd * _ROOM):.0f}"
    cap = _answer(
        "--max-usd",
        f"{said} What may it cost at most, in US dollars?",
        given.max_usd,
        wanted.read_usd,
        default,
    )
    return draft_of(wishes.capped(cap), path), usd, cap


def _wishes(name: str, given: _Given) -> Wishes:
    benchmark = _answer(
        "--benchmark",
        f"Which benchmark ({', '.join(wanted.BENCHMARKS)})?",
        given.benchmark,
        wanted.read_benchmark,
        wanted.BENCHMARKS[0],
    )
    if given.provider is None and sys.stdin.isatty():
        for each in catalog().providers.values():
            key = "" if each.key_env is None else f" ({each.key_env}{_set(each.key_env)})"
            say(f"  {each.name:<11} {each.says}{key}")
    providers = _answer(
        "--provider",
        "Which providers (several with commas)?",
        given.provider,
        wanted.read_providers,
        _keyed(),
    )
    own: tuple[OwnModel, ...] = ()
    if wanted.has_own(providers):
        models = _answer(
            "--model",
            "Which models of your server (several with commas)?",
            given.model,
            wanted.read_models,
        )
        addresses = _answer(
            "--base-url",
            "Your server's address (one, or one for each model)?",
            given.base_url,
            wanted.read_addresses,
            _OWN,
        )
        own = wanted.own_models(addresses, models)
    else:
        _require_none(given)
    return Wishes(name, benchmark, providers, own, *_size(benchmark, providers, given))


def _size(
    benchmark: str, providers: tuple[str, ...], given: _Given
) -> tuple[int, None, tuple[str, ...]]:
    """Rows, no cap yet, and data."""
    data: tuple[str, ...] = ()
    if benchmark == "evaluate":
        data = _answer(
            "--data",
            "Which data (releases, tables, hf://owner/name/file; several with commas)?",
            given.data,
            wanted.read_data,
        )
    elif given.data is not None:
        raise RecipeError("--data must go with --benchmark evaluate", given.data)
    usual = _DEMONSTRATION if wanted.EMBEDDED in providers else _ROWS
    rows = _answer(
        "--rows",
        "How many rows?" if benchmark != "evaluate" else "How many prompts?",
        given.rows,
        lambda text: wanted.read_rows(text, benchmark, providers),
        usual[benchmark],
    )
    return rows, None, data


def _require_none(given: _Given) -> None:
    """Flags that say something of a server which nobody asked for."""
    for flag, value in (("--base-url", given.base_url), ("--model", given.model)):
        if value is not None:
            raise RecipeError(f"{flag} must go with --provider own", value)


def _answer(
    flag: str,
    question: str,
    given: str | None,
    read: Callable[[str], ValueT],
    default: str | None = None,
) -> ValueT:
    """What a flag says, else what is answered; a wrong answer is asked for again."""
    if given is not None:
        return read(given)
    if not sys.stdin.isatty():
        raise RecipeError(f"{flag} must be given where nobody can be asked (no terminal)")
    while True:
        try:
            with answering():
                answer = typer.prompt(question, default=default)
            return read(answer)
        except RecipeError as error:
            say(error)


def _set(variable: str) -> str:
    return ", set" if os.environ.get(variable) else ""


def _keyed() -> str:
    """The providers whose keys are there, else the one that wants none."""
    keyed = [
        each.name for each in catalog().providers.values() if os.environ.get(each.key_env or "")
    ]
    return ",".join(keyed) or wanted.EMBEDDED


def _price(draft: Draft, wishes: Wishes) -> float | None:
    """By the plan; not looked for where data would have to be fetched first."""
    if any(each.startswith("hf://") for each in wishes.data):
        return None
    from flows.benchmarks import plan

    recipe, out = draft.recipe, options.OUT
    if not is_runnable(recipe):
        return None
    upcoming = with_preview_version(recipe, out) if is_buildable(recipe) else recipe
    return plan(upcoming, out).usd


def _say(draft: Draft, path: Path, usd: float | None, cap: float | None) -> None:
    where = shown_path(path)
    say(f"Wrote {where}: {draft.recipe.benchmark}, models {listed(list(draft.recipe.models))}.")
    if usd is not None:
        over = "" if cap is None or usd <= cap else f", more than the {cents(cap)} that end it"
        say(f"By the plan it costs {cents(usd)} US dollars{over}.")
    for note in draft.notes:
        say(f"Note: {note}.")
    missing = [each for each in draft.keys if not os.environ.get(each)]
    if missing:
        say(f"The environment lacks {listed(missing)}.")
    last = "evaluate" if draft.recipe.benchmark == "evaluation" else "build"
    say("Next:")
    for verb in ("doctor", "plan", last):
        say(f"  refusery {verb} {where}")
