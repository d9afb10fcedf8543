from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from artifacts.audit_facts import NearRepeats
from auditing.data import Comparison, Material
from auditing.embedding import by_encoder
from auditing.near import near_repeats
from curation.rows import Candidate
from tests.auditing.given_material import material, part
from tests.auditing.vectors import GivenVectors


def found(given: Material, **near: tuple[str, float]) -> dict[tuple[str, str, str], NearRepeats]:
    measured = by_encoder(GivenVectors(near))(near_repeats(given))
    return {(each.scope, each.config, each.against): each for each in measured.near}


def rows(*texts: str) -> list[tuple[str, str]]:
    return [("hate", text) for text in texts]


def test_inside_a_config_a_row_that_repeats_an_earlier_one_counts() -> None:
    given = material(part("80k", *rows("a", "b", "c", "d")))
    near = found(given, b=("a", 0.95), d=("c", 0.90))[("inside", "80k", "80k")]
    assert (near.rows, near.near, near.share) == (4, 1, 0.25)
    assert near.pairs[0].score == pytest.approx(0.95)


def test_exact_repeats_of_a_table_count_too() -> None:
    given = material(part("t.csv", *rows("a", "a", " a ", "b")))
    near = found(given)[("inside", "t.csv", "t.csv")]
    assert (near.rows, near.near) == (4, 2)
    assert near.pairs[0].score == 1.0


def test_across_configs_shared_rows_are_no_repeats_and_near_ones_are() -> None:
    given = material(
        part("80k", *rows("a", "b", "c")),
        part("hard", *rows("a", "b")),
        part("toxic", *rows("x", "y")),
    )
    near = found(given, x=("b", 0.97))
    assert ("across", "80k", "hard") not in near
    assert near[("across", "80k", "toxic")].near == 1
    assert near[("inside", "hard", "hard")].near == 0


def test_a_mutation_is_no_repeat_of_its_own_base_row() -> None:
    def styled(name: str, *texts: str) -> pl.DataFrame:
        root = [f"r{place}" for place in range(len(texts))]
        columns = {"style": pl.lit(name), "root": pl.Series(root), "base_row": pl.lit("")}
        return part(name, *rows(*texts)).rows.with_columns(**columns)

    base = replace(part("base", *rows("a", "b")), rows=styled("base", "a", "b"))
    slang = replace(part("slang", *rows("A", "B")), rows=styled("slang", "A", "B"))
    near = found(material(base, slang), A=("a", 0.99), B=("a", 0.98))
    assert near[("across", "base", "slang")].near == 1
    assert [(pair.score) for pair in near[("across", "base", "slang")].pairs] == [0.98]


def test_planted_paraphrases_of_a_release_and_of_a_benchmark_are_caught() -> None:
    against = (
        Comparison(scope="release", name="2026.10.0", texts=[Candidate("o1", "old")]),
        Comparison(scope="benchmark", name="known.csv", texts=[Candidate("k1", "known")]),
    )
    given = material(part("80k", *rows("a", "b", "c")), part("hard", *rows("b")), against=against)
    near = found(given, b=("old", 0.93), c=("known", 0.96), a=("known", 0.85))
    old = near[("release", "80k", "2026.10.0")]
    assert (old.near, old.rows) == (1, 3)
    assert old.pairs[0].other == "o1"
    assert near[("release", "hard", "2026.10.0")].near == 1
    assert near[("benchmark", "80k", "known.csv")].near == 1
    assert near[("benchmark", "hard", "known.csv")].near == 0


def test_an_exact_copy_of_an_old_row_is_a_repeat_unless_it_was_carried_over() -> None:
    given = part("80k", *rows("a", "b"))
    (first, _) = given.rows["id"]
    release = Comparison(scope="release", name="2026.10.0", texts=[Candidate(first, "a")])
    copied = found(material(given, against=(release,)))
    assert copied[("release", "80k", "2026.10.0")].near == 1
    carried = replace(release, carried=frozenset({first}))
    kept = found(material(given, against=(carried,)))[("release", "80k", "2026.10.0")]
    assert (kept.near, kept.rows) == (0, 1)


def test_configs_without_words_or_rows_are_not_compared() -> None:
    encoded = part("caesar", *rows("x"), in_words=False)
    near = found(material(part("base", *rows("a")), encoded, part("empty")))
    assert [*near] == [("inside", "base", "base")]
    assert found(material(part("empty"), categories=("hate",))) == {}


@pytest.mark.slow
def test_many_rows_near_to_one_are_each_counted_once() -> None:
    texts = [f"t{place}" for place in range(1500)]
    near = found(material(part("80k", *rows(*texts))), **{text: ("t0", 0.99) for text in texts[1:]})
    assert near[("inside", "80k", "80k")].near == 1499
