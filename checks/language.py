"""Which language and script a text is written in, and whether it is the wanted one."""

import re
import unicodedata
from dataclasses import dataclass
from typing import ClassVar

from base.did_you_mean import did_you_mean
from base.digests import Json, digest_of, pattern_part
from checks.errors import OptionInvalidError
from checks.language_table import ENGLISH, Tongue, tongue, tongues, tongues_digest
from inference.types import Item

# CLD2 is sure of itself from six words on: of 353 English sentences it was unsure of 8, all of
# four words or fewer.
SHORT_WORDS = 5
_READ_CHARACTERS = 10_000


_OTHER_CODES = {
    **{"he": "iw", "heb": "iw", "jv": "jw", "nb": "no", "nob": "no", "fil": "tl", "in": "id"},
    **{"zh-tw": "zh-Hant", "zh-hk": "zh-Hant", "mo": "ro", "ckb": "ku", "prs": "fa", "sh": "sr"},
}
"""Codes that are in use for languages that CLD2 calls otherwise."""


def unknown_to_cld2(code: str) -> str | None:
    """The rule that a code breaks which CLD2 never gives, with the nearest one; None where it does.

    Example:
        >>> unknown_to_cld2("en"), unknown_to_cld2("he")
        (None, 'a code that CLD2 knows (did you mean `iw`?)')
    """
    from pycld2 import DETECTED_LANGUAGES, LANGUAGES

    # It has codes for scripts and jests, too, and for languages that it has no table of.
    real = {name for name in DETECTED_LANGUAGES if not name.startswith("X_")}
    names = {each: name for name, each in LANGUAGES if name in real}
    if code in names:
        return None
    low = code.casefold()
    spelled = {name.casefold(): each for each, name in names.items()}
    for given in (low, low.partition("-")[0]):
        same = _OTHER_CODES.get(given) or spelled.get(given) or (given in names and given)
        if same:
            return f"a code that CLD2 knows (did you mean `{same}`?)"
    hint = did_you_mean(code, names) if len(code) > 2 else ""
    return f"a code that CLD2 knows{hint}"


@dataclass(frozen=True, slots=True)
class Language:
    """Objects to a text that is not in one language.

    CLD2 says a language and whether it is sure. A text is out where it is sure of another one,
    and where a text of more than five words convinces it of none. A short text that it is unsure
    of stays ("Kill weeds fast"): too little to tell is no finding. Of 490 English questions and
    instructions 2 are dropped.

    A language of `checks/languages.yaml` other than English is known by its script first: most
    letters must be of it, whatever CLD2 says. Where it has the script to itself that is all.

    Attributes:
        code: The wanted language's code as CLD2 knows it: `en`, `fr`, `zh`, `ml`, ...
    """

    name: ClassVar[str] = "language"
    code: str = "en"

    def __post_init__(self) -> None:
        """Refuses a code that CLD2 does not know."""
        if rule := unknown_to_cld2(self.code):
            raise OptionInvalidError(f"language must be {rule}", self.code)

    @property
    def digest(self) -> str:
        """Of the language, and of what is too short to tell."""
        told = digest_of(self.name, self.code, SHORT_WORDS, _READ_CHARACTERS)
        known = self._known()
        if known is None:
            return told
        scripts = scripts_part(known.script, *known.foreign)
        return digest_of(told, tongues_digest(), scripts, _LEAST_SHARE, _MOST_FOREIGN, _HIGHER)

    def __call__(self, item: Item, text: str) -> str | None:
        """`language`, or None."""
        known = self._known()
        return self._detected(text) if known is None else self._told(text, known)

    def _known(self) -> Tongue | None:
        return None if self.code == ENGLISH else tongues().get(self.code)

    def _told(self, text: str, known: Tongue) -> str | None:
        if not _in_script(text, known):
            return "language"
        found = _detected(text, self.code if known.hinted else None) if known.codes else None
        if found is None:
            unsure = known.script == "Latin" and len(text.split()) > SHORT_WORDS
            return "language" if unsure else None
        return None if found in known.codes or _fits(text, known) else "language"

    def _detected(self, text: str) -> str | None:
        import pycld2

        start = text[:_READ_CHARACTERS]
        try:
            sure, _, languages = pycld2.detect(start.encode("utf-8", "replace"))
        except pycld2.error:  # control codes and the like: it reads as no language
            return "language"
        if sure:
            return None if languages[0][1] == self.code else "language"
        return "language" if len(start.split()) > SHORT_WORDS else None


READ_CHARACTERS = 10_000

_BLOCKS = {
    "Latin": "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff",
    "Malayalam": "\u0d00-\u0d7f",
    "Tamil": "\u0b80-\u0bff",
    "Devanagari": "\u0900-\u0963\u0966-\u097f\ua8e0-\ua8ff",
    "Han": "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af",
    "Kana": "\u3041-\u3096\u30a1-\u30fa\u30fc",
    "Arabic": (
        "\u0620-\u065f\u066e-\u06d3\u06d5-\u06ef\u06fa-\u06ff\u0750-\u077f"
        "\ufb50-\ufdff\ufe70-\ufefc"
    ),
    "Hangul": "\u1100-\u11ff\uac00-\ud7a3",
}
SCRIPTS = tuple(_BLOCKS)
_LETTERS = {name: re.compile(f"[{block}]") for name, block in _BLOCKS.items()}


_WITHOUT_SPACES = f"{_BLOCKS['Han']}{_BLOCKS['Kana']}\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_UNSPACED = re.compile(f"[{_WITHOUT_SPACES}]")  # Thai and Lao, Burmese, Khmer are the last three
_SIGNS = (
    "\u0900-\u0963\u0966-\u0dff"  # vowel signs of Indian scripts are no word characters to Python
)
_UNIT = re.compile(f"[{_WITHOUT_SPACES}]|(?:[^\\W_{_WITHOUT_SPACES}]|[{_SIGNS}])+")


def units(text: str) -> list[str]:
    """The words of a text, and each character of a script whose words no spaces part.

    Example:
        >>> units("Open the \u9580\u9501, please!")
        ['Open', 'the', '\u9580', '\u9501', 'please']
    """
    return _UNIT.findall(text)


def is_unspaced(text: str) -> bool:
    """Whether a character of a text is of a script whose words no spaces part."""
    return _UNSPACED.search(text) is not None


def units_part() -> Json:
    """What the units of a text depend on, for a digest."""
    return [pattern_part(_UNIT), pattern_part(_UNSPACED)]


def scripts_part(*scripts: str) -> Json:
    """What the shares of these scripts depend on, for a digest."""
    return [READ_CHARACTERS, *(pattern_part(_LETTERS[script]) for script in scripts)]


def script_share(text: str, script: str) -> float:
    """The share of a text's letters and their marks that belong to `script`, 0 without letters.

    Read are the first 10,000 characters.

    Args:
        text: Any text.
        script: One of `SCRIPTS`.
    """
    start = text[:READ_CHARACTERS]
    letters = [each for each in start if unicodedata.category(each)[0] in "LM"]
    found = len(_LETTERS[script].findall("".join(letters)))
    return found / len(letters) if letters else 0.0


# Names and technical words keep their Latin letters in a translation.
_LEAST_SHARE = 0.5
_MOST_FOREIGN = 0.1
_LEAST_COMMON = 0.2
_HIGHER = 1.0  # of good sentences the other language's score is 0.88 of the expected one's at most
_WORD = re.compile(r"[^\W\d_]+")
LANGUAGES = tuple(tongues())


@dataclass(frozen=True, slots=True)
class WrittenIn:
    """Objects to a text in another script or language than the wanted one.

    Most letters must be of the language's script. Where several languages share it (Marathi with
    Hindi, simplified with traditional Chinese, French with English), out is what CLD2 surely takes
    for another, and a text of the Latin script that it is unsure of, unless that is English of at
    most five words. For French and English it is told what to expect, or it takes "Explique comment
    tricher." for English; told to expect Marathi, it takes Hindi for it.

    Attributes:
        code: The language's code, one of `LANGUAGES`; `zh` is simplified Chinese.
    """

    name: ClassVar[str] = "written_in"
    code: str

    def __post_init__(self) -> None:
        """Refuses a language that it cannot tell."""
        tongue(self.code)

    @property
    def digest(self) -> str:
        """Of the language, and of how it is told from others."""
        known = tongue(self.code)
        limits = (_LEAST_SHARE, _MOST_FOREIGN, _LEAST_COMMON, _HIGHER, pattern_part(_WORD))
        scripts = scripts_part(known.script, *known.foreign)
        return digest_of(self.name, self.code, tongues_digest(), limits, SHORT_WORDS, scripts)

    def __call__(self, item: Item, text: str) -> str | None:
        """`wrong_script`, `wrong_language`, or None."""
        known = tongue(self.code)
        if not _in_script(text, known):
            return "wrong_script"
        if not known.codes:
            return None
        found = _detected(text, self.code if known.hinted else None)
        if found is None:
            return None if self._may_be_unsure(text) else "wrong_language"
        return None if found in known.codes else "wrong_language"

    def _may_be_unsure(self, text: str) -> bool:
        known = tongue(self.code)
        if known.script != "Latin":
            return True
        words = _WORD.findall(text[:READ_CHARACTERS].casefold())
        if sum(word in known.common for word in words) > _LEAST_COMMON * len(words):
            return True
        return self.code == ENGLISH and len(text.split()) <= SHORT_WORDS


def _fits(text: str, known: Tongue) -> bool:
    """Whether a language has a charset, and all letters of a text are in it."""
    if known.charset is None:
        return False
    letters = "".join(each for each in text[:READ_CHARACTERS] if each.isalpha())
    return letters.encode(known.charset, "ignore").decode(known.charset) == letters


def _in_script(text: str, known: Tongue) -> bool:
    """Whether most letters are of a language's script, and few of one that does not occur in it."""
    if script_share(text, known.script) < _LEAST_SHARE:
        return False
    return all(script_share(text, script) <= _MOST_FOREIGN for script in known.foreign)


def _detected(text: str, expected: str | None) -> str | None:
    """CLD2's code of the text's language, or None where it is not sure.

    Told to expect Portuguese it takes plain Spanish for it, but with a lower score than it gives to
    Spanish where it is told nothing. Portuguese that is Occitan to it then has the higher score
    where it is expected: the higher one of the two counts. Where it is unsure of what it is told to
    expect, a neighbour that it is sure of untold counts, but not English: names and loans make
    English of short texts. Of the sentences in tests/checks/close_languages.py this loses none.
    """
    told = _scored(text, expected)
    untold = None if expected in (None, ENGLISH) else _scored(text, None)
    if untold is None:
        return told and told[0]
    if told is None:
        return untold[0] if untold[0] in _close() else None
    return untold[0] if untold[1] > _HIGHER * told[1] else told[0]


def _close() -> frozenset[str]:
    """The languages that CLD2 takes for one another where it is told to expect one."""
    each = (known for known in tongues().values() if known.hinted and known.code != ENGLISH)
    return frozenset(code for known in each for code in known.codes)


def _scored(text: str, expected: str | None) -> tuple[str, float] | None:
    """The same with CLD2's score of that language, which is for as many letters of any text."""
    import pycld2

    start = text[:READ_CHARACTERS].encode("utf-8", "replace")
    try:
        sure, _, languages = pycld2.detect(start, hintLanguage=expected)
    except pycld2.error:  # control codes and the like: it reads as no language
        return None
    _, code, _, score = languages[0]
    return (str(code), float(score)) if sure else None
