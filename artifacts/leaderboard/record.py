"""The leaderboard as JSON: every rate that the page shows, and what it rests on."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import PurePath
from typing import Any

from artifacts import evaluation_facts
from artifacts.figures.evaluation import gallery, views
from base.formats import decimal


def of_figure(evaluation: evaluation_facts.Evaluation, drawn: gallery.Drawn) -> Iterator[str]:
    """What a figure rests on: data sets, setting, judge."""
    for data in evaluation.data:
        if data.name in drawn.data:
            yield of_data(data)
    for setting in evaluation.settings:
        if drawn.setting in (None, setting.name):
            yield of_setting(setting)
    for judge in evaluation.judges:
        if drawn.judge == judge.name:
            yield of_judge(judge)


def of_data(data: evaluation_facts.DataFacts) -> str:
    """The rows, where they come from, and their hash."""
    return (
        f"Data set {data.name}: {data.rows:,} {'row' if data.rows == 1 else 'rows'} of"
        f" {data.source}, SHA-256 {data.sha256[:16]}."
    )


def of_setting(setting: evaluation_facts.SettingFacts) -> str:
    """How models were asked."""
    template = "" if setting.template is None else f" chat template {template_of(setting)},"
    return (
        f"Setting {setting.name}: temperature {setting.temperature:g}, {system_of(setting)},"
        f"{template} answers of {setting.max_tokens:,} tokens at most."
    )


def of_judge(judge: evaluation_facts.JudgeFacts) -> str:
    """Who judged, and how well that agrees with people."""
    model = "" if judge.model is None else f", {judge.model}"
    return f"Judge {judge.name} ({judge.kind}{model}): {kappa_of(judge)}."


def kappa_of(judge: evaluation_facts.JudgeFacts) -> str:
    """Cohen's kappa against people, with its n."""
    if judge.kappa is None:
        return "agreement with people not measured"
    return f"Cohen's kappa against people {decimal(judge.kappa)}, n = {judge.kappa_rows:,} answers"


def system_of(setting: evaluation_facts.SettingFacts) -> str:
    """A system prompt by its length and its hash: the page holds no prompt of any kind."""
    if setting.system is None:
        return "no system prompt"
    digest = hashlib.sha256(setting.system.encode("utf-8", "replace")).hexdigest()
    return f"a system prompt of {len(setting.system):,} characters (SHA-256 {digest[:16]})"


def template_of(setting: evaluation_facts.SettingFacts) -> str | None:
    """The name of the chat template's file, without the folder that it lay in."""
    return None if setting.template is None else PurePath(setting.template).name


FORMAT = 1
_DECIMALS = 5
COLUMNS = (
    *("model", "asked", "answered", "verdicts", "refused", "blocked", "cut", "missing"),
    *("unparseable", "undecoded", "rate", "low", "high", "own_rate", "own_low", "own_high"),
    "mean_of_categories",
)
"""What stands in each row of `rates`. A rate is what its data set's `rate` names; `own_` is without
providers' blocks; `low` and `high` are the ends of its 95 % interval."""


def record(evaluation: evaluation_facts.Evaluation) -> dict[str, Any]:
    """All that the page shows, as plain data.

    Rates by style and category at once are left out but for prompts as they are: the evaluation's
    own file has them.
    """
    index = views.Index.of(evaluation)
    return {
        "format": FORMAT,
        "name": evaluation.name,
        "title": evaluation.heading,
        "description": evaluation.description,
        "made": evaluation.made,
        "tool": evaluation.tool,
        "data": [_data(evaluation, each, index.style(each)) for each in evaluation.data],
        "targets": [asdict(each) for each in evaluation.targets],
        "settings": [_setting(each) for each in evaluation.settings],
        "judges": [_judge(each) for each in evaluation.judges],
        "columns": list(COLUMNS),
        "rates": list(_groups(evaluation)),
        "correlations": _plain(evaluation.correlations),
        "effects": _plain(evaluation.effects),
        "decoded": _plain(evaluation.decoded),
        "notes": list(evaluation.notes),
    }


def _data(
    evaluation: evaluation_facts.Evaluation, data: evaluation_facts.DataFacts, style: str | None
) -> dict[str, Any]:
    return {
        **asdict(data),
        "rate": views.NAMES[data.measure],
        "better": "more" if data.measure == "rejection" else "less",
        "reads": views.BETTER[data.measure],
        "shown_style": style,
        "judges": [each.name for each in evaluation.judges_of(data.name)],
        "says": of_data(data),
    }


def _setting(setting: evaluation_facts.SettingFacts) -> dict[str, Any]:
    return {
        **asdict(setting),
        "system": system_of(setting),
        "template": template_of(setting),
        "says": of_setting(setting),
    }


def _judge(judge: evaluation_facts.JudgeFacts) -> dict[str, Any]:
    return {**asdict(judge), "says": of_judge(judge)}


def _groups(evaluation: evaluation_facts.Evaluation) -> Iterator[dict[str, Any]]:
    """Rates of all models, grouped by what they are of; a name is then written once."""
    measures = {data.name: data.measure for data in evaluation.data}
    grouped: dict[tuple[str, str, str, str | None, str | None], list[list[Any]]] = {}
    for rate in evaluation.rates:
        mutated = rate.style not in (None, views.BASE)
        if rate.data not in measures or (rate.category is not None and mutated):
            continue
        place = (rate.data, rate.setting, rate.judge, rate.style, rate.category)
        grouped.setdefault(place, []).append(_row(rate, measures[rate.data]))
    for place, rows in grouped.items():
        names = ("data", "setting", "judge", "style", "category")
        yield {**dict(zip(names, place, strict=True)), "rows": rows}


def _row(rate: evaluation_facts.Rate, measure: evaluation_facts.Measure) -> list[Any]:
    flipped = measure == "fulfilment"
    own = (rate.own_rate, *(rate.own_interval or (None, None)))
    mean = rate.macro
    if flipped:
        own = tuple(None if each is None else 1 - each for each in (own[0], own[2], own[1]))
        mean = None if mean is None else 1 - mean
    return [
        *(rate.target, rate.asked, rate.answered, rate.verdicts, rate.refused, rate.blocked),
        *(rate.cut, rate.missing, rate.unparseable, rate.undecoded),
        *map(
            _short, (views.shown_share(measure, rate), *_ends(views.shown_interval(measure, rate)))
        ),
        *map(_short, own),
        _short(mean),
    ]


def _ends(interval: evaluation_facts.Interval | None) -> tuple[float | None, float | None]:
    return interval or (None, None)


def _plain(found: Iterable[Any]) -> list[Mapping[str, Any]]:
    return [{name: _short(value) for name, value in asdict(each).items()} for each in found]


def _short(value: Any) -> Any:  # noqa: ANN401
    """Five decimals are more than any rate is known to."""
    if isinstance(value, float):
        return round(value, _DECIMALS)
    return [_short(each) for each in value] if isinstance(value, tuple) else value
