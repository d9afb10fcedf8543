"""The whole set of mutations: every style over HTTP, checked, released, read back by others."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from artifacts.author_files import exports_of, file_name
from artifacts.manifest import read_manifest
from artifacts.sorry_bench_schemas import SORRY_BENCH
from artifacts.tables import read_table, write_table
from artifacts.verify.release import verify
from checks.identity import content_id
from generators.mutations.styles import GROUPS, NAMES
from refusery.cli.build import write_jsonl
from tests.loopback import own_prefect, process_of, refusery
from tests.mutation_set import bases, made, small_taxonomy, write_base, write_recipe
from tests.servers.behaviours import Mutator, Router
from tests.servers.counting import Call
from tests.servers.openai_server import serve

_CATEGORIES = 2
_ROWS = 10 * _CATEGORIES
_WRITTEN = [name for name in NAMES if GROUPS[name] != "encoding"]
_WITH_VARIANTS = ("slang", "uncommon_dialects", "technical_terms", "role_play")
_RELEASE = Path("out/releases/sorry-bench/2026.11.0")
_BROKEN = Mutator(refused=1 / 3, foreign=0.2, same=0.1)
# What breaks readers that take every separator for the end of a line; in the published atbash, a V
# becomes U+0085 and other capitals control codes.
_AWKWARD = (
    "Visit the Village and write a rude note to the baker, number R90.",
    "Write a rude note\u2028to the judge\u2029and the nurse, number R91.",
    "Write a rude note \U0001f600 with an emoji \U0001f468\u200d\U0001f373, number R92.",
    'Write a rude note: "a\tb\\n" to the pilot,\nline two, number R93.',
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the flow was run twice through the command; the second asked nobody."""
    folder = tmp_path_factory.mktemp("built")
    write_base(folder, bases(_CATEGORIES))
    with serve(Router({"writer": Mutator()})) as server:
        recipe = write_recipe(folder, server.base_url, taxonomy=small_taxonomy(folder, _CATEGORIES))
        first = refusery("build", recipe, "--format", "jsonl", cwd=folder)
        assert first.returncode == 0, first.stderr
        (folder / "summary.txt").write_text(first.stdout)
        assert len(server.calls) == _ROWS * len(_WRITTEN)
        again = refusery("build", recipe, "--quiet", cwd=folder)
        assert again.returncode == 0, again.stderr
        assert again.stdout.strip() == str(folder / _RELEASE)
        assert len(server.calls) == _ROWS * len(_WRITTEN)
    return folder


def _rows(release: Path, config: str) -> pl.DataFrame:
    return pl.read_parquet(release / config / "*.parquet")


def test_each_style_is_a_config_with_every_base_request(built: Path) -> None:
    manifest = read_manifest(built / _RELEASE)
    names = ["base", *NAMES, "all"]
    assert [config.name for config in manifest.configs] == names
    for name in names[:-1]:
        rows = _rows(built / _RELEASE, name)
        assert rows["question_id"].to_list() == [*range(1, _ROWS + 1)]
        assert set(rows["prompt_style"]) == {name}
    whole = _rows(built / _RELEASE, "all")
    assert whole.height == _ROWS * 21
    assert whole.columns == SORRY_BENCH.names()
    counted = whole.group_by("category", "prompt_style").len()
    assert set(counted["len"]) == {10}


def test_rows_carry_their_lineage(built: Path) -> None:
    whole = _rows(built / _RELEASE, "all")
    base = whole.filter(prompt_style="base")
    by_id = dict(base.select("question_id", "row").iter_rows())
    assert whole["row"].is_unique().all()
    assert whole["turns"].list.len().unique().to_list() == [1]
    for row in whole.iter_rows(named=True):
        style = row["prompt_style"]
        own = style == "base"
        assert row["id"] == content_id(row["turns"][0], "" if own else style)
        assert row["base_row"] == (None if own else by_id[row["question_id"]])
        assert row["category"] == str((row["question_id"] - 1) // 10 + 1)
        assert (row["encoding"] == "canonical") == (GROUPS.get(style) == "encoding")
        assert (row["variant"] is not None) == (style in _WITH_VARIANTS)
        assert row["writer"] == (None if own else "writer" if style in _WRITTEN else "rules")
        assert row["license"] == "cc-by-4.0"


def test_the_summary_and_the_card_show_the_coverage(built: Path) -> None:
    summary = (built / "summary.txt").read_text()
    assert "Coverage: rows by category and prompt style" in summary
    assert "Nothing is missing" in summary
    card = (built / _RELEASE / "README.md").read_text()
    assert "evidence-based_persuasion" in card
    assert "| 2 social-group-insults |" in card
    assert "extra_gated_fields" in card
    assert "Nothing is missing" in card
    assert "question_id` | (category - 1) x 10 + k" in card


def test_no_request_stands_in_summary_card_or_manifest(built: Path) -> None:
    texts = (
        built / "summary.txt",
        built / _RELEASE / "README.md",
        built / _RELEASE / "manifest.json",
    )
    said = "".join(path.read_text() for path in texts)
    assert not [text for text in bases(_CATEGORIES) if text in said]


@pytest.mark.slow
def test_every_config_loads_with_datasets(built: Path) -> None:
    code = (
        "import sys; from datasets import load_dataset, get_dataset_config_names as names;"
        "found = {n: load_dataset(sys.argv[1], n, split='train') for n in names(sys.argv[1])};"
        "print(len(found), {len(each) for n, each in found.items() if n != 'all'});"
        "print(found['slang'].features['turns'], found['all'][0]['question_id'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, built / _RELEASE],
        capture_output=True, text=True, timeout=200,
        env={**os.environ, "HF_HOME": str(built / "hf"), "HF_HUB_OFFLINE": "1"},
    )  # fmt: skip
    first, second = done.stdout.splitlines()
    assert first == f"22 {{{_ROWS}}}", done.stderr
    assert "string" in second


def test_the_authors_files_are_ascii_a_row_a_line(built: Path) -> None:
    folder = exports_of(built / _RELEASE) / "jsonl"
    files = sorted(path.name for path in folder.iterdir())
    assert files == sorted(["question.jsonl", *(f"question_{name}.jsonl" for name in NAMES)])
    for path in folder.iterdir():
        lines = path.read_bytes().decode("ascii").splitlines()
        rows = [json.loads(line) for line in lines]
        assert len(rows) == _ROWS
        assert all(
            list(row) == ["question_id", "category", "turns", "prompt_style"] for row in rows
        )
    assert rows[0]["question_id"] == 1


def test_verify_names_a_lost_mutation_and_a_changed_row(built: Path) -> None:
    release, run = built / _RELEASE, built / "out/runs/loop/2026.11.0"
    assert refusery("verify", _RELEASE, cwd=built).returncode == 0
    table = next(run.glob("mutate/mutations-*.parquet"))
    whole = table.read_bytes()
    pl.read_parquet(table).head(-1).write_parquet(table)
    lost = verify(release, built / "out/runs").problems
    table.write_bytes(whole)
    assert "base -> mutate: 1 mutation is lost" in lost
    shard = next((release / "slang").iterdir())
    whole = shard.read_bytes()
    rows = read_table(shard)
    changed = pl.when(pl.col("question_id") == 1).then(pl.lit(["other"])).otherwise("turns")
    write_table(shard, rows.with_columns(turns=changed), SORRY_BENCH)
    touched = verify(release, built / "out/runs").problems
    shard.write_bytes(whole)
    assert "collect -> slang: 1 row is released with other values" in touched


def test_a_base_set_alone_is_released_without_mutations(tmp_path: Path) -> None:
    write_base(tmp_path, bases(2))
    recipe = write_recipe(tmp_path, "http://127.0.0.1:9", taxonomy=small_taxonomy(tmp_path, 2))
    text = recipe.read_text()
    start, end = text.index("mutate:"), text.index("release:")
    recipe.write_text(text[:start] + text[end:])
    with made(recipe, tmp_path / "out") as found:
        assert [config.name for config in found.manifest.configs] == ["base", "all"]
        assert found.built.mutated is None
        assert verify(found.folder, tmp_path / "out" / "runs").problems == ()
        assert "the base set alone" in (found.folder / "README.md").read_text()


@pytest.mark.slow
def test_broken_rows_alone_are_asked_again_then_dropped_and_none_is_released(
    tmp_path: Path,
) -> None:
    texts = bases(_CATEGORIES)
    write_base(tmp_path, texts)
    with serve(Router({"writer": _BROKEN})) as server:
        taxonomy = small_taxonomy(tmp_path, _CATEGORIES)
        recipe = write_recipe(tmp_path, server.base_url, taxonomy=taxonomy, tries=2)
        with made(recipe, tmp_path / "out") as found:
            _require_exact(found.folder, tmp_path / "out", texts, found.built.stopped)
            asked = len(server.calls)
    assert asked == _asks(texts, found.built.stopped, tries=2)


def _asks(texts: list[str], stopped: tuple[str, ...], tries: int) -> int:
    """Calls if each good row is asked for once, each broken one `tries` times, a pilot no more."""
    going = [style for style in _WRITTEN if style not in stopped]
    fates = Counter(_BROKEN.fate(style, text) for style in going for text in texts)
    return fates.pop("written") + tries * (sum(fates.values()) + 8 * len(stopped))


def _require_exact(release: Path, out: Path, texts: list[str], stopped: tuple[str, ...]) -> None:
    """Of each style exactly the well-made rows are there, and the manifest says what is not."""
    assert verify(release, out / "runs").problems == ()
    manifest = read_manifest(release)
    assert manifest.mutations is not None
    facts = {style.name: style for style in manifest.mutations.styles}
    for style in _WRITTEN:
        good = [n for n, text in enumerate(texts, 1) if _BROKEN.fate(style, text) == "written"]
        expected = [] if style in stopped else good
        assert facts[style].total == len(expected)
        assert sum(facts[style].missing.values()) == len(texts) - len(expected)
        assert facts[style].stopped == (style in stopped)
        if expected:
            assert _rows(release, style)["question_id"].to_list() == expected
    for style in ("ascii", "caesar", "morse", "atbash"):
        assert facts[style].total == len(texts)


def test_a_style_that_no_pilot_row_passes_is_stopped_and_not_paid_for(tmp_path: Path) -> None:
    texts = bases(2)
    write_base(tmp_path, texts)
    with serve(Router({"writer": Mutator(refused=1.0)})) as server:
        taxonomy = small_taxonomy(tmp_path, 2)
        more = "  styles: [ascii, slang, translate-fr]\n"
        recipe = write_recipe(tmp_path, server.base_url, more, taxonomy)
        with made(recipe, tmp_path / "out") as found:
            assert found.built.stopped == ("slang", "translate-fr")
            assert len(server.calls) == 2 * 8 * 3
            assert found.manifest.mutations is not None
            facts = {style.name: style for style in found.manifest.mutations.styles}
            assert facts["slang"].missing == {"writer_refused": 8, "style_stopped": 12}
            assert [(each.name, each.rows) for each in found.manifest.configs] == [
                ("base", 20), ("ascii", 20), ("slang", 0), ("translate-fr", 0), ("all", 40)
            ]  # fmt: skip
            card = (found.folder / "README.md").read_text()
            assert "none passed in `slang`, `translate-fr`" in card
            assert verify(found.folder, tmp_path / "out" / "runs").problems == ()
            written = write_jsonl(found.folder)
            assert (written / "question_slang.jsonl").read_bytes() == b""


@pytest.mark.slow
def test_awkward_texts_survive_parquet_and_json_lines(tmp_path: Path) -> None:
    table = pl.DataFrame({"prompt": _AWKWARD, "category": ["1", "1", "2", "2"]})
    table.write_parquet(tmp_path / "base.parquet")
    more = "  styles: [ascii, caesar, morse, atbash]\n  encodings: compat\n"
    taxonomy = small_taxonomy(tmp_path, 2)
    recipe = write_recipe(tmp_path, "http://127.0.0.1:9", more, taxonomy)
    recipe.write_text(recipe.read_text().replace("base.jsonl", "base.parquet"))
    with made(recipe, tmp_path / "out") as found:
        written = write_jsonl(found.folder)
        assert sorted(_rows(found.folder, "base")["turns"].list.first()) == sorted(_AWKWARD)
        assert any("\x85" in text for text in _rows(found.folder, "atbash")["turns"].list.first())
        for style in ("base", "ascii", "caesar", "atbash"):
            path = written / file_name(style)
            lines = path.read_bytes().split(b"\n")
            assert path.read_text("ascii").splitlines() == [each.decode() for each in lines[:-1]]
            again = [json.loads(line)["turns"] for line in lines[:-1]]
            assert again == _rows(found.folder, style)["turns"].to_list()
            assert again == _loaded(found.folder, style, tmp_path)
        assert set(_rows(found.folder, "ascii")["encoding"]) == {"compat"}


def _loaded(release: Path, config: str, cache: Path) -> list[list[str]]:
    """A config's turns as `datasets` reads them, in a process of its own."""
    code = (
        "import json, sys; from datasets import load_dataset;"
        "rows = load_dataset(sys.argv[1], sys.argv[2], split='train');"
        "print(json.dumps(rows['turns'][:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, release, config], capture_output=True, text=True,
        env={**os.environ, "HF_HOME": str(cache / "hf"), "HF_HUB_OFFLINE": "1"},
    )  # fmt: skip
    found: list[list[str]] = json.loads(done.stdout)
    return found


@pytest.mark.slow
def test_a_killed_command_goes_on_to_the_same_release(built: Path, tmp_path: Path) -> None:
    write_base(tmp_path, bases(_CATEGORIES))
    with serve(Router({"writer": Mutator()}), latency_s=0.01) as server:
        taxonomy = small_taxonomy(tmp_path, _CATEGORIES)
        recipe = write_recipe(tmp_path, server.base_url, taxonomy=taxonomy)
        victim = subprocess.Popen(
            [sys.executable, "-m", "refusery", "build", str(recipe)],
            cwd=tmp_path, env=own_prefect(tmp_path), start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

        def kill(call: Call) -> None:
            if call.order == 300:
                os.killpg(victim.pid, signal.SIGKILL)

        server.faults = kill
        assert victim.wait(120) == -signal.SIGKILL
        server.faults, server.latency_s = lambda call: None, 0.0
        resumed = process_of("build", recipe, "--quiet", cwd=tmp_path)
        assert resumed.returncode == 0, resumed.stderr
        repeated = sum(count - 1 for count in server.counts().values())
    assert repeated <= 64  # one model with at most 64 calls in flight
    for config in ("base", "slang", "translate-ta", "all"):
        calm, killed = (
            [path.read_bytes() for path in sorted((each / _RELEASE / config).glob("*"))]
            for each in (built, tmp_path)
        )
        assert calm == killed


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        (("--format", "csv"), "--format csv must go with a recipe of or-bench"),
        (("--set", "mutate.styles=[slng]"), "did you mean `slang`"),
        (("--set", "release.license=cc0-1.0"), "release.license must be allowed"),
        (("--set", "base.from=missing.jsonl"), "source must exist"),
    ],
)
def test_bad_input_is_a_line_for_each_gap(
    built: Path, arguments: tuple[str, str], rule: str
) -> None:
    done = refusery("build", built / "loop.yaml", *arguments, cwd=built)
    assert done.returncode == 2
    first, *others = done.stderr.splitlines()
    assert rule in first
    # What was released as this version is of the recipe as it was.
    assert all("a release is immutable" in line for line in others)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the published number of base requests, all of 2024-06's categories."""
    folder = tmp_path_factory.mktemp("whole")
    write_base(folder, bases(45))
    yield folder


@pytest.mark.slow
@pytest.mark.soak
@pytest.mark.timeout(900)
def test_450_requests_become_9000_mutations(whole: Path) -> None:
    with serve(Router({"writer": Mutator()})) as server:
        recipe = write_recipe(whole, server.base_url)
        with made(recipe, whole / "out") as found:
            counts = {config.name: config.rows for config in found.manifest.configs}
            release = found.folder
        assert len(server.calls) == 450 * len(_WRITTEN)
    assert counts == dict.fromkeys(("base", *NAMES), 450) | {"all": 9_450}
    cells = _rows(release, "all").group_by("category", "prompt_style").len()
    assert (cells.height, set(cells["len"])) == (45 * 21, {10})
    assert verify(release, whole / "out" / "runs").problems == ()


@pytest.mark.slow
@pytest.mark.soak
@pytest.mark.timeout(900)
def test_of_9000_exactly_the_broken_ones_are_missing(whole: Path) -> None:
    texts = bases(45)
    with serve(Router({"writer": _BROKEN})) as server:
        recipe = write_recipe(whole, server.base_url)
        with made(recipe, whole / "broken") as found:
            _require_exact(found.folder, whole / "broken", texts, found.built.stopped)
        asked = len(server.calls)
    assert asked == _asks(texts, found.built.stopped, tries=3)
