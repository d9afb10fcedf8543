from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from artifacts.errors import ReleaseDamagedError, ReleaseTakenError
from artifacts.manifest import Manifest, Recipe, ReleaseFacts, read_manifest
from artifacts.release import write_release
from artifacts.releases import damages
from artifacts.schemas import OR_BENCH
from artifacts.tables import Limit, read_table
from artifacts.verify.release import verify
from artifacts.version_facts import Lineage, ReviewFacts, Tombstone, Writing
from artifacts.version_facts import Release as Pinned
from base.errors import FileUnwritableError
from tests.artifacts.small_run import CATEGORIES, SmallRun

SHARD = "or-bench-80k/train-00000-of-00001.parquet"
HARD = "or-bench-hard-1k/train-00000-of-00001.parquet"
TOXIC = "or-bench-toxic/train-00000-of-00001.parquet"


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_a_release_is_a_card_a_manifest_and_a_folder_for_each_config_with_rows(
    run: SmallRun,
) -> None:
    run.publish(run.without_hard())
    assert sorted(contents(run.release)) == ["README.md", "manifest.json", SHARD, TOXIC]
    assert [path.name for path in run.release.parent.iterdir()] == ["1.0"]


def test_the_manifest_says_what_is_in_each_config(run: SmallRun) -> None:
    run.publish(run.without_hard())
    whole, empty, toxic = read_manifest(run.release).configs
    assert empty.name == "or-bench-hard-1k"
    assert (whole.name, whole.rows, toxic.rows, empty.rows) == ("or-bench-80k", 2, 1, 0)
    assert whole.categories == {"hate": 1, "illegal": 1, "privacy": 0}
    assert empty.categories == dict.fromkeys(CATEGORIES, 0)
    assert empty.files == ()
    assert empty.columns == whole.columns
    assert list(whole.columns)[:3] == ["prompt", "category", "id"]
    assert whole.columns["checks"] == "list<element: struct<name: string, value: double>>"
    assert [file.name for file in whole.files] == [SHARD]


def test_the_manifest_has_the_recipe_the_funnel_and_the_cost(released: SmallRun) -> None:
    manifest = json.loads((released.release / "manifest.json").read_text())
    assert manifest["recipe"]["text"] == "benchmark: or-bench\n"
    assert [edge["stage"] for edge in manifest["funnel"]][-1] == "subsets"
    assert manifest["funnel"][1]["parents"] == {"expanded": 2, "dropped": 1, "failed": 1}
    assert (manifest["contested"], manifest["undecided"], manifest["demo"]) == (2, 1, False)
    assert manifest["cost"]["usd"] is None
    assert manifest["models"][0]["identity"] == "127"
    assert manifest["format"] == 1
    assert manifest["rescue"]["answerer"] == "helper"
    assert manifest["panel"]["targets"][1]["missing"] == {"empty": 1}
    assert (manifest["hard"]["undecided"], manifest["toxic"]["drawn"]) == (1, 1)
    assert manifest["relatives"] == ["guard is a moderator and the model of target p"]


def test_a_manifest_of_an_earlier_version_is_still_read(released: SmallRun) -> None:
    path = released.release / "manifest.json"
    manifest = json.loads(path.read_text())
    for name in ("rescue", "panel", "hard", "toxic", "balance", "relatives"):
        del manifest[name]
    for edge in manifest["funnel"]:
        del edge["answers"]
    path.write_text(json.dumps(manifest))
    found = read_manifest(released.release)
    assert (found.rescue, found.panel, found.hard, found.relatives) == (None, None, None, ())


def test_the_canary_follows_from_benchmark_version_and_data_alone(
    run: SmallRun, tmp_path: Path
) -> None:
    first = write_release(tmp_path / "a", run.views(), run.facts())
    later = write_release(tmp_path / "b", run.views(), run.facts(created="2027-01-01T00:00:00Z"))
    other = write_release(tmp_path / "c", run.views(), run.facts(version="1.1"))
    fewer = write_release(tmp_path / "d", run.views()[:1], run.facts())
    assert first.canary == later.canary
    assert len({first.canary, other.canary, fewer.canary}) == 3


def test_shards_and_card_are_the_same_bytes_whenever_they_are_written(
    run: SmallRun, tmp_path: Path
) -> None:
    write_release(tmp_path / "a", run.views(), run.facts())
    write_release(tmp_path / "b", run.views(), run.facts(created="2027-01-01T00:00:00Z"))
    first, second = contents(tmp_path / "a"), contents(tmp_path / "b")
    assert {name for name in first if first[name] != second[name]} == {"manifest.json"}


def test_writing_the_same_data_again_changes_nothing(released: SmallRun) -> None:
    before = contents(released.release)
    again = released.publish(created="2027-01-01T00:00:00Z", recipe=Recipe.of("small", "other"))
    assert contents(released.release) == before
    assert again == read_manifest(released.release)


def test_other_data_is_refused_and_the_release_stays_as_it_is(released: SmallRun) -> None:
    before = contents(released.release)
    fewer = released.views(released.kept("subsets").filter(pl.col("row") != "a1"))
    with pytest.raises(
        ReleaseTakenError, match=r"immutable; .*other data of or-bench-80k"
    ) as caught:
        write_release(released.release, fewer, released.facts())
    assert caught.value.exit_code == 1
    assert contents(released.release) == before
    assert [path.name for path in released.release.parent.iterdir()] == ["1.0"]


@pytest.mark.parametrize(
    "other",
    [
        {"license": "mit"},
        {"demo": True},
        {"lineage": Lineage("refresh", against=(Pinned("0.9", "abc"),))},
        {"tombstones": (Tombstone("0" * 16, "out of date", "1.0"),)},
        {"review": ReviewFacts(Pinned("0.9", "abc"), 4, 4, 0, 1, {}, None, {})},
    ],
)
def test_the_same_rows_with_other_terms_or_another_past_are_refused_too(
    released: SmallRun, other: dict[str, object]
) -> None:
    before = contents(released.release)
    with pytest.raises(ReleaseTakenError, match=f"another {next(iter(other))}"):
        released.publish(**other)
    assert contents(released.release) == before


def test_a_release_with_a_past_is_found_written(run: SmallRun) -> None:
    past: dict[str, object] = {
        "lineage": Lineage(
            "extend", Pinned("0.9", "abc"), 2, (Pinned("0.9", "abc"),), Writing("0.9", 3, 5)
        ),
        "tombstones": (Tombstone("0" * 16, "out of date", "0.9"),),
        "review": ReviewFacts(
            *(Pinned("0.9", "abc"), 4, 4, 1, 2),
            *({"or-bench-80k": (4, 1, (0.01, 0.6))}, 0.5, {"guard": (None, 0, 0.25, 4)}),
        ),
    }
    first = run.publish(**past)
    assert run.publish(created="2027-01-01T00:00:00Z", **past) == first
    assert read_manifest(run.release) == first


def test_a_config_more_or_less_is_other_data(released: SmallRun) -> None:
    with pytest.raises(ReleaseTakenError, match="or-bench-toxic"):
        write_release(released.release, released.views()[:2], released.facts())


def test_a_folder_that_holds_something_else_is_left_alone(run: SmallRun) -> None:
    run.release.mkdir(parents=True)
    (run.release / "notes.txt").write_text("mine")
    with pytest.raises(ReleaseDamagedError, match=r"manifest\.json must be readable"):
        run.publish()
    assert contents(run.release) == {"notes.txt": b"mine"}


def test_what_a_killed_write_left_behind_does_not_enter_the_release(run: SmallRun) -> None:
    stale = run.release.with_name(".1.0.part") / "or-bench-80k" / "train-00009-of-00010.parquet"
    stale.parent.mkdir(parents=True)
    stale.write_bytes(b"stale")
    run.publish()
    assert sorted(contents(run.release)) == ["README.md", "manifest.json", SHARD, HARD, TOXIC]


@pytest.mark.parametrize("name", [SHARD, "README.md", "manifest.json"])
def test_a_release_is_called_written_only_where_every_file_is_as_it_was(
    released: SmallRun, name: str
) -> None:
    (released.release / name).unlink()
    with pytest.raises(ReleaseDamagedError, match=name.replace(".", r"\.")) as caught:
        released.publish()
    assert "move its folder out of releases/ and build again" in str(caught.value)
    assert caught.value.exit_code == 1


def test_a_file_that_changes_before_its_release_takes_its_place_leaves_none(run: SmallRun) -> None:
    def report(manifest: Manifest) -> str:
        (made,) = run.release.parent.iterdir()
        data = bytearray((made / SHARD).read_bytes())
        data[100] ^= 1
        (made / SHARD).write_bytes(data)
        return ""

    with pytest.raises(ReleaseDamagedError, match=f"as it was written; .*{SHARD}"):
        write_release(run.release, run.views(), run.facts(), report=report)
    assert list(run.release.parent.iterdir()) == []


def test_of_two_that_write_at_once_the_first_has_written_the_release(run: SmallRun) -> None:
    """The second is a writer in the middle of whose audit the first one ends."""

    def complete(facts: ReleaseFacts) -> ReleaseFacts:
        write_release(run.release, run.views(), run.facts())
        return facts

    made = write_release(run.release, run.views(), run.facts(demo=False), complete=complete)
    assert made == read_manifest(run.release)
    assert [path.name for path in run.release.parent.iterdir()] == ["1.0"]
    shutil.rmtree(run.release)
    fewer = run.views(run.kept("subsets").filter(pl.col("row") != "a1"))
    with pytest.raises(ReleaseTakenError, match="other data of or-bench-80k"):
        write_release(run.release, fewer, run.facts(), complete=complete)
    assert read_manifest(run.release).configs == made.configs
    assert verify(run.release).sound


_WRITES = """
import sys
from pathlib import Path
import polars as pl
from artifacts.release import write_release
from base.errors import RefuseryError
from tests.artifacts.small_run import SmallRun
run, place, gone = SmallRun(Path(sys.argv[1])), Path(sys.argv[2]), sys.argv[3]
views, facts = run.views(run.kept("subsets").filter(pl.col("row") != gone)), run.facts()
print("ready", flush=True)
for line in sys.stdin:
    try:
        write_release(place / line.strip(), views, facts)
        print("written", flush=True)
    except RefuseryError as error:
        print(type(error).__name__, flush=True)
"""


@pytest.mark.slow
def test_processes_that_write_one_version_leave_one_sound_release(run: SmallRun) -> None:
    with _writer(run, "a1") as one, _writer(run, "a3") as other:
        others = [(each.stdin, each.stdout) for each in (one, other) if each.stdin and each.stdout]
        assert [answers.readline() for _, answers in others] == ["ready\n"] * 2
        for number in range(30):
            for asked, _ in others:
                asked.write(f"1.{number}\n")
                asked.flush()
            said = [answers.readline().strip() for _, answers in others]
            assert sorted(said) == ["ReleaseTakenError", "written"]
            made = run.out / "races" / f"1.{number}"
            assert not list(damages(made, read_manifest(made)))
    assert len(list((run.out / "races").iterdir())) == 30


def _writer(run: SmallRun, gone: str) -> subprocess.Popen[str]:
    """A process that writes the run's release without one row, under each version it is told."""
    return subprocess.Popen(
        [sys.executable, "-c", _WRITES, str(run.out), str(run.out / "races"), gone],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_place_that_cannot_be_written_is_named(run: SmallRun) -> None:
    run.release.parent.parent.mkdir(parents=True)
    run.release.parent.write_text("a file where a folder should be")
    with pytest.raises(FileUnwritableError, match=r"a file must be writable: Not a directory"):
        run.publish()


def test_a_large_config_is_cut_into_shards_named_for_the_hub(run: SmallRun, tmp_path: Path) -> None:
    everything = run.views(run.kept("subsets").with_columns(label=pl.lit("safe")))[:1]
    manifest = write_release(tmp_path / "r", everything, run.facts(), limit=Limit(3, 10**9))
    names = [file.name for file in manifest.configs[0].files]
    assert names == [f"or-bench-80k/train-0000{n}-of-00002.parquet" for n in (0, 1)]
    assert [file.rows for file in manifest.configs[0].files] == [3, 1]
    frames = [read_table(tmp_path / "r" / name) for name in names]
    assert pl.concat(frames).equals(everything[0].rows)


def test_polars_reads_a_config(released: SmallRun) -> None:
    found = pl.read_parquet(released.release / "or-bench-80k" / "*.parquet")
    assert found.equals(released.views()[0].rows)


LOAD = """
import json, sys
from datasets import get_dataset_config_names, load_dataset
release, cache = sys.argv[1:]
found = get_dataset_config_names(release)
loaded = {
    "plain": load_dataset("parquet", data_dir=f"{release}/or-bench-80k", cache_dir=cache),
    "card": load_dataset(release, "or-bench-80k", cache_dir=cache),
    "default": load_dataset(release, cache_dir=cache),
    "toxic": load_dataset(release, "or-bench-toxic", cache_dir=cache),
}
if len(found) > 2:
    loaded["hard"] = load_dataset(release, "or-bench-hard-1k", cache_dir=cache)
print(json.dumps({name: found["train"].to_list() for name, found in loaded.items()}))
"""


def loaded_by_datasets(release: Path, tmp_path: Path) -> dict[str, list[dict[str, object]]]:
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_CACHE": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(release), str(tmp_path / "cache")],
        env={**os.environ, **offline, "HF_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, list[dict[str, object]]] = json.loads(done.stdout)
    return found


def test_datasets_reads_the_three_configs_offline_by_folder_and_by_card(
    released: SmallRun, tmp_path: Path
) -> None:
    loaded = loaded_by_datasets(released.release, tmp_path)
    whole, hard, toxic = (view.rows.to_dicts() for view in released.views())
    assert loaded["plain"] == loaded["card"] == loaded["default"] == whole
    assert loaded["hard"] == hard
    assert loaded["toxic"] == toxic
    assert [row["panel"] is None for row in (*hard, *toxic)] == [False, True]


@pytest.mark.slow
def test_datasets_and_polars_read_the_others_where_one_config_has_no_rows(
    run: SmallRun, tmp_path: Path
) -> None:
    run.publish(run.without_hard())
    loaded = loaded_by_datasets(run.release, tmp_path)
    assert "hard" not in loaded
    whole, _, toxic = run.views(run.without_hard())
    assert loaded["card"] == whole.rows.to_dicts()
    assert loaded["toxic"] == toxic.rows.to_dicts()
    both = [
        pl.read_parquet(run.release / name / "*.parquet") for name in (whole.config, toxic.config)
    ]
    assert [rows.schema for rows in both] == [OR_BENCH, OR_BENCH]


def test_a_category_outside_the_taxonomy_is_counted_too(run: SmallRun, tmp_path: Path) -> None:
    facts = replace(run.facts(), categories=("hate",))
    manifest = write_release(tmp_path / "r", run.views(), facts)
    assert manifest.configs[0].categories == {"hate": 1, "illegal": 1}
