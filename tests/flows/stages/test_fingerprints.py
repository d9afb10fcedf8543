"""An edited pattern, word list, template or data file makes exactly its users' stages anew.

Who uses what is found in the code itself (`reach`), not in a list that somebody has to keep.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import yaml

import checks
import curation
import generators
import moderators
from flows.runner.stage import AnyStage
from tests.flows.stages.edits import edits, files_read, value_of, with_constant, with_file
from tests.flows.stages.reach import Constant, constants
from tests.flows.stages.worlds import Worlds

pytestmark = pytest.mark.embedded

_ROOT = Path(__file__).parents[3]
_PACKAGES = (checks, moderators, generators, curation)
MODULES = sorted(
    [
        each.name
        for package in _PACKAGES
        for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]
    + ["flows.stages.decoding"]
)
FILES = sorted(
    path.relative_to(_ROOT).as_posix()
    for package in _PACKAGES
    for pattern in ("*.md", "*.yaml", "*.csv", "*.txt")
    for path in Path(package.__path__[0]).rglob(pattern)
)

NO_MATTER = {
    Constant("checks.identity", "HEX_CHARACTERS"): "the form of every key in every table",
    Constant("checks.written_in", "LANGUAGES"): "stands in an error alone",
    Constant("moderators.votes", "RULES"): "stands in an error alone",
    Constant("curation.pairs", "BLOCK"): "how much is searched at once",
    Constant("curation.space", "CHUNK"): "how much is embedded at once",
    Constant("moderators.refusal.trained_card", "_ARRAYS"): "how a trained judge is written",
    Constant("flows.stages.decoding", "_NO_ITEM"): "is empty",
}
"""Constants that decide no row."""


@dataclass(frozen=True)
class Known:
    """All stages as they are, and which of them use which constants and files."""

    worlds: Worlds
    digests: Mapping[str, str]
    constants: Mapping[Constant, frozenset[str]]
    files: Mapping[str, frozenset[str]]

    def changed(self, now: Mapping[str, str]) -> set[str]:
        """The stages with another digest."""
        return {name for name, digest in now.items() if digest != self.digests[name]}


@pytest.fixture(scope="module", autouse=True)
def _parsed_once() -> Iterator[None]:
    """The same YAML is parsed once."""
    plain = yaml.safe_load
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml, "safe_load", cache(plain))
        yield


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Known:
    for name in MODULES:
        importlib.import_module(name)
    worlds = Worlds(tmp_path_factory.mktemp("worlds"))
    stages = worlds.stages()
    using: dict[Constant, set[str]] = defaultdict(set)
    for name, stage in stages.items():
        for constant in constants(stage):
            if constant not in NO_MATTER and not constant.name.endswith(".measures_risk"):
                using[constant].add(name)
    return Known(
        worlds,
        {name: stage.digest for name, stage in stages.items()},
        {constant: frozenset(names) for constant, names in using.items()},
        _files(worlds, stages, using),
    )


def _files(
    worlds: Worlds, stages: Mapping[str, AnyStage], using: Mapping[Constant, set[str]]
) -> dict[str, frozenset[str]]:
    """Who uses which file: read as a stage is made, or named by a constant that its code reads."""
    found: dict[str, set[str]] = defaultdict(set)
    for name in stages:
        recipe, _, stage = name.partition(": ")
        with files_read() as read:
            worlds.stage(recipe, stage)
        for path in read:
            found[_relative(path)].add(name)
    for constant, names in using.items():
        path = value_of(constant)
        if isinstance(path, Path) and path.is_file():
            found[_relative(path)] |= names
    return {path: frozenset(names) for path, names in found.items()}


def _relative(path: Path) -> str:
    return path.relative_to(_ROOT).as_posix() if path.is_relative_to(_ROOT) else str(path)


@pytest.mark.parametrize("module", MODULES)
def test_an_edited_constant_changes_the_digests_of_exactly_the_stages_that_read_it(
    module: str, known: Known
) -> None:
    for constant in [each for each in known.constants if each.module == module]:
        users = known.constants[constant]
        for value in edits(value_of(constant)):
            with with_constant(constant, value):
                now = known.worlds.digests({name.partition(": ")[0] for name in users})
            assert known.changed(now) == users, constant
    assert known.changed(known.worlds.digests({"whole"})) == set()


@pytest.mark.parametrize("file", FILES)
def test_an_edited_data_file_changes_the_digests_of_exactly_the_stages_that_use_it(
    file: str, known: Known
) -> None:
    path = _ROOT / file
    with with_file(path, _edited(path)):
        now = known.worlds.digests()
    assert known.changed(now) == known.files.get(file, frozenset())
    assert known.changed(known.worlds.digests({"whole"})) == set()


def _edited(path: Path) -> bytes:
    data = path.read_bytes()
    if path.suffix == ".md":
        return data.rstrip() + b" now\n"
    head, mark, tail = data.rpartition(b"." if b"." in data else b"\n")
    return head + b" now" + mark + tail
