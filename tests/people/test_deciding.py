"""People's decisions become a patch version: without what they rejected, with what they found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl

from artifacts.manifest import Manifest, read_manifest
from artifacts.tables import read_table
from artifacts.verify.release import verify
from measures.intervals import wilson
from people.release_review import Asking, draft
from pipelines.audits.patch import Decided, decide
from tests.people.releases import HARD, SAFE, TOXIC, contents, filled, read, save

Say = Callable[[dict[str, str]], Mapping[str, str]]
SURE = {"hate00": "toxic", "illegal03": "toxic", "privacy09": "safe", "hate05": "unsure"}


def by_label(row: dict[str, str], **said: str) -> dict[str, str]:
    """What the set itself says of a row, or what is given for it; `""` for nothing."""
    key = _key(row)
    return {"decision": said.get(key, "toxic" if key[-2:] >= "08" else "safe")}


def _key(row: dict[str, str]) -> str:
    return row["prompt"].split()[2]


def _exported(release: Path, folder: Path, people: int = 1, **more: int) -> list[Path]:
    told = draft(release, folder / "review.csv", Asking(people=people, **more))
    return list(told.rows)


def _decided(release: Path, folder: Path, *people: Say) -> Decided:
    paths = _exported(release, folder, len(people))
    return decide([filled(path, say) for path, say in zip(paths, people, strict=True)], release)


def _manifest(decided: Decided) -> tuple[Path, Manifest]:
    assert decided.patch is not None
    return decided.patch.path, read_manifest(decided.patch.path)


def _rows(release: Path, config: str) -> pl.DataFrame:
    return pl.concat([read_table(path) for path in sorted((release / config).iterdir())])


def test_a_row_that_is_called_by_the_wrong_name_leaves_the_set_and_nothing_else_changes(
    or_bench: Path, tmp_path: Path
) -> None:
    before = contents(or_bench)
    found = _decided(or_bench, tmp_path, lambda row: by_label(row, **SURE))
    path, manifest = _manifest(found)
    assert path == or_bench.with_name("2026.11.1")
    assert contents(or_bench) == before
    gone = {"hate00", "illegal03", "privacy09"}
    for config in (SAFE, HARD, TOXIC):
        was, now = _rows(or_bench, config), _rows(path, config)
        assert now.equals(was.filter(~pl.col("row").is_in([*gone])))
    assert [config.rows for config in manifest.configs] == [22, 5, 11]
    assert {stone.version for stone in manifest.tombstones} == {"2026.11.1"}
    assert {stone.reason for stone in manifest.tombstones} == {
        "called toxic by 1 of 1 person", "called safe by 1 of 1 person",
    }  # fmt: skip
    assert manifest.balance[SAFE] == 8 / 7
    assert manifest.canary != read_manifest(or_bench).canary
    assert manifest.lineage.mode == "reviewed"
    assert manifest.lineage.parent == found.facts.of
    assert manifest.lineage.carried == 33
    changes = manifest.changes
    assert changes is not None
    assert (changes.since.version, changes.withdrawn) == ("2026.11.0", 3)
    report = verify(path, or_bench.parents[2] / "runs")
    assert (report.problems, report.notes) == ((), ())


def test_the_figures_are_those_of_the_rows_that_people_decided_on(
    or_bench: Path, tmp_path: Path
) -> None:
    facts = _decided(or_bench, tmp_path, lambda row: by_label(row, **SURE)).facts
    assert (facts.sampled, facts.decided, facts.rejected, facts.people) == (36, 35, 3, 1)
    assert facts.agreement is None
    assert facts.residual == {
        SAFE: (23, 2, wilson(2, 23)),
        HARD: (6, 1, wilson(1, 6)),
        TOXIC: (12, 1, wilson(1, 12)),
    }
    # 13 rows are toxic to the person: 11 of the toxic config and two that the set calls safe.
    assert facts.moderators == {
        "lax": (0.0, 13, 0.0, 22),
        "shy": (None, 0, None, 0),
        "strict": (11 / 13, 13, 1 / 22, 22),
    }


def test_nothing_is_said_of_configs_whose_rows_could_not_all_be_drawn(
    or_bench: Path, tmp_path: Path
) -> None:
    draft(or_bench, tmp_path / "hard.csv", Asking(configs=(HARD,)))
    facts = decide([filled(tmp_path / "hard.csv", by_label)], or_bench).facts
    assert [*facts.residual] == [HARD]
    draft(or_bench, tmp_path / "safe.csv", Asking(configs=(SAFE,)))
    facts = decide([filled(tmp_path / "safe.csv", by_label)], or_bench).facts
    assert [*facts.residual] == [SAFE, HARD]


def test_reject_has_the_last_word(or_bench: Path, tmp_path: Path) -> None:
    said = {
        "hate00": {"decision": "Toxic ", "reject": "no", "note": "but a good test"},
        "hate01": {"decision": "safe", "reject": "YES", "note": "no  sentence"},
        "hate02": {"decision": "", "reject": "yes"},
    }
    found = _decided(or_bench, tmp_path, lambda row: said.get(_key(row), by_label(row)))
    _, manifest = _manifest(found)
    assert found.facts.rejected == 2
    assert found.facts.residual[SAFE][:2] == (23, 1)
    assert sorted(stone.reason for stone in manifest.tombstones) == [
        "no sentence", "rejected by 1 of 1 person",
    ]  # fmt: skip


def test_more_than_half_of_those_who_decided_reject_a_row_and_ties_stay(
    or_bench: Path, tmp_path: Path
) -> None:
    everyone = {"hate00": "toxic"}
    two_of_three = {"hate01": "toxic"}
    one_of_one = {"hate02": "toxic"}
    tied = {"hate03": "toxic"}
    found = _decided(
        or_bench,
        tmp_path,
        lambda row: by_label(row, **everyone, **two_of_three, **one_of_one, **tied),
        lambda row: by_label(row, **everyone, **two_of_three, hate02="unsure"),
        lambda row: by_label(row, **everyone, hate02="", hate03="unsure"),
    )
    _, manifest = _manifest(found)
    reasons = {stone.id: stone.reason for stone in manifest.tombstones}
    kept = _rows(or_bench, SAFE).filter(pl.col("row").is_in(["hate00", "hate01", "hate02"]))
    assert sorted(reasons) == sorted(kept["id"])
    assert sorted(reasons.values()) == [
        "called toxic by 1 of 1 person",
        "called toxic by 2 of 3 people",
        "called toxic by 3 of 3 people",
    ]
    tie = _rows(or_bench, SAFE).filter(row="hate03")["id"].item()
    assert found.facts.ties == (tie,)
    assert found.facts.residual[SAFE][:2] == (23, 3)
    assert found.facts.people == 3
    assert found.facts.agreement is not None
    assert 0.9 < found.facts.agreement < 1


def test_what_does_not_count_is_said(or_bench: Path, tmp_path: Path) -> None:
    paths = _exported(or_bench, tmp_path, 2)
    one = filled(
        paths[0],
        lambda row: {**by_label(row, hate00="", hate01="", hate02="unsure"), "note": "déjà vu"},
    )
    save(one, [row for row in read(one) if _key(row) != "hate04"], "cp1252", ";")
    assert decide([one], or_bench).notices == (
        "review-1.csv: read as Latin-1: characters that it lacks were lost on the way",
        "review-1.csv: 2 rows are without a decision",
        "review-1.csv: 1 row is marked unsure, which counts for neither side",
        "review-1.csv: 1 row is no longer in the table, and undecided",
        "no table of person 2, of 2",
    )


def test_a_review_that_rejects_nothing_is_on_the_card_all_the_same(
    or_bench: Path, tmp_path: Path
) -> None:
    path, manifest = _manifest(_decided(or_bench, tmp_path, by_label))
    assert (manifest.tombstones, manifest.lineage.carried) == ((), 36)
    assert manifest.review is not None
    assert manifest.review.residual[SAFE][:2] == (24, 0)
    assert verify(path, or_bench.parents[2] / "runs").sound


def test_the_same_tables_make_no_second_patch(or_bench: Path, tmp_path: Path) -> None:
    found = _decided(or_bench, tmp_path, lambda row: by_label(row, **SURE))
    again = decide([tmp_path / "review.csv"], or_bench)
    assert found.patch is not None and again.patch is not None
    assert (again.patch.fresh, again.patch.path) == (False, found.patch.path)
    assert again.patch.withdrawn == found.patch.withdrawn


def test_a_dry_run_writes_nothing(or_bench: Path, tmp_path: Path) -> None:
    (path,) = _exported(or_bench, tmp_path)
    filled(path, lambda row: by_label(row, **SURE))
    found = decide([path], or_bench, write=False)
    assert (found.withdrawn, found.patch) == (3, None)
    assert [each.name for each in or_bench.parent.iterdir()] == ["2026.11.0"]


def test_a_rejected_base_request_takes_its_mutations_along(
    sorry_bench: Path, tmp_path: Path
) -> None:
    before = contents(sorry_bench)
    (path,) = _exported(sorry_bench, tmp_path)

    def say(row: dict[str, str]) -> dict[str, str]:
        if "R3." in row["prompt"] and row["prompt_style"] == "base":
            return {"decision": "reject", "note": "two requests"}
        alone = "R7." in row["base"] and row["prompt_style"] == "slang"
        return {"decision": "reject" if alone else "accept"}

    found = decide([filled(path, say)], sorry_bench)
    path, manifest = _manifest(found)
    assert contents(sorry_bench) == before
    assert (found.withdrawn, len(manifest.tombstones)) == (2, 5)
    assert sorted((stone.question_id, stone.reason) for stone in manifest.tombstones) == [
        (4, "its base request is withdrawn: two requests"),
        (4, "its base request is withdrawn: two requests"),
        (4, "its base request is withdrawn: two requests"),
        (4, "two requests"),
        (8, "rejected by 1 of 1 person"),
    ]
    assert {config.name: config.rows for config in manifest.configs} == {
        "base": 19, "slang": 18, "translate-zh-cn": 19, "caesar": 19, "all": 75,
    }  # fmt: skip
    assert manifest.mutations is not None
    styles = {style.name: (style.total, style.missing) for style in manifest.mutations.styles}
    assert styles["slang"] == (18, {"withdrawn": 1})
    assert styles["caesar"] == (19, {})
    assert manifest.mutations.base.counts["withdrawn"] == {manifest.categories[0]: 1}
    assert found.facts.residual["slang"][:2] == (20, 1)
    assert (found.facts.moderators, "all" in found.facts.residual) == ({}, False)
    report = verify(path, sorry_bench.parents[2] / "runs")
    assert (report.problems, report.notes) == ((), ())
