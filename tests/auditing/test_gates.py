from __future__ import annotations

from dataclasses import replace

import pytest

from artifacts.audit_facts import (
    Agreement,
    Audit,
    Diversity,
    NearRepeats,
    Opening,
    RuleBreaks,
    Spread,
    StageBalance,
    Voter,
)
from auditing.data import GateBrokenError
from pipelines.audits.gates import check_gates, require_gates
from pipelines.errors import RecipeError
from pipelines.recipe.release import Gates

COUNTS = {"fraud": 90, "hate": 4, "theft": 92}
AUDIT = Audit(
    name="toy 1",
    rows={"80k": 186, "hard": 10},
    categories=("fraud", "hate", "theft"),
    spreads=(
        Spread("80k", "category", COUNTS, None, None, None),
        Spread("hard", "category", {"fraud": 5, "hate": 5, "theft": 0}, None, None, None),
    ),
    stages=(
        StageBalance("seeds", {}, {"fraud": 99, "hate": 99, "theft": 99}, 1, 1, 0, None, None),
        StageBalance(
            "clean-0", {"fraud": 99, "hate": 99, "theft": 99}, COUNTS, 1, 0.7, 0.5, "hate", 0.04
        ),
    ),
    voters=(Voter("a", 100, 90, 5, 5, 0.9), Voter("b", 100, 60, 10, 30, 0.8)),
    agreement=Agreement(100, 0.4, 0.6, ()),
    near=(
        NearRepeats("inside", "80k", "80k", 0.92, 186, 0, ()),
        NearRepeats("across", "80k", "toxic", 0.92, 186, 180, ()),
        NearRepeats("release", "80k", "2026.10.0", 0.92, 186, 93, ()),
        NearRepeats("benchmark", "80k", "known.csv", 0.92, 186, 2, ()),
    ),
    diversity=(Diversity("80k", 186, (Opening("how do i", 93),), None, None, None, None, 0, None),),
    rules=(RuleBreaks("80k", "reversal", 186, 5), RuleBreaks("80k", "any", 186, 9)),
)


def gates(**bounds: object) -> Gates:
    return Gates.model_validate(bounds)


@pytest.mark.parametrize(
    ("gate", "holds", "breaks"),
    [
        ("min_per_category", 4, 5),
        ("max_category_ratio", 23.0, 22.9),
        ("min_entropy", 0.70, 0.74),
        ("max_opener_share", 0.5, 0.49),
        ("max_near_duplicates", 0.011, 0.01),
        ("max_rule_breaks", 0.05, 0.04),
        ("max_abstentions", 0.30, 0.29),
        ("min_agreement", 0.4, 0.41),
    ],
)
def test_each_gate_holds_at_its_bound_and_breaks_beyond_it(
    gate: str, holds: float, breaks: float
) -> None:
    (kept,) = check_gates(gates(**{gate: holds}), AUDIT)
    assert kept.held, kept
    (broken,) = check_gates(gates(**{gate: breaks}), AUDIT)
    assert not broken.held, broken
    assert broken.bound == breaks
    require_gates([kept])
    with pytest.raises(GateBrokenError, match=f"gates.{gate} must be at") as caught:
        require_gates([broken])
    assert caught.value.exit_code == 1


def test_the_line_names_figure_bound_config_stage_and_category() -> None:
    broken = check_gates(gates(min_per_category=50, max_rule_breaks=0.01), AUDIT)
    assert (broken[0].stage, broken[0].category, broken[0].config) == ("clean-0", "hate", "80k")
    with pytest.raises(GateBrokenError) as caught:
        require_gates(broken)
    assert str(caught.value) == (
        "gates.min_per_category must be at least 50 in 80k (got 4: rows of hate in 80k; "
        "stage clean-0: of its 99 rows 4 were left there, of the others' 198 182; "
        "1 more gate broken)"
    )


def test_a_bound_is_for_the_first_config_unless_it_names_others() -> None:
    found = check_gates(gates(min_per_category={"80k": 4, "hard": 1}), AUDIT)
    assert [(each.config, each.held) for each in found] == [("80k", True), ("hard", False)]
    with pytest.raises(RecipeError, match="did you mean `hard`") as caught:
        check_gates(gates(min_per_category={"hart": 1}), AUDIT)
    assert caught.value.exit_code == 2


def test_earlier_releases_count_only_where_versions_stand_to_each_other() -> None:
    (alone,) = check_gates(gates(max_near_duplicates=0.02), AUDIT)
    assert alone.held
    (mode,) = check_gates(gates(max_near_duplicates=0.02), AUDIT, with_releases=True)
    assert mode.value == 0.5
    assert "near to one of 2026.10.0" in mode.says


def test_contested_pairs_across_configs_are_no_repeats() -> None:
    (found,) = check_gates(gates(max_near_duplicates=0.02), AUDIT)
    assert found.value == pytest.approx(2 / 186)


def test_a_category_that_is_only_imported_may_be_empty() -> None:
    (found,) = check_gates(gates(min_per_category={"hard": 1}), replace(AUDIT, exempt=("theft",)))
    assert found.held
    (found,) = check_gates(
        gates(max_category_ratio={"hard": 1.0}), replace(AUDIT, exempt=("theft",))
    )
    assert found.held


def test_a_gate_without_anything_to_measure_does_not_hold() -> None:
    bare = Audit(name="bare", rows={"t.csv": 0}, categories=())
    found = check_gates(
        gates(
            min_per_category=1,
            max_category_ratio=2.0,
            min_entropy=0.5,
            max_opener_share=0.5,
            max_near_duplicates=0.5,
            max_rule_breaks=0.5,
            max_abstentions=0.5,
            min_agreement=0.5,
        ),
        bare,
    )
    assert len(found) == 8
    assert not any(each.held or each.value is not None for each in found)
    with pytest.raises(GateBrokenError, match="got none: "):
        require_gates(found)


def test_an_empty_category_has_no_ratio_and_breaks_its_gate() -> None:
    (found,) = check_gates(gates(max_category_ratio={"hard": 99.0}), AUDIT)
    assert not found.held
    assert found.category == "theft"
    assert found.says.startswith("none: theft has no row in hard")


def test_a_gate_on_the_balance_says_which_categories_it_looks_over() -> None:
    asked = gates(max_category_ratio={"few": 2.0}, min_per_category={"few": 1})
    counts = {"fraud": 1, "hate": 1, "arms": 0, "theft": 0}
    few = replace(
        AUDIT, rows={"few": 2}, spreads=(Spread("few", "category", counts, None, None, None),)
    )
    least, ratio = check_gates(asked, replace(few, exempt=("arms", "theft")))
    assert least.says == "1: row of fraud in few, 2 categories left out as they have no row"
    assert ratio.says == (
        "1: fraud (1 row) over fraud (1) in few, 2 categories left out as they have no row"
    )
    _, single = check_gates(asked, replace(few, exempt=("theft",)))
    assert single.says.startswith("none: arms has no row in few, theft left out as it has no row")


def test_no_gate_is_no_outcome() -> None:
    assert check_gates(Gates(), AUDIT) == ()
    require_gates(())


def test_a_gate_on_the_name_that_a_config_had_before_holds_the_one_of_today() -> None:
    audit = replace(
        AUDIT,
        rows={"mine-main": 186},
        spreads=(Spread("mine-main", "category", COUNTS, None, None, None),),
    )
    (outcome,) = check_gates(gates(min_per_category={"or-bench-80k": 5}), audit)
    assert (outcome.config, outcome.held) == ("mine-main", False)
    with pytest.raises(RecipeError, match="must name configs of the set"):
        check_gates(gates(min_per_category={"or-bench-soft": 5}), audit)
