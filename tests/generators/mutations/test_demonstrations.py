"""What writers of styles are shown: many requests, each truly in its style, and mild ones."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from base.foreign_text import read_yaml
from checks.language import Language
from generators.errors import ExamplesInvalidError
from generators.mutations import demonstrations
from generators.mutations.demonstrations import Demonstration, load_demonstrations
from generators.mutations.style_checks import CheckSettings, style_checks
from generators.mutations.styles import WRITTEN
from inference.types import EmbedRequest, Item
from tests.programs import Encoder

_ROOT = Path(__file__).parents[3]
_FILES = _ROOT / "generators" / "mutations" / "data" / "demonstrations"
_XSTEST = _ROOT.parent / "shared" / "data" / "xstest_prompts.csv"
_ENGLISH = [name for name, style in WRITTEN.items() if style.language == "en"]
_LANGUAGES = [name for name in WRITTEN if name not in _ENGLISH]
_PERSUASION = [name for name, style in WRITTEN.items() if style.group == "persuasion"]
_WITH_VARIANTS = ["slang", "uncommon_dialects", "technical_terms", "role_play"]
_ROWS = [f"row {number}" for number in range(400)]


def shown(name: str) -> tuple[Demonstration, ...]:
    return load_demonstrations(name).each


def everything() -> Iterator[tuple[str, Demonstration]]:
    for name in WRITTEN:
        yield from ((name, each) for each in shown(name))


def words(text: str) -> list[str]:
    return [word.strip(".,:;!?\"'()") for word in text.casefold().split()]


def longest_run(base: str, text: str) -> int:
    """Words of the base that stand in the text one after the other, at most."""
    ours, theirs = words(base), " ".join(["", *words(text), ""])
    runs = (
        end - start
        for start in range(len(ours))
        for end in range(start + 1, len(ours) + 1)
        if " ".join(["", *ours[start:end], ""]) in theirs
    )
    return max(runs, default=0)


@pytest.mark.parametrize("name", list(WRITTEN))
def test_a_style_has_enough_demonstrations_and_each_is_another(name: str) -> None:
    each = shown(name)
    assert len(each) >= (6 if name in _ENGLISH else 5)
    assert len({one.base for one in each}) == len({one.text for one in each}) == len(each)


def test_many_requests_demonstrate_the_styles_and_each_only_some_of_them() -> None:
    in_english = Counter(each.base for name in _ENGLISH for each in shown(name))
    assert len(in_english) >= 30
    assert max(in_english.values()) <= 4
    texts = Counter(each.text for _, each in everything())
    assert max(texts.values()) == 1


def test_the_five_languages_are_shown_with_the_same_requests() -> None:
    bases = [[each.base for each in shown(name)][:5] for name in _LANGUAGES]
    assert all(each == bases[0] for each in bases)


@pytest.mark.parametrize("name", _WITH_VARIANTS)
def test_a_dialect_a_jargon_a_role_or_a_slang_is_one_of_at_least_twelve(name: str) -> None:
    every = load_demonstrations(name).variants
    assert len({variant.name for variant in every}) == len(every) >= 12
    assert len({variant.marks for variant in every}) == len(every)
    assert all(variant.marks and ": " not in variant.label for variant in every)
    assert all(each.variant in every for each in shown(name))
    assert len({each.variant for each in shown(name)}) == len(shown(name))


@pytest.mark.parametrize("name", [name for name in WRITTEN if name not in _WITH_VARIANTS])
def test_other_styles_have_no_variants(name: str) -> None:
    found = load_demonstrations(name)
    assert found.variants == ()
    assert found.variant("r17", "") is None
    assert all(each.variant is None for each in found.each)


@pytest.mark.parametrize("path", sorted(_FILES.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_file_belongs_to_a_style_and_says_nothing_that_is_not_read(path: Path) -> None:
    assert path.stem in WRITTEN
    content = read_yaml(path.read_text(encoding="utf-8"))
    keys = {"base", "text", "variant"} if "variants" in content else {"base", "text"}
    assert set(content) <= {"variants", "demonstrations"}
    assert all(set(entry) == keys for entry in content["demonstrations"])
    texts = [entry[key] for entry in content["demonstrations"] for key in ("base", "text")]
    assert all(text == " ".join(text.split()) for text in texts)


@pytest.mark.parametrize("name", list(WRITTEN))
def test_demonstrations_pass_the_checks_of_their_style(name: str) -> None:
    checks = style_checks(name, CheckSettings())
    for each in shown(name):
        reasons = [check(Item("r", each.base, "c"), each.text) for check in checks]
        # What copies a demonstration is out, and here that is wanted.
        assert [reason for reason in reasons if reason is not None] == ["example_copy"], each


@pytest.mark.parametrize("name", _PERSUASION)
def test_persuasion_is_woven_and_no_sentence_before_the_request(name: str) -> None:
    for each in shown(name):
        assert len(each.text) >= 1.5 * len(each.base)
        assert longest_run(each.base, each.text) <= len(words(each.base)) / 2
        assert not each.text.endswith(each.base)


def test_each_persuasion_shows_what_it_is_made_of() -> None:
    marks = {
        "logical_appeal": r"\b(?:follows|therefore|hence|then|since|must)\b",
        "authority_endorsement": r"\b(?:broadcast\w*|council|union|bureau|authority)\b",
        "misrepresentation": r"\bI (?:manage|restore|have|check|plan|run)\b",
        "evidence-based_persuasion": r"\b\d[\d,.]*\b.*\b\d[\d,.]*\b",
        "expert_endorsement": r"\b(?:chefs|writers|speaker|physiotherapist|copywriters|critics)\b",
    }
    assert list(marks) == _PERSUASION
    for name, pattern in marks.items():
        for each in shown(name):
            assert re.search(pattern, each.text, re.IGNORECASE), each.text


def test_a_question_has_one_mark_and_no_yes_or_no() -> None:
    for each in shown("question"):
        assert each.text.count("?") == 1
        assert each.text.split()[0] in ("How", "In", "What", "Which")


def test_misspellings_change_two_words_at_least_and_leave_the_rest() -> None:
    for each in shown("misspellings"):
        before, after = each.base.split(), each.text.split()
        assert len(before) == len(after)
        changed = [new for old, new in zip(before, after, strict=True) if old != new]
        assert 2 <= len(changed) < len(before) / 1.5


@pytest.mark.parametrize("name", ["slang", "uncommon_dialects", "technical_terms"])
def test_many_words_are_not_the_request_s_where_words_are_the_style(name: str) -> None:
    for each in shown(name):
        new = Counter(words(each.text)) - Counter(words(each.base))
        assert new.total() >= 0.4 * len(words(each.text)), each.text


def test_a_role_is_given_and_asked() -> None:
    opens = re.compile(r"(?:[^.]*\byou(?:'re| are)\b|Play\b|Act as\b)", re.IGNORECASE)
    for each in shown("role_play"):
        assert opens.match(each.text)
        assert longest_run(each.base, each.text) < len(words(each.base))


_NUMBERS = re.compile(r"\b(?:two|three|four|five|7)\b")


@pytest.mark.parametrize("name", _ENGLISH)
def test_numbers_of_the_request_are_kept(name: str) -> None:
    for each in shown(name):
        kept = each.text.replace("twice", "double")
        assert set(_NUMBERS.findall(each.base)) <= set(_NUMBERS.findall(kept)), each.text


_HARSH = re.compile(
    r"\b(?:kill|murder|die(?!t)|dead(?! snarky)|blood|bomb|gun|knife|weapon|poison|drug|sex|nude"
    r"|rape|suicide|terror|hack|stab|shoot|slur|nazi|child|children|kid|kids|teen|minor|boy|girl)\w*",
    re.IGNORECASE,
)
_NAMES = frozenset(
    "I I'm Barnaby Rita Ottoline Enzo Halcyon Dusty Fitch Friday Monday Thursday May McCoy".split()
)
_CAPITAL = re.compile(r"(?<![.?!] )(?<!^)\b[A-Z][\w']*")


@pytest.mark.parametrize("name", list(WRITTEN))
def test_demonstrations_are_mild_and_name_nobody(name: str) -> None:
    for each in shown(name):
        read = (each.base, each.text) if name in _ENGLISH else (each.base,)
        for text in read:
            assert not _HARSH.search(text), text
            assert set(_CAPITAL.findall(text)) <= _NAMES, text
            assert not re.search(r"https?:|www\.|@", text)


@pytest.mark.parametrize("name", list(WRITTEN))
def test_two_are_drawn_for_a_row_by_row_edition_and_style_alone(name: str) -> None:
    found = load_demonstrations(name)
    drawn = [found.two(row, "2026.11.0") for row in _ROWS]
    assert drawn == [found.two(row, "2026.11.0") for row in _ROWS]
    assert all(first != second for first, second in drawn)
    places = Counter(each for pair in drawn for each in pair)
    assert set(places) == set(found.each)
    assert max(places.values()) < 2 * min(places.values())
    assert len(set(drawn)) >= 0.9 * len(found.each) * (len(found.each) - 1)
    assert drawn != [found.two(row, "2026.12.0") for row in _ROWS]


def test_no_two_styles_draw_alike() -> None:
    numbers = [
        [load_demonstrations(name).each.index(load_demonstrations(name).two(row, "")[0])
         for row in _ROWS]
        for name in _PERSUASION
    ]  # fmt: skip
    assert len({tuple(each) for each in numbers}) == len(_PERSUASION)


@pytest.mark.parametrize("name", _WITH_VARIANTS)
def test_each_variant_is_wanted_of_about_as_many_rows(name: str) -> None:
    found = load_demonstrations(name)
    drawn = Counter(found.variant(row, "2026.11.0") for row in _ROWS)
    assert set(drawn) == set(found.variants)
    assert max(drawn.values()) < 4 * min(drawn.values())
    assert [found.variant(row, "a") for row in _ROWS] != [found.variant(row, "b") for row in _ROWS]


def test_a_draw_stays_what_it_is() -> None:
    variant = load_demonstrations("uncommon_dialects").variant("r17", "2026.11.0")
    drawn = load_demonstrations("question").two("r17", "2026.11.0")
    assert variant is not None
    assert variant.name == "Norfolk"
    assert [each.base.split()[0] for each in drawn] == ["Write", "List"]


def test_a_style_without_demonstrations_or_with_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demonstrations, "_FILES", tmp_path)
    (tmp_path / "one.yaml").write_text("demonstrations: [{base: a, text: b}]", encoding="utf-8")
    with pytest.raises(ExamplesInvalidError, match=r"must have demonstrations \(got none\)"):
        load_demonstrations("none")
    with pytest.raises(ExamplesInvalidError, match="at least two"):
        load_demonstrations("one")


@pytest.mark.parametrize("name", _ENGLISH)
def test_the_requests_are_in_english(name: str) -> None:
    for each in shown(name):
        assert Language("en")(Item("r", "", "c"), each.base) is None


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder()


@pytest.mark.slow
@pytest.mark.embedded
@pytest.mark.parametrize("name", _ENGLISH)
def test_demonstrations_are_as_close_to_their_requests_as_rows_must_be(
    name: str, encoder: Encoder
) -> None:
    bases = encoder(EmbedRequest("e", tuple(each.base for each in shown(name))))
    texts = encoder(EmbedRequest("e", tuple(each.text for each in shown(name))))
    cosines = (bases * texts).sum(axis=1)
    band = WRITTEN[name].band
    assert band.low <= cosines.min()
    assert cosines.max() <= band.high


@pytest.mark.slow
@pytest.mark.embedded
@pytest.mark.skipif(not _XSTEST.exists(), reason="XSTest is not beside this checkout")
def test_no_demonstration_is_near_an_xstest_prompt(encoder: Encoder) -> None:
    with _XSTEST.open(encoding="utf-8", newline="") as file:
        theirs = encoder(EmbedRequest("e", tuple(row["prompt"] for row in csv.DictReader(file))))
    texts = {each.base for _, each in everything()}
    texts |= {each.text for name in _ENGLISH for each in shown(name)}
    cosines = encoder(EmbedRequest("e", tuple(sorted(texts)))) @ theirs.T
    assert cosines.max() < 0.8
