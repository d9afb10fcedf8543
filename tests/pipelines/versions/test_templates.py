from __future__ import annotations

import hashlib
from pathlib import Path

from generators.rewriter import WORDINGS
from pipelines.recipe import OrBench, SorryBench, parse
from pipelines.versions.changes import templates_of

ROOT = Path(__file__).parents[3]
MODEL = {"provider": "embedded", "family": "smollm"}


def over_refusal() -> OrBench:
    found = parse(
        {
            "benchmark": "or-bench",
            "models": {"small": MODEL},
            "seeds": {"from": "shipped"},
            "rewrite": {"writer": "small", "per_seed": 2},
            "moderate": {"moderators": [{"kind": "nearest"}]},
            "release": {"version": "2026.11.0"},
        },
        Path("small.yaml"),
    )
    assert isinstance(found, OrBench)
    return found


def fine_grained() -> SorryBench:
    found = parse(
        {
            "benchmark": "sorry-bench",
            "base": {"from": "base.csv", "license": "mit"},
            "release": {"version": "2026.11.0"},
        },
        Path("small.yaml"),
    )
    assert isinstance(found, SorryBench)
    return found


def test_each_template_of_a_benchmark_s_models_has_the_hash_of_its_file() -> None:
    found = templates_of(over_refusal())
    moderators = {f"moderators/prompt_moderator_{policy}" for policy in ("paper", "lenient")}
    writers = {"generators/seeds", *(f"generators/{name}" for name in WORDINGS)}
    assert writers | moderators <= set(found)
    data = (ROOT / "generators" / "templates" / "rewrite_rules.md").read_bytes()
    assert found["generators/rewrite_rules"] == hashlib.sha256(data).hexdigest()
    assert not any("mutations" in name for name in found)


def test_the_templates_of_mutations_are_the_fine_grained_set_s() -> None:
    found = templates_of(fine_grained())
    assert {
        "generators/imperative",
        "generators/mutations/slang",
        "generators/mutations/encodings/caesar",
        "moderators/classifier",
    } <= set(found)
    assert not {f"generators/{name}" for name in WORDINGS} & set(found)
    assert "moderators/prompt_moderator_paper" not in found


def test_every_shipped_template_belongs_to_a_benchmark() -> None:
    known = {*templates_of(over_refusal()), *templates_of(fine_grained())}
    files = [*(ROOT / "generators").rglob("*.md"), *(ROOT / "moderators").rglob("*.md")]
    assert len(known) == len(files)
