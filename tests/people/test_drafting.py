"""Tables for people: drawn by category, the same each time, and silent on what models said."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from people.errors import ReviewUnusableError
from people.release_review import OR_BENCH, SORRY_BENCH, Asking, draft
from people.sheet import drawn, shared_out
from tests.people.releases import HARD, TOXIC, contents, read


def test_each_category_gives_as_many_rows_and_no_label_is_in_the_table(
    or_bench: Path, tmp_path: Path
) -> None:
    before = contents(or_bench)
    told = draft(or_bench, tmp_path / "review.csv", Asking(sample=18))
    rows = read(tmp_path / "review.csv")
    assert (told.sampled, told.rows) == (18, {tmp_path / "review.csv": 18})
    assert tuple(rows[0]) == OR_BENCH
    assert Counter(row["category"] for row in rows) == {"hate": 6, "illegal": 6, "privacy": 6}
    assert {row["decision"] + row["reject"] + row["note"] for row in rows} == {""}
    words = " ".join(cell for row in rows for cell in row.values())
    assert not [word for word in ("toxic", "safe", HARD, "strict") if word in words]
    assert contents(or_bench) == before


def test_the_order_of_the_rows_says_nothing(or_bench: Path, tmp_path: Path) -> None:
    draft(or_bench, tmp_path / "review.csv", Asking(sample=36))
    rows = read(tmp_path / "review.csv")
    assert [row["category"] for row in rows] != sorted(row["category"] for row in rows)
    assert [row["id"] for row in rows] != sorted(row["id"] for row in rows)


def test_a_cell_that_looks_like_a_formula_is_escaped(or_bench: Path, tmp_path: Path) -> None:
    draft(or_bench, tmp_path / "review.csv", Asking(sample=3))
    assert all(row["prompt"].startswith("'=What") for row in read(tmp_path / "review.csv"))


def test_the_same_seed_draws_the_same_and_another_one_does_not(
    or_bench: Path, tmp_path: Path
) -> None:
    def ids(name: str, seed: int) -> list[str]:
        draft(or_bench, tmp_path / name, Asking(sample=12, seed=seed))
        return [row["id"] for row in read(tmp_path / name)]

    assert ids("a.csv", 7) == ids("b.csv", 7)
    assert set(ids("c.csv", 7)) != set(ids("d.csv", 8))


def test_several_people_get_the_same_rows_each_in_an_order_of_their_own(
    or_bench: Path, tmp_path: Path
) -> None:
    draft(or_bench, tmp_path / "review.csv", Asking(sample=18, people=2))
    first, second = (
        [row["id"] for row in read(tmp_path / f"review-{n}.csv")] for n in (1, 2)
    )  # fmt: skip
    assert sorted(first) == sorted(second)
    assert first != second


def test_with_an_overlap_the_other_rows_go_to_one_person_each(
    or_bench: Path, tmp_path: Path
) -> None:
    told = draft(or_bench, tmp_path / "review.csv", Asking(sample=30, people=3, overlap=0.2))
    seen = Counter(row["id"] for path in told.rows for row in read(path))
    assert [*told.rows.values()] == [14, 14, 14]
    assert Counter(seen.values()) == {1: 24, 3: 6}


def test_rows_are_drawn_from_the_configs_that_are_asked_for(or_bench: Path, tmp_path: Path) -> None:
    told = draft(or_bench, tmp_path / "review.csv", Asking(configs=(TOXIC, HARD)))
    assert (told.sampled, told.configs) == (18, (HARD, TOXIC))


def test_a_mutated_row_stands_beside_its_base_and_codes_only_where_asked_for(
    sorry_bench: Path, tmp_path: Path
) -> None:
    told = draft(sorry_bench, tmp_path / "review.csv", Asking())
    rows = read(tmp_path / "review.csv")
    assert tuple(rows[0]) == SORRY_BENCH
    assert told.configs == ("base", "slang", "translate-zh-cn")
    assert Counter(row["prompt_style"] for row in rows) == dict.fromkeys(told.configs, 20)
    assert {bool(row["base"]) for row in rows if row["prompt_style"] == "base"} == {False}
    slang = next(row for row in rows if row["prompt_style"] == "slang")
    assert slang["base"] in {row["prompt"] for row in rows if row["prompt_style"] == "base"}
    told = draft(sorry_bench, tmp_path / "codes.csv", Asking(configs=("caesar",)))
    assert told.sampled == 20


@pytest.mark.parametrize(
    ("asking", "rule"),
    [
        (Asking(configs=("or-bench-hrad",)), r"did you mean `or-bench-hard-1k`.*got or-bench-hrad"),
        (Asking(overlap=1.5), "must be from 0 to 1"),
        (Asking(sample=2, people=3, overlap=0), "each person must get a row"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_line(
    or_bench: Path, tmp_path: Path, asking: Asking, rule: str
) -> None:
    with pytest.raises(ReviewUnusableError, match=rule):
        draft(or_bench, tmp_path / "review.csv", asking)
    assert not [*tmp_path.glob("review*")]


def test_a_table_that_is_there_is_not_written_over(or_bench: Path, tmp_path: Path) -> None:
    (tmp_path / "review-2.csv").write_text("decisions")
    with pytest.raises(ReviewUnusableError, match="may hold decisions"):
        draft(or_bench, tmp_path / "review.csv", Asking(people=2))
    assert (tmp_path / "review-2.csv").read_text() == "decisions"
    assert not (tmp_path / "review-1.csv").exists()


def test_a_damaged_release_is_refused(or_bench: Path, tmp_path: Path) -> None:
    next((or_bench / HARD).iterdir()).unlink()
    with pytest.raises(ReviewUnusableError, match=r"must be sound.*the file is missing"):
        draft(or_bench, tmp_path / "review.csv", Asking())


def test_a_row_more_moves_no_other_row_of_another_category() -> None:
    categories = {f"{name}{n}": name for name in "abc" for n in range(20)}
    first = drawn(categories, 12, 7)
    later = drawn({**categories, "a20": "a"}, 12, 7)
    assert {id for id in first if id[0] != "a"} == {id for id in later if id[0] != "a"}


def test_everyone_gets_rows_of_each_category() -> None:
    categories = {f"{name}{n}": name for name in "abc" for n in range(12)}
    for rows in shared_out(categories, 4, 0.0, 7):
        assert Counter(row[0] for row in rows) == {"a": 3, "b": 3, "c": 3}
