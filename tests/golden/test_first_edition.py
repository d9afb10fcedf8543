"""What the first edition left is read, verified and gone on with; no reply is bought twice."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest

from artifacts.seed_columns import with_seed_ids
from artifacts.sorry_bench_schemas import NAMED
from tests.golden.command import refusery
from tests.golden.content import bytes_digest
from tests.golden.provider import Provider, providing

_FROZEN = Path(__file__).parent / "first_edition"
_VERSION = "2026.10.0"
_RECIPES = {"or-bench": "or", "sorry-bench": "sorry"}
_RELEASES = pytest.mark.parametrize("benchmark", _RECIPES)
_SLOW = pytest.mark.slow
_REPLIES = 139
_POLICY = ("moderators: [a, b, c]", "moderators: [a, b, c], policy: lenient")
"""What keeps the votes of a recipe from before moderators had a policy."""
_PROMPTS = (
    ("rewrite: {{", "rewrite: {{template: rewrite.md, "),
    (
        "  writer: stylist\n",
        "  writer: stylist\n  template: {{question: question.md, misspellings: misspellings.md,"
        " translate-fr: translate.md}}\n",
    ),
)
"""What keeps the texts of one from before their prompts were others."""
_JUDGE = ("back_translator: translator", "back_translator: translator\n  judge: null")
"""What keeps the mutations of a recipe from before they had a judge."""

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def provider() -> Iterator[Provider]:
    """The provider that the replies came from, on other ports."""
    with providing() as running:
        yield running


@pytest.fixture
def edition(tmp_path: Path, provider: Provider) -> Path:
    """A copy of what the first edition left, with recipes whose models the provider serves."""
    for path in _FROZEN.iterdir():
        if path.suffix in (".csv", ".jsonl", ".md"):
            shutil.copy(path, tmp_path)
    for name in ("small.yaml", "or_bench.yaml"):
        shutil.copy(_FROZEN / name, tmp_path)
    for name in _RECIPES.values():
        text = (_FROZEN / f"{name}.yaml").read_text(encoding="utf-8")
        for then, now in (_POLICY, *_PROMPTS, _JUDGE):
            text = text.replace(then, now)
        recipe = text.format(**provider.addresses)
        (tmp_path / f"{name}.yaml").write_text(recipe, encoding="utf-8")
    with tarfile.open(_FROZEN / "out.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path


@_RELEASES
def test_its_release_verifies(edition: Path, benchmark: str) -> None:
    done = refusery("verify", _release(edition, benchmark), cwd=edition)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("benchmark", [pytest.param("or-bench", marks=_SLOW), "sorry-bench"])
def test_its_run_goes_on_without_a_call_to_the_same_shards(
    edition: Path, provider: Provider, benchmark: str
) -> None:
    before = _shards(edition, benchmark)
    shutil.rmtree(_release(edition, benchmark))
    names = ("--set", "release.configs=paper") if benchmark == "or-bench" else ()
    _build(edition, benchmark, *_AS_THEN[benchmark], *names)
    assert provider.calls == 0
    assert _shards(edition, benchmark) == before
    done = refusery("verify", _release(edition, benchmark), cwd=edition)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("benchmark", ["or-bench", pytest.param("sorry-bench", marks=_SLOW)])
def test_its_ledger_alone_answers_every_call_and_makes_the_same_release(
    edition: Path, provider: Provider, benchmark: str
) -> None:
    before = _shards(edition, benchmark)
    shutil.rmtree(edition / "out" / "runs" / _RECIPES[benchmark])
    shutil.rmtree(_release(edition, benchmark))
    names = ("--set", "release.configs=paper") if benchmark == "or-bench" else ()
    _build(edition, benchmark, *_AS_THEN[benchmark], *names)
    assert provider.calls == 0
    assert _shards(edition, benchmark) == before
    with closing(sqlite3.connect(edition / "out" / "ledger.sqlite")) as ledger:
        assert ledger.execute("SELECT count(*) FROM replies").fetchone() == (_REPLIES,)


@_SLOW
@_RELEASES
@pytest.mark.parametrize("with_run", [True, False])
def test_its_release_is_finished_whatever_is_left_of_its_run(
    edition: Path, provider: Provider, benchmark: str, with_run: bool
) -> None:
    if not with_run:
        shutil.rmtree(edition / "out" / "runs" / _RECIPES[benchmark])
    release = _release(edition, benchmark)
    before = {path: bytes_digest(path) for path in release.rglob("*.*") if path.is_file()}
    _build(edition, benchmark, *_AS_THEN[benchmark])
    assert provider.calls == 0
    assert {path: bytes_digest(path) for path in before} == before


@_SLOW
def test_its_run_under_todays_policy_says_that_votes_are_bought_anew_and_how_to_keep_them(
    edition: Path, provider: Provider
) -> None:
    shutil.rmtree(_release(edition, "or-bench"))
    set_to_paper = ("--set", "moderate.policy=paper", *_CATEGORIES)
    done = refusery("build", "or.yaml", *set_to_paper, cwd=edition)
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stderr.splitlines() if "bought anew" in line]
    assert "cast under the moderation policy `lenient`: under `paper`" in line
    assert "--set moderate.policy=lenient" in line
    votes = pl.concat(
        pl.read_parquet(path)
        for stage in ("moderate-0", "rescue")
        for path in (edition / "out/runs/or" / _VERSION / stage).glob("votes-*.parquet")
    )
    asked = votes.filter(pl.col("model").is_in(["a", "c"]))["key"].drop_nulls().n_unique()
    assert provider.calls >= asked > 10


@_SLOW
def test_a_changed_temperature_is_asked_for(edition: Path, provider: Provider) -> None:
    changed = ("--set", "rewrite.temperature=0.9", "--set", "release.version=2026.10.1")
    done = refusery("build", "or.yaml", "--quiet", *changed, cwd=edition)
    assert done.returncode == 0, done.stderr
    assert provider.calls > 20


@_SLOW
def test_what_extends_its_release_leaves_the_seeds_texts_behind(edition: Path) -> None:
    extending = ("mode=extend", "rewrite.target=1", "release.version=2026.11.0")
    settings = [word for setting in extending for word in ("--set", setting)]
    done = refusery("build", "or.yaml", "--quiet", *settings, cwd=edition)
    assert done.returncode == 0, done.stderr
    old = _release(edition, "or-bench")
    new = old.with_name("2026.11.0")
    seeds = pl.read_csv(edition / "seeds.csv")["prompt"].to_list()
    for release, holds in ((old, True), (new, False)):
        safe = "\n".join(
            pl.read_parquet(path).write_json() for path in release.glob("or-bench-[8hm]*/*.parquet")
        )
        assert any(json.dumps(seed) in safe for seed in seeds) is holds
        done = refusery("verify", release, cwd=edition)
        assert done.returncode == 0, done.stdout + done.stderr
    compared = refusery("diff", old, new, cwd=edition)
    assert compared.returncode == 0, compared.stderr
    assert "column seed is gone" in " ".join(compared.stdout.split())


_CATEGORIES = ("--set", "taxonomy=or_bench.yaml")
"""The definitions of then, which moderators were shown, as a taxonomy of one's own."""
_AS_THEN = {
    "or-bench": ("--set", "toxic.from=[rewrites]", *_CATEGORIES),
    "sorry-bench": (),
}
"""What the first edition did and a recipe now has to say: seeds were no toxic rows."""


def _build(edition: Path, benchmark: str, *settings: str) -> None:
    done = refusery("build", f"{_RECIPES[benchmark]}.yaml", "--quiet", *settings, cwd=edition)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(_release(edition, benchmark))


def _release(edition: Path, benchmark: str) -> Path:
    return edition / "out" / "releases" / benchmark / _VERSION


_OF_A_PROMPT = (
    *("prompt", "category", "id", "row", "root", "seed_id", "writer", "label", "sounds_risky"),
    *("votes", "rescued", "refusals", "answered", "panel", "checks", "source", "license"),
)
"""What the first edition released of a prompt; its seed had its text in place of its id."""


def _shards(edition: Path, benchmark: str) -> dict[str, str]:
    """Digests of the rows of a release's shards: seeds have ids since, and mutations variants."""
    release = _release(edition, benchmark)
    found = {path.relative_to(release): path for path in sorted(release.rglob("*.parquet"))}
    return {str(name): _rows_digest(path) for name, path in found.items()}


def _rows_digest(shard: Path) -> str:
    rows = pl.read_parquet(shard)
    if "turns" in rows.columns:
        rows = rows.drop(*NAMED, "variant", strict=False)
    else:
        rows = with_seed_ids(rows, texts=False).select(_OF_A_PROMPT)
    return hashlib.sha256(rows.write_json().encode()).hexdigest()
