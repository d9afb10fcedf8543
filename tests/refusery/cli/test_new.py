"""`new` by flags: a recipe for each provider that plans, and bad input in one line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flows.benchmarks import plan
from pipelines.drafts.catalog import catalog
from pipelines.recipe import Evaluation, load
from pipelines.versions.next_version import with_preview_version
from refusery.cli.app import run

_BENCHMARKS = ("or-bench", "sorry-bench", "evaluate")
_SERVER = ("--base-url", "http://127.0.0.1:8000/v1", "--model", "Qwen/Qwen3-32B")
_RIGHT = ("new", "mine", "--benchmark", "or-bench", "--provider", "openai,mistral", "--rows", "100")


@pytest.fixture(autouse=True)
def _no_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [each for each in os.environ if each.endswith("_API_KEY")] + ["HF_TOKEN"]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    rows = "".join(f"How do I do thing {number}?,violence\n" for number in range(20))
    Path("data.csv").write_text(f"prompt,category\n{rows}", encoding="utf-8")


def _flags(benchmark: str, provider: str) -> list[str]:
    extra = [*_SERVER] if provider == "own" else []
    extra += ["--data", "data.csv"] if benchmark == "evaluate" else []
    return ["--benchmark", benchmark, "--provider", provider, *extra]


@pytest.mark.parametrize("benchmark", _BENCHMARKS)
@pytest.mark.parametrize("provider", catalog().providers)
def test_a_recipe_by_flags_plans_for_each_provider(
    provider: str, benchmark: str, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = _flags(benchmark, provider)
    assert run(["new", "mine", *flags, "--rows", "120", "--max-usd", "50"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    recipe = load(Path("mine.yaml"))
    upcoming = recipe if isinstance(recipe, Evaluation) else with_preview_version(recipe, Path("o"))
    planned = plan(upcoming)
    key = catalog().providers[provider].key_env
    assert planned.unknown_prices == ()
    assert planned.usd is not None
    assert (planned.usd > 0) == (key is not None)
    assert f"it costs {planned.usd:,.2f} US dollars" in printed.out
    assert ("The environment lacks" in printed.out) == (key is not None)
    last = "evaluate" if benchmark == "evaluate" else "build"
    ends = [f"  refusery {verb} mine.yaml" for verb in ("doctor", "plan", last)]
    assert printed.out.splitlines()[-3:] == ends


def test_the_published_size_of_sorry_bench_plans_before_anything_is_fetched(
    capsys: pytest.CaptureFixture[str],
) -> None:
    flags = _flags("sorry-bench", "mistral")
    assert run(["new", "mine", *flags, "--rows", "9,240", "--max-usd", "150"]) == 0
    printed = capsys.readouterr().out
    assert "MISTRAL_API_KEY and HF_TOKEN" in printed
    assert "By the plan it costs" in printed


def test_what_the_hub_has_is_not_fetched_for_a_price(capsys: pytest.CaptureFixture[str]) -> None:
    flags = ["--benchmark", "evaluate", "--provider", "openai", "--data", "hf://me/set/a.csv"]
    assert run(["new", "mine", *flags, "--rows", "10", "--max-usd", "5"]) == 0
    assert "By the plan" not in capsys.readouterr().out


def test_keys_that_are_there_are_not_missed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MISTRAL_API_KEY", "x")
    assert run([*_RIGHT, "--max-usd", "5"]) == 0
    assert "The environment lacks OPENAI_API_KEY." in capsys.readouterr().out


def test_a_cap_below_the_plans_price_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*_RIGHT, "--max-usd", "0.01"]) == 0
    assert "more than the 0.01 that end it" in capsys.readouterr().out


def test_flags_may_be_repeated_and_addresses_paired_with_models() -> None:
    given = ["--provider", "own", "--model", "a/one", "--model", "b/two,c/three"]
    addresses = [f"http://127.0.0.1:{port}/v1" for port in (1, 2, 3)]
    flags = [part for each in addresses for part in ("--base-url", each)]
    assert run(["new", "mine", "--benchmark", "or-bench", *given, *flags, "--rows", "10"]) == 0
    models = load(Path("mine.yaml")).models
    assert {name: getattr(each, "base_url", None) for name, each in models.items()} == dict(
        zip(("one", "two", "three"), addresses, strict=True)
    )


def test_a_file_that_is_there_is_overwritten_by_force_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("mine.yaml").write_text("mine", encoding="utf-8")
    assert run([*_RIGHT, "--max-usd", "5"]) == 2
    assert "--force" in capsys.readouterr().err
    assert Path("mine.yaml").read_text(encoding="utf-8") == "mine"
    assert run([*_RIGHT, "--max-usd", "5", "--force"]) == 0
    assert load(Path("mine.yaml")).name == "mine"


def test_a_recipe_may_be_written_elsewhere() -> None:
    assert run([*_RIGHT, "--max-usd", "5", "--out", "in/here.yaml"]) == 0
    assert load(Path("in/here.yaml")).name == "here"
    assert not Path("mine.yaml").exists()


_OWN = ["--benchmark", "or-bench", "--provider", "own", "--rows", "10"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["mi ne"], "NAME must be letters"),
        (["mine"], "--benchmark must be given"),
        (["mine", "--benchmark", "or-bnch"], "did you mean `or-bench`"),
        (["mine", "--benchmark", "or-bench"], "--provider must be given"),
        (["mine", "--benchmark", "or-bench", "--provider", "opnai"], "did you mean `openai`"),
        (["mine", "--benchmark", "or-bench", "--provider", ","], "--provider must be one of"),
        (["mine", "--benchmark", "or-bench", "--provider", "openai,openai"], "once (got openai)"),
        (["mine", "--benchmark", "or-bench", "--provider", "embedded,own"], "must stand alone"),
        (["mine", "--benchmark", "or-bench", "--provider", "openai"], "--rows must be given"),
        (["mine", *_flags("or-bench", "openai"), "--rows", "9"], "--rows must be a number from 10"),
        (["mine", *_flags("or-bench", "openai"), "--rows", "many"], "(got many)"),
        (["mine", *_flags("or-bench", "embedded"), "--rows", "181"], "from 10 to 180"),
        (["mine", *_flags("sorry-bench", "openai"), "--rows", "9241"], "from 86 to 9,240"),
        (["mine", *_flags("or-bench", "openai"), "--rows", "10"], "--max-usd must be given"),
        ([*_RIGHT[1:], "--max-usd", "-1"], "--max-usd must be US dollars"),
        ([*_RIGHT[1:], "--max-usd", "nan"], "--max-usd must be US dollars"),
        ([*_RIGHT[1:], "--max-usd", "5", "--data", "data.csv"], "--data must go with"),
        ([*_RIGHT[1:], "--max-usd", "5", "--model", "x"], "--model must go with --provider own"),
        ([*_RIGHT[1:], "--max-usd", "5", "--out", "."], "not a folder"),
        (["mine", *_OWN], "--model must be given"),
        (["mine", *_OWN, "--model", "x"], "--base-url must be given"),
        (["mine", *_OWN, "--model", "x", "--base-url", "here"], "--base-url must be an address"),
        (["mine", *_OWN, "--model", "x", "--base-url", "https://api.x.ai/v1"], "of your own"),
        (
            ["mine", *_OWN, "--model", "x", "--base-url", "http://a/v1,http://b/v1"],
            "2 for 1 models",
        ),
        (
            ["mine", "--benchmark", "evaluate", "--provider", "openai", "--data", "gone.csv"],
            "gone.csv",
        ),
        (
            ["mine", "--benchmark", "evaluate", "--provider", "openai", "--rows", "5"],
            "--data must be given",
        ),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["new", *arguments]) == 2
    printed = capsys.readouterr()
    assert says in printed.err
    assert printed.err.count("\n") == 1
    assert printed.out == ""
    assert list(Path().glob("**/*.yaml")) == []
