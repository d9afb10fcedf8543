"""An edited pattern, word list, template or data file makes exactly its users' stages anew.

Who uses what is found in the code itself (`reach`), not in a list that somebody has to keep.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
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
from checks.artefacts import Leftovers
from checks.errors import OptionInvalidError
from generators.errors import ExamplesInvalidError
from moderators.refusal import trained
from tests.pipelines.stages.edits import edits, files_read, value_of, with_constant, with_file
from tests.pipelines.stages.reach import Constant, constants
from tests.pipelines.stages.worlds import Made, Worlds
from tests.sampling import some

pytestmark = pytest.mark.embedded

_ROOT = Path(__file__).parents[3]
_PACKAGES = (checks, moderators, generators, curation)
MODULES = sorted(
    [
        each.name
        for package in _PACKAGES
        for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]
    + ["pipelines.stages.decoding", "inference.types"]
)
FILES = sorted(
    path.relative_to(_ROOT).as_posix()
    for package in _PACKAGES
    for pattern in ("*.md", "*.yaml", "*.csv", "*.txt")
    for path in Path(package.__path__[0]).rglob(pattern)
)

NO_MATTER = {
    Constant("checks.identity", "HEX_CHARACTERS"): "the form of every key in every table",
    Constant("checks.shown", "_MOST"): "only where nobody knows what a writer was shown",
    Constant("checks.language", "_OTHER_CODES"): "a hint in an error alone",
    Constant("checks.language_table", "ENGLISH"): "the code of a language",
    Constant("checks.lexica", "_ANY"): "a sign that every list is written with",
    Constant("checks.lexica", "_REST"): "a sign that every list is written with",
    Constant("checks.ngrams", "WITHOUT_SPACES"): "what follows from it is in a length's digest",
    **{
        Constant("generators.examples.rewrites", name): "a bank that breaks a rule is refused"
        for name in ("_IMPORTED", "_ASKING", "_BROKEN", "_KINDS")
    },
    Constant("moderators.votes", "RULES"): "stands in an error alone",
    Constant("curation.characters", "LEAST"): "below it a threshold is refused",
    Constant("curation.near", "BLOCK"): "how much is searched at once",
    Constant("curation.near", "CHUNK"): "how much is embedded at once",
    Constant("moderators.refusal.trained", "_ARRAYS"): "how a trained judge is written",
    Constant("pipelines.stages.decoding", "_NO_ITEM"): "is empty",
    Constant("moderators.classifier", "_NONE"): "every shipped taxonomy has its own",
}
"""Constants that decide no row."""


_TOLD = (".name", ".measures_risk", ".tells_refusals")
"""What recipes and audits go by: no answer is asked for or read in another way."""


IN_PART = {
    Constant("checks.language", "_LETTERS"): "by script",
    **{
        Constant("checks.language", name): "of languages other than English"
        for name in ("READ_CHARACTERS", "_LEAST_SHARE", "_MOST_FOREIGN", "_HIGHER")
    },
    **{
        Constant("checks.registry", name): "which checks a language has"
        for name in ("_ENGLISH_ONLY", "_LATIN_ONLY")
    },
    **{
        Constant("checks.ngrams", name): "where no encoder knows the language"
        for name in ("NEAR", "NEAR_WITHOUT_SPACES", "_SHORT", "_LONG", "_KEPT", "_VERSION")
    },
    **{
        Constant("curation.characters", name): "where no encoder knows the language"
        for name in ("MISSED", "_PERMUTATIONS", "_SEED", "_SCHEME")
    },
    **{
        Constant("curation.openers", name): "of languages other than English"
        for name in ("_OPENING_CHARACTERS", "_OF_WORDS")
    },
    **{
        Constant("checks.foreign_refusals", name): "where more languages than English are read"
        for name in (
            *("OTHER", "_INVISIBLE", "_MARKS", "_SENTENCE_END", "_ALIKE", "_GAP", "_CLAUSE"),
            *("_SENTENCES", "_SURE_SHARE", "_LEAST_SHARE", "_MOST_FOREIGN"),
        )
    },
    **{
        Constant("moderators.refusal.keyword", name): "where more languages than English are read"
        for name in ("OTHER_LANGUAGE", "FOREIGN")
    },
    Constant("moderators.refusal.types", "LABEL_SETS"): "by label set",
    Constant("generators.mutations.encodings.morse", "TABLE"): "in wrappers that show it",
    Constant("generators.mutations.encodings.morse", "PUBLISHED"): "in wrappers that show it",
    Constant("generators.mutations.encodings.morse", "GAP"): "in wrappers that show it",
    Constant("moderators.guards.wildguard", "_BEFORE"): "where it is sent bare text",
    Constant("moderators.guards.wildguard", "_AFTER"): "where it is sent bare text",
}
"""Constants of which not every stage that reads them has a part: fewer stages change."""


FILES_IN_PART = {
    "checks/languages.yaml": "read for other languages than English alone, by code that all share",
    "generators/mutations/data/style_definitions.yaml": "a judge is told the entry of its style",
    "generators/templates/seeds.md": "calls are about cells where it has places for them",
}
"""Files of which not every stage that may read them has a part."""


_SAID_ALONE = (".own_api", ".UNSAID", ".POLICIES", ".PAPER", ".LENIENT")
"""Constants that no answer hangs on: what a warning, an error or an older release is told by."""


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
def _eased() -> Iterator[None]:
    """The same YAML is parsed once; a trained judge is taken whatever its features are by now."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml, "safe_load", cache(yaml.safe_load))
        patch.setattr(trained, "is_current", lambda version: True)
        yield


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Known:
    for name in MODULES:
        importlib.import_module(name)
    worlds = Worlds(tmp_path_factory.mktemp("worlds"))
    stages = worlds.stages()
    using: dict[Constant, set[str]] = defaultdict(set)
    for name, stage in stages.items():
        for constant in constants(stage.work):
            if constant not in NO_MATTER and not constant.name.endswith(_TOLD):
                using[constant].add(name)
    return Known(
        worlds,
        {name: stage.digest for name, stage in stages.items()},
        {constant: frozenset(names) for constant, names in using.items()},
        _files(worlds, stages, using),
    )


def _files(
    worlds: Worlds, stages: Mapping[str, Made], using: Mapping[Constant, set[str]]
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


@pytest.mark.slow
@pytest.mark.parametrize("module", MODULES)
def test_an_edited_constant_changes_the_digests_of_exactly_the_stages_that_read_it(
    module: str, known: Known
) -> None:
    for constant in [each for each in known.constants if each.module == module]:
        if f".{constant.name}".endswith(_SAID_ALONE):
            continue
        users, seen = known.constants[constant], set[str]()
        others = [*edits(value_of(constant))]
        for value in others:
            with with_constant(constant, value):
                try:
                    now = known.worlds.digests({name.partition(": ")[0] for name in users})
                except (
                    KeyError,
                    OptionInvalidError,
                    ExamplesInvalidError,
                ):  # no stage can be made any more
                    continue
            changed = known.changed(now)
            assert changed <= users, constant
            assert changed == users or constant in IN_PART, constant
            seen |= changed
        assert seen or not others, constant
    assert known.changed(known.worlds.digests({"whole"})) == set()


def test_what_cannot_be_edited_here_is_a_path_or_a_table_of_functions(known: Known) -> None:
    values = [value_of(each) for each in known.constants]
    whole = [each for each in values if not any(True for _ in edits(each))]
    tables = [each for each in whole if not isinstance(each, Path)]
    assert len(whole) > len(tables)
    for table in tables:
        assert isinstance(table, dict)
        assert all(map(callable, table.values()))


def test_a_pattern_that_a_check_leaves_out_of_its_digest_is_found(known: Known) -> None:
    constant = Constant("checks.artefacts", "_ANY")
    users = known.constants[constant]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Leftovers, "digest", property(lambda self: "0" * 64))
        before = known.worlds.digests({"check leftovers"})
        with with_constant(constant, re.compile("banana")):
            assert known.worlds.digests({"check leftovers"}) == before
    assert "check leftovers: clean-0" in users


@pytest.mark.parametrize(
    ("module", "name", "users"),
    [
        ("checks.request_form", "_ASKS", {"check question: clean-0", "style question: mutate"}),
        ("checks.clean", "_PREFIXES", {"built: clean", "list: rewrite-0", "style slang: mutate"}),
        ("checks.request_form", "_NO_VERB", {"built: imperative", "built: choose"}),
        ("curation.openers", "_WORD", {"whole: openers"}),
        ("moderators.guards.llama_guard", "_CODES", {"moderator llama-guard: moderate-0"}),
        ("moderators.refusal.keyword", "_AHEAD", {"evaluation: judged.d.m.s.keyword"}),
        ("generators.mutations.encodings.ciphers", "_ON", {"style caesar: mutate"}),
        ("generators.topics", "_WORD", {"list: rewrite-0"}),
    ],
)
def test_what_is_found_to_read_a_constant_is_what_reads_it(
    module: str, name: str, users: set[str], known: Known
) -> None:
    found = known.constants[Constant(module, name)]
    assert users <= found
    assert not any(
        each.startswith(("moderator profanity", "evaluation: prompts")) for each in found
    )


def test_every_data_file_is_used_by_a_stage_or_read_into_constants(known: Known) -> None:
    unused = {file for file in FILES if file not in known.files}
    assert unused == {
        "generators/mutations/encodings/data/morse.yaml",
        "checks/data/english_words.LICENSE.txt",
        *(f"moderators/templates/{each}_moderator_lenient.md" for each in ("prompt", "exchange")),
    }
    assert known.constants[Constant("generators.mutations.encodings.morse", "_SYMBOLS")]


@pytest.mark.parametrize("file", some(FILES, 5))
def test_an_edited_data_file_changes_the_digests_of_exactly_the_stages_that_use_it(
    file: str, known: Known
) -> None:
    path = _ROOT / file
    with with_file(path, _edited(path)):
        now = known.worlds.digests()
    changed, users = known.changed(now), known.files.get(file, frozenset())
    assert changed <= users
    assert changed == users or (file in FILES_IN_PART and changed)
    assert known.changed(known.worlds.digests({"whole"})) == set()


def _edited(path: Path) -> bytes:
    data = path.read_bytes()
    if path.parent.name == "examples":
        return data.replace(b"?", b" now?")
    if path.suffix == ".md":
        return data.rstrip() + b" now\n"
    said = re.sub(rb"^#.*$", b"", data, flags=re.MULTILINE)
    listed = b"]" if data.rstrip().endswith(b"]") else b"\n"
    head, mark, tail = data.rpartition(b"." if b"." in said else listed)
    return head + b" now" + mark + tail
