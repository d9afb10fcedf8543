"""Two recipes of one benchmark in one output folder: a data set and runs of its own for each."""

from __future__ import annotations

from pathlib import Path

import pytest

from artifacts.manifest import Manifest, read_manifest
from artifacts.releases import versions_of
from artifacts.verify.release import verify
from tests.loopback import refusery
from tests.mutation_set import bases, small_taxonomy, write_base

_RECIPE = """\
benchmark: sorry-bench
taxonomy: small.yaml
base: {{from: base.jsonl, license: cc-by-4.0, redistribute: true}}
mutate: {{styles: [caesar, atbash]}}
mode: {mode}
release: {{version: {version}, name: {name}}}
"""


def _write(
    path: Path, name: str, categories: int, version: str = "next", mode: str = "null"
) -> None:
    path.parent.mkdir(exist_ok=True)
    write_base(path.parent, bases(categories))
    small_taxonomy(path.parent, categories)
    path.write_text(_RECIPE.format(name=name, version=version, mode=mode), encoding="utf-8")


def _build(path: Path) -> Path:
    done = refusery("build", path, "--quiet", cwd=path.parents[1])
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two recipes of one file name; each built twice, the second time as an extension."""
    folder = tmp_path_factory.mktemp("shared")
    for place, categories in (("one", 1), ("two", 2)):
        _write(folder / place / "mine.yaml", f"set-{place}", categories)
    for mode in ("null", "extend"):
        for place, categories in (("one", 1), ("two", 2)):
            if mode == "extend":
                _write(folder / place / "mine.yaml", f"set-{place}", categories, mode=mode)
            _build(folder / place / "mine.yaml")
    return folder


def test_each_has_releases_and_versions_of_its_own(shared: Path) -> None:
    found = {name: versions_of(shared / "out", name) for name in ("set-one", "set-two")}
    assert len(found["set-one"]) == 2
    assert found["set-one"] == found["set-two"]  # neither took a number from the other
    rows = {
        name: [
            {each.name: each.rows for each in _manifest(shared, name, version).configs}["base"]
            for version in versions
        ]
        for name, versions in found.items()
    }
    assert rows == {"set-one": [10, 10], "set-two": [20, 20]}


def _manifest(shared: Path, name: str, version: str) -> Manifest:
    return read_manifest(shared / "out" / "releases" / name / version)


def test_each_extends_its_own(shared: Path) -> None:
    for name in ("set-one", "set-two"):
        first, second = versions_of(shared / "out", name)
        lineage = _manifest(shared, name, second).lineage
        assert lineage.parent is not None
        assert (lineage.mode, lineage.parent.version) == ("extend", first)


def test_each_has_runs_of_its_own_and_verifies(shared: Path) -> None:
    runs = sorted(each.name for each in (shared / "out" / "runs").iterdir() if each.is_dir())
    assert runs[0] == "mine"
    assert len(runs) == 2
    assert runs[1].startswith("mine-")
    for release in (shared / "out" / "releases").glob("set-*/2*"):
        assert verify(release, shared / "out" / "runs").sound


def test_an_audit_of_one_is_held_against_its_own_earlier_releases(shared: Path) -> None:
    newest = versions_of(shared / "out", "set-two")[-1]
    release = shared / "out" / "releases" / "set-two" / newest
    done = refusery("audit", release, cwd=shared)
    assert done.returncode == 0, done.stderr
    assert "set-one" not in done.stdout
    assert (shared / "out" / "audits" / "set-two" / newest).is_dir()


def test_the_card_is_titled_by_the_name(shared: Path) -> None:
    version = versions_of(shared / "out", "set-one")[0]
    card = (shared / "out" / "releases" / "set-one" / version / "README.md").read_text()
    assert f"pretty_name: set-one {version}" in card
    assert "# set-one" in card


def test_the_same_name_and_version_are_refused_before_anything_is_made(tmp_path: Path) -> None:
    for place in ("one", "two"):
        _write(tmp_path / place / "mine.yaml", "same", 1, version="2026.11.0")
    _build(tmp_path / "one" / "mine.yaml")
    done = refusery("build", "two/mine.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert "is another recipe's" in done.stderr
    assert done.stderr.count("\n") == 1
    runs = [each for each in (tmp_path / "out/runs").glob("*/*") if each.is_dir()]
    assert len(runs) == 1


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ('"a/b"', "release.name must be small letters, digits and single dashes"),
        ("or-bench", "release.name must not be another benchmark's"),
        ('""', "release.name must be"),
        ("Mine", "release.name must be"),
        ("..", "release.name must be"),
    ],
)
def test_a_name_that_is_no_name_is_one_line(tmp_path: Path, name: str, says: str) -> None:
    _write(tmp_path / "one" / "mine.yaml", name, 1)
    for verb in ("plan", "build"):
        done = refusery(verb, "one/mine.yaml", cwd=tmp_path)
        assert done.returncode == 2
        assert says in done.stderr
        assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()
