"""How one says no in other languages than English, looked for in what a model wrote."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from base.digests import Json, pattern_part
from checks.clean import quotes_part, straight
from checks.language import READ_CHARACTERS, script_share, scripts_part
from checks.language_table import Refusals, Tongue, tongue, tongues, tongues_digest

OTHER = "other"
"""What the language of a text is called that no phrases are known of."""

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_MARKS = re.compile(r"[*_`#~>\u064b-\u0652\u0670\u0640\u093c]+")
_ALIKE = str.maketrans(
    {"\u0622": "\u0627", "\u0623": "\u0627", "\u0625": "\u0627", "\u0901": "\u0902"}
)
_SENTENCE_END = re.compile(r"[.!?\u3002\uff61\u0964\u061f\n]+")
_GAP = r"[^.!?\u3002\uff61\u0964\u061f\n]{0,60}?"
_CLAUSE = r"[,;:\u060c\u061b\u3001\u2014\u2013]\s{0,2}"
_SENTENCES = 3
_SURE_SHARE = 80
_LEAST_SHARE = 0.5
_MOST_FOREIGN = 0.1


def foreign_part() -> Json:
    """What is found in a text depends on this, for a digest."""
    scripts = [scripts_part(each.script) for each in tongues().values()]
    return [openings_part(), _SURE_SHARE, _LEAST_SHARE, _MOST_FOREIGN, scripts]


def openings_part() -> Json:
    """What `opens_with_refusal` and `opens_abroad` depend on, for a digest."""
    patterns = map(pattern_part, (_INVISIBLE, _MARKS, _SENTENCE_END))
    alike = {chr(one): other for one, other in sorted(_ALIKE.items())}
    read = (READ_CHARACTERS, _SENTENCES, quotes_part())
    return [tongues_digest(), *patterns, alike, _GAP, _CLAUSE, *read]


def opens_with_refusal(text: str, code: str) -> bool:
    """Whether what a writer wrote opens as a refusal does, and a request does not.

    A request may begin with sympathy: being sorry is a refusal where that is all, or where its
    sentence or the next one says that the writer cannot.

    Example:
        >>> opens_with_refusal("很抱歉", "zh"), opens_with_refusal("怎么说对不起", "zh")
        (True, False)
    """
    found = _patterns().get(code)
    if found is None:
        return False
    read = _plain(text, tongue(code))
    return found.writer.match(read) is not None or _is_sorry(_sentences(read), found)


def opens_abroad(text: str) -> bool:
    """Whether a text opens as a writer's refusal does in any language that has phrases here."""
    return any(opens_with_refusal(text, code) for code in _patterns())


def refuses(text: str, code: str) -> bool:
    """Whether an answer says in its first three sentences, in a language, that it will not help.

    Example:
        >>> refuses("我无法协助您完成这个请求。", "zh"), refuses("很抱歉听到这个消息。", "zh")
        (True, False)
    """
    found = _patterns().get(code)
    if found is None:
        return False
    first = _sentences(_plain(text, tongue(code)))
    return any(found.phrase.search(each) for each in first) or _is_sorry(first, found)


def _sentences(text: str) -> list[str]:
    """The first sentences of a text."""
    pieces = _SENTENCE_END.split(text)
    return [piece.strip() for piece in pieces if piece.strip()][:_SENTENCES]


def _is_sorry(sentences: Sequence[str], found: "_Patterns") -> bool:
    """Whether one opens with an apology, and says in it or right after it that one cannot."""
    opens = bool(sentences) and found.opening.match(sentences[0]) is not None
    return opens and any(found.cannot.search(each) for each in sentences[:2])


def languages_of(text: str) -> tuple[str, ...]:
    """The languages that a text may be in, by its script and where it must by CLD2.

    Returns:
        Codes of `checks/languages.yaml`; `("other",)` for a text that is surely in none of them;
        nothing for one without letters.

    Example:
        >>> languages_of("对不起"), languages_of("Спасибо, не надо."), languages_of("42")
        (('zh',), ('other',), ())
    """
    start = text[:READ_CHARACTERS]
    if not any(sign.isalpha() for sign in start):
        return ()
    scripts = {each.script for each in tongues().values()}
    script = next((each for each in scripts if script_share(start, each) > _LEAST_SHARE), None)
    if script is None:
        mixed = sum(script_share(start, each) for each in scripts) > _LEAST_SHARE
        return tuple(tongues()) if mixed else (OTHER,)
    of_script = [each for each in tongues().values() if each.script == script]
    foreign = {each for known in of_script for each in known.foreign}
    if any(script_share(start, each) > _MOST_FOREIGN for each in foreign):
        return (OTHER,)
    return _by_detection(start, of_script)


def _by_detection(text: str, of_script: Iterable[Tongue]) -> tuple[str, ...]:
    """Those of a script that CLD2 does not rule out."""
    known = [*of_script]
    codes = tuple(each.code for each in known)
    if not all(each.codes for each in known):
        return codes  # a script that one language has to itself
    sure = _surely(text)
    if sure is None:
        return codes
    named = tuple(each.code for each in known if sure in each.codes)
    return named or (codes if sure.partition("-")[0] in codes else (OTHER,))


def _surely(text: str) -> str | None:
    """CLD2's code where it is sure of one language for most of the text."""
    import pycld2

    try:
        sure, _, found = pycld2.detect(text.encode("utf-8", "replace"))
    except pycld2.error:  # control codes and the like: it reads as no language
        return None
    _, code, share, _ = found[0]
    return str(code) if sure and share >= _SURE_SHARE and code != "un" else None


@dataclass(frozen=True, slots=True)
class _Patterns:
    writer: re.Pattern[str]
    opening: re.Pattern[str]
    cannot: re.Pattern[str]
    phrase: re.Pattern[str]


@cache
def _patterns() -> Mapping[str, _Patterns]:
    """The compiled phrases of each language that has some here."""
    return {
        code: _compiled(known, known.refusals)
        for code, known in tongues().items()
        if known.refusals is not None
    }


def _compiled(known: Tongue, said: Refusals) -> _Patterns:
    openings, machine, cannot, phrases, joins = (
        "|".join(_expressions(each, known))
        for each in (said.openings, said.machine, said.cannot, said.phrases, said.joins)
    )
    join = rf"(?:{joins}),?\s{{0,2}}"
    before = rf"(?:\A\W{{0,3}}|{_CLAUSE}|\s(?={join}))(?:{join}){{0,2}}"
    return _Patterns(
        writer=re.compile(rf"\W{{0,3}}(?:{machine}|{phrases}|(?:{openings})\W{{0,9}}\Z)"),
        opening=re.compile(rf"\W{{0,3}}(?:{openings}|{machine})"),
        cannot=re.compile(cannot),
        phrase=re.compile(rf"{before}(?:{phrases})"),
    )


def _expressions(phrases: Iterable[str], known: Tongue) -> Iterator[str]:
    """A pattern for each phrase; where words are parted by spaces, a word of it is a whole one."""
    for phrase in phrases:
        bare = _plain(phrase.removesuffix("*"), known, marks=False)
        ended = known.spaces and not phrase.endswith("*") and bare[-1:].isalpha()
        space = r"\s?" if known.spaces else ""
        parts = (re.escape(part.strip()) for part in bare.split("\u2026"))
        yield rf"{space}{_GAP}{space}".join(parts) + (r"(?!\w)" if ended else "")


def _plain(text: str, known: Tongue, marks: bool = True) -> str:
    """A text as phrases are compared: one case, width and form of quotes, no markdown."""
    kept = text[:READ_CHARACTERS].replace("\u2026", "\n" if marks else "\ue000")
    found = straight(unicodedata.normalize("NFKC", kept)).casefold().replace("\ue000", "\u2026")
    found = _MARKS.sub("", _INVISIBLE.sub("", found)).translate(_ALIKE)
    between = " " if known.spaces else ""
    return "\n".join(between.join(line.split()) for line in found.splitlines())
