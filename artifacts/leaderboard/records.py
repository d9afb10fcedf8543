"""The leaderboard as JSON: every rate that the page shows, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from artifacts.evaluation_facts import (
    DataFacts,
    Evaluation,
    Interval,
    JudgeFacts,
    Measure,
    Rate,
    SettingFacts,
)
from artifacts.figures.evaluation.views import (
    BASE,
    NAMES,
    Index,
    shown_interval,
    shown_share,
)
from artifacts.figures.evaluation.words import BETTER
from artifacts.leaderboard import making

FORMAT = 1
_DECIMALS = 5
COLUMNS = (
    *("model", "asked", "answered", "verdicts", "refused", "blocked", "cut", "missing"),
    *("unparseable", "undecoded", "rate", "low", "high", "own_rate", "own_low", "own_high"),
    "mean_of_categories",
)
"""What stands in each row of `rates`. A rate is what its data set's `rate` names; `own_` is without
providers' blocks; `low` and `high` are the ends of its 95 % interval."""


def record(evaluation: Evaluation) -> dict[str, Any]:
    """All that the page shows, as plain data.

    Rates by style and category at once are left out but for prompts as they are: the evaluation's
    own file has them.
    """
    index = Index.of(evaluation)
    return {
        "format": FORMAT,
        "name": evaluation.name,
        "data": [_data(each, index.style(each)) for each in evaluation.data],
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


def _data(data: DataFacts, style: str | None) -> dict[str, Any]:
    return {
        **asdict(data),
        "rate": NAMES[data.measure],
        "better": "more" if data.measure == "rejection" else "less",
        "reads": BETTER[data.measure],
        "shown_style": style,
        "says": making.of_data(data),
    }


def _setting(setting: SettingFacts) -> dict[str, Any]:
    return {
        **asdict(setting),
        "system": making.system_of(setting),
        "template": making.template_of(setting),
        "says": making.of_setting(setting),
    }


def _judge(judge: JudgeFacts) -> dict[str, Any]:
    return {**asdict(judge), "says": making.of_judge(judge)}


def _groups(evaluation: Evaluation) -> Iterator[dict[str, Any]]:
    """Rates of all models, grouped by what they are of; a name is then written once."""
    measures = {data.name: data.measure for data in evaluation.data}
    grouped: dict[tuple[str, str, str, str | None, str | None], list[list[Any]]] = {}
    for rate in evaluation.rates:
        mutated = rate.style not in (None, BASE)
        if rate.data not in measures or (rate.category is not None and mutated):
            continue
        place = (rate.data, rate.setting, rate.judge, rate.style, rate.category)
        grouped.setdefault(place, []).append(_row(rate, measures[rate.data]))
    for place, rows in grouped.items():
        names = ("data", "setting", "judge", "style", "category")
        yield {**dict(zip(names, place, strict=True)), "rows": rows}


def _row(rate: Rate, measure: Measure) -> list[Any]:
    flipped = measure == "fulfilment"
    own = (rate.own_rate, *(rate.own_interval or (None, None)))
    mean = rate.macro
    if flipped:
        own = tuple(None if each is None else 1 - each for each in (own[0], own[2], own[1]))
        mean = None if mean is None else 1 - mean
    return [
        *(rate.target, rate.asked, rate.answered, rate.verdicts, rate.refused, rate.blocked),
        *(rate.cut, rate.missing, rate.unparseable, rate.undecoded),
        *map(_short, (shown_share(measure, rate), *_ends(shown_interval(measure, rate)))),
        *map(_short, own),
        _short(mean),
    ]


def _ends(interval: Interval | None) -> tuple[float | None, float | None]:
    return interval or (None, None)


def _plain(found: Iterable[Any]) -> list[Mapping[str, Any]]:
    return [{name: _short(value) for name, value in asdict(each).items()} for each in found]


def _short(value: Any) -> Any:  # noqa: ANN401
    """Five decimals are more than any rate is known to."""
    if isinstance(value, float):
        return round(value, _DECIMALS)
    return [_short(each) for each in value] if isinstance(value, tuple) else value
