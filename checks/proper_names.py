"""What a proper name is called in another language, or by another name in English.

Countries, languages and large cities are those of Unicode's CLDR (the `babel` package); others
stand in `data/names.yaml`.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from base.digests import Json, bytes_digest
from checks.lexica import Phrases

_FILE = Path(__file__).parent / "data" / "names.yaml"
_LOCALES = {"fr": "fr", "zh": "zh_Hans", "mr": "mr", "ta": "ta", "ml": "ml"}
# In Malayalam and Tamil the last consonant of a name changes its form before an ending: signs that
# join letters or take their vowel are left out, and a final consonant is the letter that it is of.
_ALIKE = str.maketrans(
    "\u0d7a\u0d7b\u0d7c\u0d7d\u0d7e", "\u0d23\u0d28\u0d30\u0d32\u0d33", "\u200c\u200d\u0d4d\u0bcd"
)


def proper_names_part() -> Json:
    """What this depends on, for a digest."""
    return [
        bytes_digest(_FILE.read_bytes()),
        dict(_LOCALES),
        version("babel"),  # whose tables of territories, languages and cities these are
        {chr(one): other for one, other in _ALIKE.items()},
    ]


def is_translated(name: str) -> bool:
    """Whether other languages have a word of their own for one word of a name.

    >>> is_translated("Germans"), is_translated("Petra")
    (True, False)
    """
    return _translated().first([name.lower()]) is not None


def is_known(name: str) -> bool:
    """Whether a word with a capital is no person's name: a people, a place, a day, an office.

    >>> is_known("Madrid"), is_known("Romans"), is_known("Wild"), is_known("Elvis")
    (True, True, True, False)
    """
    return is_translated(name) or not _places().isdisjoint((_bare(name), _bare(name).rstrip("s")))


def named_in(name: str, text: str, language: str) -> bool:
    """Whether a text has one word of a name in the form that its language gives it.

    Args:
        name: A word with a capital.
        text: A text in the language.
        language: The code of a language.

    >>> named_in("London", "说明如何潜入伦敦的博物馆", "zh"), named_in("Xmas", "at Christmas", "en")
    (True, True)
    """
    plain = _bare(text)
    if language == "en":
        words = set(plain.replace("-", " ").split())
        return any(each.strip(".,;:!?\"'()") in _also(name) for each in words)
    return any(form in plain for form in _forms(language).get(_bare(name), ()))


def _also(name: str) -> frozenset[str]:
    return _same().get(_bare(name), frozenset())


def _bare(text: str) -> str:
    """A text in one case, without accents on Latin letters and without joiners."""
    found = unicodedata.normalize("NFKD", text.casefold().translate(_ALIKE))
    kept = "".join(each for each in found if not "\u0300" <= each <= "\u036f")
    return unicodedata.normalize("NFC", kept)


@cache
def _loaded() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return found


@cache
def _places() -> frozenset[str]:
    """The words of all that CLDR and `data/names.yaml` name in English."""
    listed = (*_loaded()["nobody"].split(), *_loaded()["forms"])
    return frozenset(_bare(word) for word in (*listed, *_english()))


def _english() -> Iterator[str]:
    from babel.core import Locale, get_global

    english = Locale.parse("en")
    for names in (english.territories, english.languages, english.days["format"]["wide"]):
        for name in names.values():
            yield from name.split()
    yield from english.months["format"]["wide"].values()
    for zone in get_global("zone_territories"):
        yield from zone.rpartition("/")[2].split("_")


@cache
def _translated() -> Phrases:
    return Phrases(tuple(_loaded()["translated"].split()))


@cache
def _same() -> Mapping[str, frozenset[str]]:
    groups = [frozenset(line.split()) for line in _loaded()["same"]]
    return {each: group for group in groups for each in group}


@cache
def _forms(language: str) -> Mapping[str, frozenset[str]]:
    """The forms of each English word of a name; a form of CLDR of several words is taken whole."""
    found: dict[str, set[str]] = {}
    for name, form in (*_listed(language), *_of_cldr(language)):
        found.setdefault(_bare(name), set()).add(_bare(form))
    return {name: frozenset(forms) for name, forms in found.items()}


def _listed(language: str) -> Iterator[tuple[str, str]]:
    place = [*_LOCALES].index(language)
    for name, line in _loaded()["forms"].items():
        for form in line.split("|")[place].split(","):
            yield name, form.strip()


def _of_cldr(language: str) -> Iterator[tuple[str, str]]:
    from babel import Locale

    english, other = Locale.parse("en"), Locale.parse(_LOCALES[language])
    for key in ("territories", "languages"):
        names = getattr(other, key)
        for code, name in getattr(english, key).items():
            for word in name.split():
                if word[:1].isupper() and code in names:
                    yield word, names[code]
    zones = other.time_zones
    for zone in map(str, zones):
        if city := zones[zone].get("city"):
            for word in zone.rpartition("/")[2].split("_"):
                yield word, city
