from __future__ import annotations

from collections.abc import Mapping

import pytest

from artifacts.audit_facts import StageBalance
from artifacts.records import Kind
from artifacts.stage_tables import Edge
from artifacts.views import Value
from auditing.stages import blamed, stage_balances

NAMES = ("fraud", "hate", "theft")
EVEN = {"fraud": 100, "hate": 100, "theft": 100}


def edge(stage: str, kind: Kind, inputs: tuple[str, ...], kept: Mapping[str, int]) -> Edge:
    return Edge(stage, kind, inputs, 0, sum(kept.values()), 0, 0, categories=kept)


def run(**changed: Mapping[str, int]) -> list[Edge]:
    """An over-refusal run, all even but for the stages whose kept rows are given."""
    order: list[tuple[str, Kind, tuple[str, ...]]] = [
        ("seeds", "select", ()),
        ("clean_seeds", "select", ("seeds",)),
        ("rewrite-0", "expand", ("clean_seeds",)),
        ("clean-0", "select", ("rewrite-0",)),
        ("dedup-0", "select", ("clean-0",)),
        ("moderate-0", "annotate", ("dedup-0",)),
        ("rescue", "annotate", ("moderate-0",)),
        ("subsets", "annotate", ("rescue",)),
    ]
    found: list[Edge] = []
    kept: Mapping[str, int] = EVEN
    for stage, kind, inputs in order:
        kept = changed.get(stage.replace("-", "_"), kept)
        found.append(edge(stage, kind, inputs, kept))
    return found


def balances(
    edges: list[Edge], safe: Mapping[str, int], hard: Mapping[str, int]
) -> tuple[StageBalance, ...]:
    safe_rows: dict[str, Value] = {"label": "safe"}
    drawn = [("80k", "subsets", safe_rows, safe), ("hard", "subsets", {"in_hard": True}, hard)]
    return stage_balances(edges, drawn, NAMES)


STARVED = {"fraud": 90, "hate": 4, "theft": 92}


@pytest.mark.parametrize("stage", ["clean_seeds", "rewrite-0", "clean-0", "dedup-0"])
def test_the_stage_that_starves_a_category_is_named(stage: str) -> None:
    found = balances(run(**{stage.replace("-", "_"): STARVED}), STARVED, STARVED)
    for config in ("80k", "hard"):
        blame = blamed(found, config, "hate")
        assert blame.stage == stage
        assert "of its 100 rows 4 were left there, of the others' 200 182" in blame.says


def test_a_loss_that_all_categories_share_blames_nobody_of_them() -> None:
    third = {name: 30 for name in NAMES}
    found = balances(run(clean_0=third, dedup_0={**third, "hate": 3}), {**third, "hate": 3}, {})
    assert blamed(found, "80k", "hate").stage == "dedup-0"
    assert next(each for each in found if each.stage == "clean-0").cramers_v == pytest.approx(0)


def test_labels_are_blamed_on_moderation_and_rescue_and_draws_on_the_stage_that_draws() -> None:
    found = balances(run(), {**EVEN, "hate": 5}, {**EVEN, "hate": 5})
    assert blamed(found, "80k", "hate").stage == "moderate-0 + rescue"
    assert blamed(found, "hard", "hate").stage == "moderate-0 + rescue"
    found = balances(run(), EVEN, {**EVEN, "hate": 5})
    assert blamed(found, "hard", "hate").stage == "subsets"
    assert [each.stage for each in found[-2:]] == ["moderate-0 + rescue -> 80k", "subsets -> hard"]


def test_a_category_that_never_came_is_blamed_on_the_source() -> None:
    scarce = {"fraud": 100, "hate": 1, "theft": 100}
    edges = [edge(each.stage, each.kind, each.inputs, scarce) for each in run()]
    blame = blamed(balances(edges, scarce, scarce), "80k", "hate")
    assert blame.stage == "seeds"
    assert "scarce from the start (1 row)" in blame.says


def test_what_a_source_dropped_counts_where_its_tables_say_so() -> None:
    edges = run(seeds=STARVED)
    drawn = [("80k", "subsets", {"label": "safe"}, STARVED)]
    found = stage_balances(edges, drawn, NAMES, {"seeds": EVEN})
    assert found[0].before == EVEN
    assert found[0].worst == "hate"
    assert found[0].worst_share == pytest.approx(0.04)
    blame = blamed(found, "80k", "hate")
    assert blame.stage == "seeds"
    assert "of its 100 rows 4" in blame.says


def test_stages_beside_the_way_of_the_rows_are_left_out() -> None:
    early = edge("moderate-9", "annotate", ("clean-0",), {"fraud": 1})
    found = balances([*run(), early], EVEN, EVEN)
    assert "moderate-9" not in [each.stage for each in found]


def test_a_prompt_style_is_held_against_the_base_set_alone() -> None:
    base = {"fraud": 10, "hate": 10, "theft": 10}
    mutated = {"fraud": 20, "hate": 11, "theft": 20}
    edges = [
        edge("base", "select", (), base),
        edge("pilot_rows", "select", ("base",), {"fraud": 8}),
        edge("mutate", "expand", ("base",), mutated),
        edge("collect", "annotate", ("base", "mutate"), {"fraud": 30, "hate": 21, "theft": 30}),
    ]
    where: list[tuple[str, Mapping[str, Value], Mapping[str, int]]] = [
        ("base", {"prompt_style": "base"}, base),
        ("slang", {"prompt_style": "slang"}, {**base, "hate": 1}),
        ("all", {}, {"fraud": 30, "hate": 21, "theft": 30}),
    ]
    drawn = [(name, "collect", each, counts) for name, each, counts in where]
    found = stage_balances(edges, drawn, NAMES)
    slang = next(each for each in found if each.stage.endswith("-> slang"))
    assert slang.stage == "mutate -> slang"
    assert slang.before == base
    assert blamed(found, "slang", "hate").stage == "mutate"
    assert blamed(found, "base", "hate").stage == "base"
    assert "pilot_rows" not in [each.stage for each in found]


def test_without_a_run_nobody_can_be_blamed() -> None:
    assert blamed((), "80k", "hate").stage is None
