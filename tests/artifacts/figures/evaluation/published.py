"""Rates that others have published, as an evaluation would hold them; figures, not texts."""

from __future__ import annotations

from artifacts.evaluation_facts import (
    Correlation,
    DataFacts,
    Evaluation,
    Interval,
    JudgeFacts,
    Rate,
    SettingFacts,
    TargetModel,
)
from measures.comparisons import spearman
from measures.intervals import wilson

# SORRY-Bench: fulfilment rates over 44 categories, recomputed from its authors' scores by category.
FULFILMENT = {
    **{"claude-2.1": 0.052, "claude-2.0": 0.070, "gemini-1.5-pro": 0.070},
    **{"claude-3-opus-20240229": 0.073, "claude-instant-1.2": 0.077},
    **{"claude-3-haiku-20240307": 0.080, "gemini-1.5-flash": 0.084, "gemma-2-9b-it": 0.102},
    **{"gpt-3.5-turbo-1106": 0.107, "claude-3-sonnet-20240229": 0.107, "gemma-2-27b-it": 0.109},
    **{"llama-2-70b-chat": 0.123, "llama-2-7b-chat": 0.139, "llama-3.1-8b-instruct": 0.141},
    **{"claude-3-5-sonnet-20240620": 0.143, "llama-2-13b-chat": 0.145},
    **{"gpt-3.5-turbo-0125": 0.164, "gemma-7b-it": 0.184, "gemma-2b-it": 0.189},
    **{"llama-3-8b-instruct": 0.216, "llama-3.1-405b-instruct": 0.239, "o1-mini": 0.243},
    **{"gpt-4-1106-preview": 0.250, "o1-preview": 0.250, "gpt-4-turbo-2024-04-09": 0.255},
    **{"gpt-4-0125-preview": 0.264, "qwen1.5-4b-chat": 0.266, "gpt-3.5-turbo-0613": 0.270},
    **{"qwen1.5-32b-chat": 0.280, "gpt-4-0613": 0.289, "gpt-4o-2024-05-13": 0.298},
    **{"vicuna-13b-v1.5": 0.323, "gemini-pro": 0.327, "qwen1.5-14b-chat": 0.339},
    **{"vicuna-7b-v1.5": 0.345, "aurora-m": 0.348, "llama-3-70b-instruct": 0.352},
    **{"gpt-4o-mini-2024-07-18": 0.357, "zephyr_7b_r2d2": 0.359, "chatglm3-6b": 0.359},
    **{"qwen1.5-72b-chat": 0.359, "llama-3.1-70b-instruct": 0.386, "qwen1.5-7b-chat": 0.398},
    **{"yi-34b-chat": 0.409, "qwen1.5-0.5b-chat": 0.427, "yi-6b-chat": 0.491},
    **{"vicuna-33b-v1.3": 0.559, "mixtral-8x7b-instruct-v0.1": 0.559},
    **{"mistral-large-instruct-2407": 0.605, "mistral-7b-instruct-v0.2": 0.670},
    **{"openchat-3.5-0106": 0.684, "qwen1.5-1.8b-chat": 0.736},
    **{"dolphin-2.6-mixtral-8x7b": 0.850, "zephyr-7b-beta": 0.875},
    **{"mistral-7b-instruct-v0.1": 0.902, "dolphin-2.2.1-mistral-7b": 0.911},
}
"""In the published order: the least first."""
SORRY_ROWS = 440

# OR-Bench (arXiv 2405.20947, tables 2 and 6; three rejections as its plot has them): per cent of
# Hard-1K refused, and of the toxic set.
REFUSED = {
    **{"Claude-2.1": (99.8, 100), "Claude-3-haiku": (96.2, 99.7), "Claude-3-sonnet": (94.4, 99.7)},
    **{"Claude-3-opus": (91.0, 98.1), "Claude-3.5-sonnet": (43.8, 96.6)},
    **{"Gemma-7b": (26.3, 85.5), "Gemma-2-9b": (80.0, 98.5), "Gemma-2-27b": (62.0, 96.8)},
    **{"Gemini-1.0-pro": (9.7, 78.7), "Gemini-1.5-flash": (84.2, 98.8)},
    **{"Gemini-1.5-pro": (88.0, 99.4), "GPT-3.5-0301": (57.4, 94.7), "GPT-3.5-0613": (38.4, 92.1)},
    **{"GPT-3.5-0125": (12.7, 62.1), "GPT-4-0125": (12.1, 93.0), "GPT-4-turbo-0409": (12.7, 96.5)},
    **{"GPT-4o": (6.7, 84.9), "GPT-4o-0806": (13.0, 86.0), "Llama-2-7b": (87.4, 99.6)},
    **{"Llama-2-13b": (91.0, 99.7), "Llama-2-70b": (96.0, 99.7), "Llama-3-8b": (69.3, 95.0)},
    **{"Llama-3-70b": (37.7, 78.7), "Llama-3.1-8B": (31.0, 91.0), "Llama-3.1-70B": (3.0, 70.0)},
    **{"Llama-3.1-405B": (6.0, 79.0), "Mistral-small": (13.3, 79.7)},
    **{"Mistral-medium": (13.9, 77.5), "Mistral-large": (9.7, 72.8), "Qwen1.5-7B": (39.2, 85.0)},
    **{"Qwen1.5-32B": (50.7, 95.6), "Qwen1.5-72B": (46.9, 94.4)},
}
HARD_ROWS, TOXIC_ROWS = 1_319, 655

SETTING = SettingFacts("default", 0.0, None, None, 1000)
JUDGE = JudgeFacts("gpt-4", "llm", "gpt-4-turbo-2024-04-09")


def verdict_rate(
    data: str, target: str, refused: float, rows: int, category: str | None = None
) -> Rate:
    """A rate as published, on so many rows."""
    count = round(refused * rows)
    interval = _exact(wilson(count, rows))
    return Rate(
        **{"data": data, "target": target, "setting": "default", "judge": "gpt-4"},
        **{"category": category, "asked": rows, "answered": rows, "cut": 0, "missing": 0},
        **{"unparseable": 0, "undecoded": 0, "refused": count, "blocked": 0},
        **{"rate": refused, "interval": interval, "own_rate": refused, "own_interval": interval},
    )


def sorry_bench(
    models: tuple[str, ...], categories: tuple[str, ...] = ("one", "two")
) -> Evaluation:
    """Models with their published fulfilment rates, in any order; the same in every category."""
    data = DataFacts(
        "sorry-bench",
        "hf://sorry-bench/sorry-bench",
        "0" * 64,
        SORRY_ROWS,
        "fulfilment",
        categories,
    )
    rates = [
        verdict_rate("sorry-bench", name, 1 - FULFILMENT[name], rows, category)
        for name in models
        for category, rows in ((None, SORRY_ROWS), *((each, 10) for each in categories))
    ]
    return Evaluation(
        name="published",
        data=(data,),
        targets=tuple(map(target, models)),
        settings=(SETTING,),
        judges=(JUDGE,),
        rates=tuple(rates),
    )


def or_bench() -> Evaluation:
    """OR-Bench's 32 models on its hard and its toxic prompts."""
    hard = DataFacts("or-hard", "hf://bench-llm/or-bench", "1" * 64, HARD_ROWS, "over_refusal")
    toxic = DataFacts("or-toxic", "hf://bench-llm/or-bench", "2" * 64, TOXIC_ROWS, "rejection")
    rates = []
    for name, (safe, unsafe) in REFUSED.items():
        rates.append(verdict_rate("or-hard", name, safe / 100, HARD_ROWS))
        rates.append(verdict_rate("or-toxic", name, unsafe / 100, TOXIC_ROWS))
    pairs = list(REFUSED.values())
    rho = spearman([one for one, _ in pairs], [other for _, other in pairs])
    return Evaluation(
        name="published",
        data=(hard, toxic),
        targets=tuple(map(target, REFUSED)),
        settings=(SETTING,),
        judges=(JUDGE,),
        rates=tuple(rates),
        correlations=(Correlation("or-hard", "or-toxic", "default", "gpt-4", len(pairs), rho),),
    )


def target(name: str) -> TargetModel:
    """A model by its name alone."""
    return TargetModel(name, name, name)


def _exact(interval: tuple[float, float] | None) -> Interval | None:
    return None if interval is None else (float(interval[0]), float(interval[1]))
