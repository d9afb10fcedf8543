"""A release as a review sees it: each row once, with what its labels and votes were."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from artifacts.config_names import same_config
from artifacts.manifest import ConfigRecord
from artifacts.release_facts import BASE
from artifacts.release_files import release_file
from artifacts.releases import Earlier, open_release
from artifacts.tables import read_table
from artifacts.verify.release import verify
from base.did_you_mean import did_you_mean
from generators.mutations.styles import GROUPS
from people.errors import ReviewUnusableError

_OR_BENCH = ("id", "category", "prompt", "label", "votes")
_SORRY_BENCH = ("id", "category", "turns", "prompt_style", "question_id")


@dataclass(frozen=True, slots=True)
class ReleasedRow:
    """One row of a release.

    Attributes:
        id: Its content's id.
        text: The prompt.
        category: The category's name.
        style: Its prompt style; None in an over-refusal set.
        question_id: Its number in a fine-grained set; else None.
        toxic: Whether the moderators called it toxic; None in a fine-grained set.
        votes: Each moderator's vote, by the moderator's name.
    """

    id: str
    text: str
    category: str
    style: str | None
    question_id: int | None
    toxic: bool | None
    votes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Released:
    """A release with its rows.

    Attributes:
        release: The release, pinned.
        rows: Its rows by id.
        configs: By config, the ids of its rows.
        bases: Texts of the base set by `question_id`.
    """

    release: Earlier
    rows: Mapping[str, ReleasedRow]
    configs: Mapping[str, frozenset[str]]
    bases: Mapping[int, str]

    @property
    def has_styles(self) -> bool:
        """Whether it is a fine-grained set, of which people ask whether a row is well made."""
        return self.release.manifest.mutations is not None

    def ids_of(self, configs: Collection[str]) -> frozenset[str]:
        """The rows of these configs."""
        return frozenset[str]().union(*(self.configs[name] for name in configs))


def open_released(folder: Path) -> Released:
    """A release's rows, its files checked.

    Raises:
        RecordUnreadableError: The folder holds no release.
        ReviewUnusableError: A file of it is not what its manifest says.
    """
    folder = folder.resolve()
    release = open_release(folder)
    report = verify(folder)
    if not report.sound:
        rule = "a release must be sound to be reviewed (refusery verify says more)"
        raise ReviewUnusableError(rule, report.problems[0])
    names = {number: name for name, number in _numbers(release).items()}
    configs: dict[str, frozenset[str]] = {}
    rows: dict[str, ReleasedRow] = {}
    for config in release.manifest.configs:
        found = list(_rows(folder, config, names))
        configs[config.name] = frozenset(row.id for row in found)
        rows |= {row.id: row for row in found}
    bases = {
        row.question_id: row.text
        for row in rows.values()
        if row.style == BASE and row.question_id is not None
    }
    return Released(release, rows, configs, bases)


def chosen_configs(released: Released, asked: Sequence[str]) -> tuple[str, ...]:
    """The configs to draw from: those that are asked for, else all that a person can read.

    Encoded styles are left out unless they are asked for: that they decode to their base is
    checked by rule, and nobody reads them.

    Raises:
        ReviewUnusableError: One is asked for that the release does not have.
    """
    meant: set[str] = set()
    for name in asked:
        found = same_config(name, released.configs)
        if found is None:
            hint = did_you_mean(name, released.configs)
            raise ReviewUnusableError(f"--config must name a config of the release{hint}", name)
        meant.add(found)
    if asked:
        return tuple(name for name in released.configs if name in meant)
    readable = {row.id for row in released.rows.values() if not _is_encoded(row)}
    return tuple(name for name, ids in released.configs.items() if ids <= readable)


def _is_encoded(row: ReleasedRow) -> bool:
    return row.style is not None and GROUPS.get(row.style) == "encoding"


def _numbers(release: Earlier) -> Mapping[str, str]:
    found = release.manifest.mutations
    return found.numbers if found else {}


def _rows(folder: Path, config: ConfigRecord, names: Mapping[str, str]) -> Iterator[ReleasedRow]:
    wanted = _SORRY_BENCH if "turns" in config.columns else _OR_BENCH
    for file in config.files:
        for row in read_table(release_file(folder, file.name), wanted).iter_rows(named=True):
            yield _row(row, names)


def _row(row: Mapping[str, Any], names: Mapping[str, str]) -> ReleasedRow:
    label = row.get("label")
    return ReleasedRow(
        id=row["id"],
        text=row["prompt"] if "prompt" in row else "\n\n".join(row["turns"]),
        category=names.get(row["category"], row["category"]),
        style=row.get("prompt_style"),
        question_id=row.get("question_id"),
        toxic=None if label is None else label == "toxic",
        votes={vote["model"]: vote["label"] for vote in row.get("votes") or ()},
    )
