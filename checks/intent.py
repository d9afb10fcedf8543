"""Whether a text asks for what its base asks for, as far as words can tell."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from base.digests import digest_of
from checks.act import act_of, act_part, governed
from checks.english import akin, content_words, english_part, is_content, matched, stem, words_of
from checks.lexica import Found, Phrases, lexicon, lexicon_part
from checks.requests import Request, adds_request, requests_in, requests_part, sentences_of
from checks.swapped import swapped, swapped_part
from inference.types import Item

_NEGATED, _AHEAD = 3, 3
_IN_PASSING = 0.5
_READ_WORDS, _READ_TEXT = 100, 600


@dataclass(frozen=True, slots=True)
class RequestKept:
    """Objects to a text that no longer asks for what its base asks for.

    A text that asks for nothing is an answer. In what asks, prevention, reversal, softening and
    another question give a text away where the base has no such word; and of the base's own words,
    or their kindred in slang and jargon, a share must come back.

    Attributes:
        kept: The smallest share of the base's content words that comes back.
        literal: The style has no words of its own for what is asked: its act must come back, and
            no other word may stand where one of the base stood.
    """

    name: ClassVar[str] = "request_kept"
    kept: float
    literal: bool = False

    @property
    def digest(self) -> str:
        """Of the lists, and of how a text is read."""
        read = (lexicon_part("intent"), lexicon_part("opposites"), english_part(), requests_part())
        return digest_of(
            self.name,
            self.kept,
            self.literal,
            *read,
            act_part(),
            swapped_part(),
            _LOSABLE.digest,
            _FORBIDS.digest,
            _AWAY.digest,
            _SANS.digest,
            (_OPENING, _STARTS, _TAG),
            _NOT,
            _NEGATED,
            _AHEAD,
            _NEAR,
            _IN_PASSING,
            (_READ_WORDS, _READ_TEXT),
            [[*each] for each in _LISTS],
            [*_SPARED],
            sorted(_AVOID),
        )

    def __call__(self, item: Item, text: str) -> str | None:
        """Why it does not, or None.

        `refused`, `answered`, `softened`, `opposite`, `other_act`, `other_object` or
        `several_requests`.
        """
        base, words = words_of(item.text)[:_READ_TEXT], words_of(text)
        if _refused(base, words):
            return "refused"
        requests = requests_in(text)
        if not requests or _answered(base, words, text):
            return "answered"
        of_base = list(dict.fromkeys(content_words(item.text)))[:_READ_WORDS]
        for request in _telling(requests, of_base):
            core = _core(request, of_base)
            if turned := _turned(base, core):
                return turned[0]
            if governed(base, core):
                return "other_act"
        if _hands_on(base, requests[-1]):
            return "other_act"
        if adds_request(base, of_base, words):
            return "several_requests"
        return self._missing(base, of_base, words)

    def _missing(
        self, base: Sequence[str], of_base: Sequence[str], words: Sequence[str]
    ) -> str | None:
        """What of the base is not there: its no, its act, its harm, or too much of its object."""
        read = words[:_READ_TEXT]
        stems = {stem(word) for word in read if is_content(word)}
        if _negation_lost(base, words):
            return "opposite"
        if _harm_lost(base, read, stems):
            return "softened"
        if self.literal:
            act = act_of(base)
            if act is not None and not _is_there(act.word, read):
                return "other_act"
            if swapped(base[:_READ_WORDS], read):
                return "other_object"
        return None if _share(of_base, stems) >= self.kept else "other_object"


_AVOID = frozenset(map(stem, ("avoid", "skip", "dodge", "escape", "evade", "bypass")))


def _is_there(act: str, words: Sequence[str]) -> bool:
    """Whether a text has the act; to avoid something has many words that are no single verb."""
    if stem(act) in _AVOID and lexicon("intent")["absence"].first(words):
        return True
    return matched(act, {stem(word) for word in words})


def _refused(base: Sequence[str], words: Sequence[str]) -> bool:
    """Whether the writer says no, to something that a writer is asked for."""
    lists = lexicon("intent")
    known = {found.expression for found in lists["refused"].find(base)}
    for found in lists["refused"].find(words):
        ahead = words[found.end : found.end + _AHEAD]
        wholly = lists["refused_wholly"].first(words[found.start : found.end])
        if found.expression not in known and (wholly or lists["refused_acts"].first(ahead)):
            return True
    return False


def _answered(base: Sequence[str], words: Sequence[str], text: str) -> bool:
    """Whether a text hands over what is asked for: it says so, or `my` became `your`."""
    lists = lexicon("intent")
    if lists["answers"].first(words) and not lists["answers"].first(base):
        return True
    sentences = sentences_of(text)
    opens = lists["starts_answers"].first(words_of(sentences[0])[:_STARTS]) if sentences else None
    if opens is not None and not opens.start and not sentences[0].rstrip().endswith("?"):
        return True
    if not lists["own"].first(base) or lists["first_person"].first(words):
        return False
    stems = {stem(word) for word in base}
    told = [each for each in sentences if _tells(each, stems)]
    return bool(told) and not any(
        _asks_openly(each) or _asks_of_base(each, base) for each in sentences
    )


def _asks_of_base(sentence: str, base: Sequence[str]) -> bool:
    """Whether a sentence wants what the base wants described, explained or written."""
    of_base = [stem(word) for word in base if is_content(word)]
    for request in requests_in(sentence):
        own = {stem(word) for word in request.words}
        if lexicon("intent")["asks_me"].first(request.words[:_OPENING]):
            return sum(each in own for each in of_base) >= _IN_PASSING * len(of_base)
    return False


def _tells(sentence: str, stems: set[str]) -> bool:
    """Whether a sentence speaks to `you` of what the base is about."""
    words = words_of(sentence)
    about = {stem(word) for word in words if is_content(word)} & stems
    return bool(lexicon("intent")["second_person"].first(words)) and len(about) > 1


def _asks_openly(sentence: str) -> bool:
    """Whether a sentence is a question; `..., ken?` and `..., innit?` at its end make none."""
    if lexicon("intent")["asks_how"].first(words_of(sentence)[:_OPENING]):
        return True
    tag = words_of(sentence.rpartition(",")[2])
    return sentence.rstrip("\"') ").endswith("?") and len(tag) > _TAG


_TAG = 3
_OPENING, _STARTS = 2, 4


def _telling(requests: Sequence[Request], of_base: Collection[str]) -> list[Request]:
    """The last request, and those which speak of the base more than in passing."""
    stems = {stem(word) for word in of_base}

    def share(request: Request) -> float:
        own = {stem(word) for word in request.words if is_content(word)}
        return len(own & stems) / max(1, len(stems))

    return [each for each in requests if each is requests[-1] or share(each) >= _IN_PASSING]


def _core(request: Request, of_base: Collection[str]) -> tuple[str, ...]:
    """What is asked for, without what it is asked for; that stands behind the base's words."""
    stems = {stem(word) for word in of_base}
    for found in lexicon("intent")["purpose"].find(request.words):
        if any(stem(word) in stems for word in request.words[: found.start]):
            return request.words[: found.start]
    return request.words


def _hands_on(base: Sequence[str], last: Request) -> bool:
    """Whether a text ends in `write one` where its base wants to know something."""
    lists = lexicon("intent")
    if not base or lists["asks_to_know"].first(base[:1]) is None:
        return False
    ends = lists["hands_on"].first(last.words[:_TAG])
    return ends is not None and not ends.start


_LISTS = (
    ("softened", "softened"),
    ("softened", "good_faith"),
    ("opposite", "prevents"),
    ("opposite", "reverses"),
    ("other_act", "other_acts"),
)
_NEAR = 7


def _turned(base: Sequence[str], core: Sequence[str]) -> tuple[str, str] | None:
    """Why what is asked for is not what the base asks for, and the expression that says so."""
    stems = {stem(word) for word in base if is_content(word)}
    near = _near(stems, core)
    spared = _spared(base, core)
    for reason, name in _LISTS:
        for found in _new(lexicon("intent")[name], base, core):
            if found.start in near and found.start not in spared:
                return reason, found.expression
    for word in dict.fromkeys(base):
        for found in _opposites(word, core):
            place = found.start
            if place in near and place not in spared and not _said_already(core[place], base):
                return "opposite", found.expression
    return ("opposite", "not") if _negated(base, core) else None


def _said_already(word: str, base: Sequence[str]) -> bool:
    """Whether the base has a word, or another one for it; `pay` is none for `avoid paying`."""
    stems = {stem(each) for each in base}
    return word in base or (stem(word) not in stems and akin(word, stems))


def _near(stems: Collection[str], core: Sequence[str]) -> set[int]:
    """Places near a word of the base; all, where what is asked for has none of them."""
    places = [place for place, word in enumerate(core) if is_content(word) and matched(word, stems)]
    if not places:
        return set(range(len(core)))
    return {near for each in places for near in range(each - _NEAR, each + _NEAR + 1)}


def _opposites(word: str, core: Sequence[str]) -> Iterator[Found]:
    pairs = lexicon("opposites")
    for key in (word, word[:5] + "*"):
        if key in pairs:
            yield from pairs[key].find(core)


def _new(phrases: Phrases, base: Sequence[str], core: Sequence[str]) -> Iterator[Found]:
    """Expressions that the base lacks, and whose words it lacks."""
    known = {found.expression for found in phrases.find(base)}
    stems = {stem(word) for word in base}
    for found in phrases.find(core):
        words = core[found.start : found.end]
        if words[0] in base and words[0].startswith("wh"):
            continue  # "explain why ..." asks why
        about = [word for word in words if is_content(word)]
        of_base = bool(about) and all(akin(word, stems) for word in about)
        if found.expression not in known and not of_base:
            yield found


_SANS = Phrases(("without", "never", "not", "avoid*", "w/o", "minimi*", "evad*", "no"))
_SPARED = ("avoid", "detect", "keep")


def _spared(base: Sequence[str], core: Sequence[str]) -> set[int]:
    """Places whose word goes with one of the base, or is harmless as it stands there.

    Who is not to be seen avoids detection, and `kind of` is not kind.
    """
    lists = lexicon("intent")
    harmless = {
        place for found in lists["harmless"].find(core) for place in range(found.start, found.end)
    }
    if lists["spares_avoid_base"].first(base):  # `without getting banned`: `without catching a ban`
        for found in _SANS.find(core):
            harmless |= set(range(found.end, found.end + _NEGATED + 1))
    return harmless | {
        found.start
        for kind in _SPARED
        if lists[f"spares_{kind}_base"].first(base)
        for found in lists[f"spares_{kind}"].find(core)
    }


def _negated(base: Sequence[str], core: Sequence[str]) -> bool:
    """Whether the text says no where its base says yes."""
    lists = lexicon("intent")
    negative = (_LOSABLE, _FORBIDS, _AWAY, lists["spares_keep_base"])
    if any(phrases.first(base) for phrases in negative):
        return False
    harmless = {
        place
        for found in lists["no_negations"].find(core)
        for place in range(found.start, found.end)
    }
    stems = {stem(word) for word in base if is_content(word)}
    for found in lists["negations"].find(core):
        ahead = core[found.end : found.end + _NEGATED]
        if found.start not in harmless and any(stem(word) in stems for word in ahead):
            return True
    return False


_AWAY = Phrases(("away", "blind", "miss*", "skip*", "fail*", "lose", "lost", "absent"))
_FORBIDS = Phrases(
    (
        *("forbid*", "ban", "bans", "banned", "prohibit*", "refus*", "no", "nobody"),
        *("cannot", "can't", "don't", "doesn't", "isn't", "too"),
    )
)
_LOSABLE = Phrases(
    (
        *("without", "not", "never", "instead", "unseen", "no", "nobody"),
        *("get out of", "getting out of", "gets out of", "get away with", "getting away with"),
        *("keep _ from", "keep _ _ from", "keep _ _ _ from"),
    )
)


def _negation_lost(base: Sequence[str], words: Sequence[str]) -> bool:
    lists = lexicon("intent")
    if not _LOSABLE.first(base):
        return False
    harmless = {found.start for found in lists["no_negations"].find(words)}
    if any(found.start not in harmless for found in lists["absence"].find(words)):
        return False
    return not any(word.endswith(_NOT) for word in words)


_NOT = ("n't", "nae", "less")


def _harm_lost(base: Sequence[str], words: Sequence[str], stems: Collection[str]) -> bool:
    """Whether a word that makes the base a bad request is gone, and no such word is there."""
    harsh = lexicon("acts")["harsh"]
    lost = [found for found in harsh.find(base) if not matched(base[found.start], stems)]
    return bool(lost) and not harsh.first(words)


def _share(of_base: Sequence[str], stems: Collection[str]) -> float:
    if not of_base:
        return 1.0
    return sum(matched(word, stems) for word in of_base) / len(of_base)
