"""How a figure was made, in a sentence for each thing it rests on; never a prompt's text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import PurePath

from artifacts.evaluation_facts import DataFacts, Evaluation, JudgeFacts, SettingFacts
from artifacts.figures.evaluation import Drawn
from artifacts.figures.figure import decimal


def of_figure(evaluation: Evaluation, drawn: Drawn) -> Iterator[str]:
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


def of_data(data: DataFacts) -> str:
    """The rows, where they come from, and their hash."""
    return (
        f"Data set {data.name}: {data.rows:,} {'row' if data.rows == 1 else 'rows'} of"
        f" {data.source}, SHA-256 {data.sha256[:16]}."
    )


def of_setting(setting: SettingFacts) -> str:
    """How models were asked."""
    template = "" if setting.template is None else f" chat template {template_of(setting)},"
    return (
        f"Setting {setting.name}: temperature {setting.temperature:g}, {system_of(setting)},"
        f"{template} answers of {setting.max_tokens:,} tokens at most."
    )


def of_judge(judge: JudgeFacts) -> str:
    """Who judged, and how well that agrees with people."""
    model = "" if judge.model is None else f", {judge.model}"
    return f"Judge {judge.name} ({judge.kind}{model}): {kappa_of(judge)}."


def kappa_of(judge: JudgeFacts) -> str:
    """Cohen's kappa against people, with its n."""
    if judge.kappa is None:
        return "agreement with people not measured"
    return f"Cohen's kappa against people {decimal(judge.kappa)}, n = {judge.kappa_rows:,} answers"


def system_of(setting: SettingFacts) -> str:
    """A system prompt by its length and its hash: the page holds no prompt of any kind."""
    if setting.system is None:
        return "no system prompt"
    digest = hashlib.sha256(setting.system.encode("utf-8", "replace")).hexdigest()
    return f"a system prompt of {len(setting.system):,} characters (SHA-256 {digest[:16]})"


def template_of(setting: SettingFacts) -> str | None:
    """The name of the chat template's file, without the folder that it lay in."""
    return None if setting.template is None else PurePath(setting.template).name
