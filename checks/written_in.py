"""Whether a text is in the language it was wanted in: its script first, then CLD2."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from base.digests import digest_of
from checks.errors import OptionInvalid
from checks.language import SHORT_WORDS
from checks.scripts import READ_CHARACTERS, script_share, scripts_part
from inference.types import Item

# Names and technical words keep their Latin letters in a translation.
_LEAST_SHARE = 0.5
_MOST_FOREIGN = 0.1


@dataclass(frozen=True, slots=True)
class _Tongue:
    """A language as it is told from others.

    Attributes:
        script: Its script.
        codes: CLD2's codes of what counts as this language; none where the script says it all.
        foreign: Scripts that do not occur in it.
        hinted: Whether CLD2 is told to expect it.
    """

    script: str
    codes: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    hinted: bool = False


# CLD2 takes some English dialects for Scots. Malayalam and Tamil have scripts of their own.
_TONGUES = {
    "en": _Tongue("Latin", ("en", "sco"), hinted=True),
    "fr": _Tongue("Latin", ("fr",), hinted=True),
    "ml": _Tongue("Malayalam"),
    "mr": _Tongue("Devanagari", ("mr",)),
    "ta": _Tongue("Tamil"),
    "zh": _Tongue("Han", ("zh",), ("Kana", "Hangul")),
}
LANGUAGES = tuple(_TONGUES)


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
        if self.code not in _TONGUES:
            raise OptionInvalid(f"written_in: one of {', '.join(LANGUAGES)}", self.code)

    @property
    def digest(self) -> str:
        """Of the language, and of how it is told from others."""
        tongue = _TONGUES[self.code]
        known = (tongue.script, tongue.codes, tongue.foreign, tongue.hinted)
        limits = (_LEAST_SHARE, _MOST_FOREIGN, SHORT_WORDS)
        scripts = scripts_part(tongue.script, *tongue.foreign)
        return digest_of(self.name, self.code, known, limits, scripts)

    def __call__(self, item: Item, text: str) -> str | None:
        """`wrong_script`, `wrong_language`, or None."""
        tongue = _TONGUES[self.code]
        if script_share(text, tongue.script) < _LEAST_SHARE:
            return "wrong_script"
        if any(script_share(text, script) > _MOST_FOREIGN for script in tongue.foreign):
            return "wrong_script"
        if not tongue.codes:
            return None
        found = _detected(text, self.code if tongue.hinted else None)
        if found is None:
            return None if self._may_be_unsure(text) else "wrong_language"
        return None if found in tongue.codes else "wrong_language"

    def _may_be_unsure(self, text: str) -> bool:
        if _TONGUES[self.code].script != "Latin":
            return True
        return self.code == "en" and len(text.split()) <= SHORT_WORDS


def _detected(text: str, expected: str | None) -> str | None:
    """CLD2's code of the text's language, or None where it is not sure."""
    import pycld2

    start = text[:READ_CHARACTERS].encode("utf-8", "replace")
    try:
        sure, _, languages = pycld2.detect(start, hintLanguage=expected)
    except pycld2.error:  # control codes and the like: it reads as no language
        return None
    return str(languages[0][1]) if sure else None
