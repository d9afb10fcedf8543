"""What has no digest is refused before a run has so much as a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from base.digests import DigestError
from checks.artefacts import Leftovers
from checks.language import Language
from checks.request_form import OneInstruction
from checks.unchanged import SameAsBase
from evaluation.pipeline import require_ready
from flows.benchmarks import benchmark_of
from generators.imperative import ImperativeWriter
from generators.rewriter import JsonRewriter
from generators.seed_writer import SeedWriter
from moderators.classifier import Classifier
from moderators.llm import LlmModerator
from moderators.refusal.keyword import KeywordJudge
from pipelines.opening import open_run
from pipelines.recipe import Evaluation, Recipe, load
from pipelines.recipe.schema import is_buildable
from tests.pipelines.stages.worlds import recipes


def _loaded(name: str, folder: Path) -> Recipe:
    text = next(text for each, text, _ in recipes(folder) if each == name)
    (folder / "r.yaml").write_text(text, encoding="utf-8")
    return load(folder / "r.yaml")


@pytest.mark.parametrize(
    ("recipe", "forgetful", "said"),
    [
        ("whole", Leftovers, "a check must have a digest .* leftovers: none"),
        ("whole", Language, "a check must have a digest .* language: none"),
        ("whole", LlmModerator, "a moderator must have a digest .* m: none"),
        ("whole", KeywordJudge, "a judge must have a digest .* keyword: none"),
        ("whole", JsonRewriter, "a writer must have a digest .* m: none"),
        ("whole", SeedWriter, "a writer must have a digest .* m: none"),
        ("mutated", SameAsBase, "a check must have a digest .* same_as_base: none"),
        ("built", Classifier, "a classifier must have a digest .* m: none"),
        ("built", ImperativeWriter, "a writer must have a digest .* m: none"),
        ("built", OneInstruction, "a check must have a digest .* one_instruction: none"),
    ],
)
def test_what_has_no_digest_is_refused_before_a_run_has_a_folder(
    recipe: str, forgetful: type, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    loaded = _loaded(recipe, tmp_path)
    assert is_buildable(loaded)
    monkeypatch.delattr(forgetful, "digest")
    with pytest.raises(DigestError, match=said) as refused:
        open_run(benchmark_of(loaded), loaded, tmp_path / "out")
    assert refused.value.exit_code == 2
    assert not (tmp_path / "out" / "runs").exists()


def test_an_evaluations_judge_without_a_digest_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    loaded = _loaded("evaluation", tmp_path)
    assert isinstance(loaded, Evaluation)
    require_ready(loaded)
    monkeypatch.delattr(KeywordJudge, "digest")
    with pytest.raises(DigestError, match=r"a judge must have a digest .* keyword: none"):
        require_ready(loaded)
