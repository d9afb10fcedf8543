"""Whether a text is one question or one instruction, and in the imperative."""

import re
from dataclasses import dataclass
from typing import ClassVar

from base.digests import digest_of, pattern_part
from checks.clean import quotes_part, straight
from checks.language import READ_CHARACTERS
from inference.types import Item

_ENDS_AS_QUESTION = re.compile(r"[?\uff1f]!{0,2}[\"'»)]{0,2}\Z")
_MARKS = re.compile(r"[?\uff1f]+")
# Every English question, and hardly anything that is none, has one of these words.
_ASKS = re.compile(
    r"\b(?:what|which|who|whom|whose|when|where|why|how"
    r"|is|are|am|was|were|be|been|do|does|did|has|have|had"
    r"|can|could|will|would|shall|should|may|might|must"
    r"|isn|aren|wasn|weren|don|doesn|didn|hasn|haven|hadn|won|wouldn|shouldn|couldn|ain)\b",
    re.IGNORECASE,
)
_INSTRUCTS = re.compile(
    r"(?:please |can you |help me )?"
    r"(?:analy[sz]e|brainstorm|build|choose|come up|compare|compose|craft|create|define|describe"
    r"|design|develop|discuss|draft|explain|find|give|help|identify|illustrate|invent|list|make"
    r"|name|outline|pick|plan|prepare|propose|provide|rank|recommend|review|share|show|suggest"
    r"|summari[sz]e|teach|tell|think of|translate|turn|walk|write)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Question:
    """Objects to a text that asks nothing, or asks for several things at once.

    Attributes:
        instructions: Whether a text that opens with an imperative ("List ways to ...") passes too.
        most: The largest number of question marks, "?!" and "??" counted once.
    """

    name: ClassVar[str] = "question"
    instructions: bool = True
    most: int = 1

    @property
    def digest(self) -> str:
        """Of the patterns, and of what else passes."""
        patterns = map(pattern_part, (_ENDS_AS_QUESTION, _MARKS, _ASKS, _INSTRUCTS))
        read = (READ_CHARACTERS, quotes_part())
        return digest_of(self.name, self.instructions, self.most, *patterns, *read)

    def __call__(self, item: Item, text: str) -> str | None:
        """`not_a_question`, `several_questions`, or None."""
        stripped = straight(text.strip())
        read = stripped[:READ_CHARACTERS]
        asks = bool(_ENDS_AS_QUESTION.search(stripped[-8:]) and _ASKS.search(read))
        if not asks and not (self.instructions and _INSTRUCTS.match(read)):
            return "not_a_question"
        marks = sum(1 for _ in _MARKS.finditer(read))
        return "several_questions" if marks > self.most else None


# An English sentence that opens with one of these is no instruction; a verb is what remains.
_NO_VERB = frozenset(
    "a an the this that these those my your his her its our their i you he she it we they one"
    " what which who whom whose when where why how whether if because since while although though"
    " is are am was were been does did has had can could will would shall should may"
    " might must isn't aren't wasn't doesn't didn't can't couldn't won't wouldn't shouldn't"
    " i'm i'd i've i'll you're it's there there's here and or but so also as at by for from in into"
    " of on to with without about after before during under over between some any every all each"
    " no not yes sure okay ok hello hi hey dear thanks sorry perhaps maybe ever never always"
    " suppose supposing assuming given imagine".split()
)
# "Don't be gentle: ..." and "Let me know" are instructions, and so is what follows "please".
_POLITE = re.compile(r"(?:please|kindly|now|just|go ahead and)[, ]+", re.IGNORECASE)
_FIRST = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_QUOTED = re.compile(r"\"[^\"]*\"")
_ENDS = re.compile(r"(?<![.!?:;])[.!?:;]+[\"')]*\s+(?=[\"'(]?[A-Z])")
_ABBREVIATED = re.compile(r"\b(?:[A-Z]|Mr|Mrs|Ms|Dr|St|vs|etc|e\.g|i\.e|U\.S|No)\.\s")


@dataclass(frozen=True, slots=True)
class Imperative:
    """Objects to a text that asks, tells or chats instead of instructing, or instructs twice.

    For English. The opening word must be none of those that begin other sentences; nothing may be
    asked; what is quoted does not count.
    """

    name: ClassVar[str] = "imperative"

    @property
    def digest(self) -> str:
        """Of the words and patterns that tell an instruction."""
        patterns = (_POLITE, _FIRST, _QUOTED, _ENDS, _ABBREVIATED)
        read = (READ_CHARACTERS, quotes_part())
        return digest_of(self.name, sorted(_NO_VERB), *map(pattern_part, patterns), *read)

    def __call__(self, item: Item, text: str) -> str | None:
        """`not_imperative`, `several_instructions`, or None."""
        plain = straight(text.strip()[:READ_CHARACTERS])
        said = _POLITE.sub("", plain, count=1) if _POLITE.match(plain) else plain
        first = _FIRST.match(said)
        if first is None or first[0].lower() in _NO_VERB:
            return "not_imperative"
        bare = _QUOTED.sub("x", said)
        if "?" in bare or "\uff1f" in bare:
            return "not_imperative"
        if "\n" in bare or _ENDS.search(_ABBREVIATED.sub("x ", bare)):
            return "several_instructions"
        return None


_MARK = r"(?:\(?\d{1,2}[.)]|[-*\u2022\u2023\u25e6])[ \t]+\S"
_LIST = re.compile(
    rf"^[ \t]*{_MARK}[^\n]*\n+[ \t]*{_MARK}"  # two lines with list marks
    r"|(?:\A|[\s:])\(?1[.)] \S[^\n]{3,600}?[ \n]\(?2[.)] \S"
    r"|\b(?P<label>option|version|variant|alternative|example|rewrite) (?:1|a|one)\b"
    r"[\s\S]{3,600}?\b(?P=label) (?:2|b|two)\b",
    re.MULTILINE | re.IGNORECASE,
)
_SPEAKER = (
    r"(?:user|human|assistant|ai|bot|chatbot|system|me|you|q|a|b|person [a-z0-9]"
    r"|speaker [a-z0-9]|[A-Z][a-z]{2,15})"
)
_DIALOGUE = re.compile(
    rf"^\W{{0,3}}{_SPEAKER}\W{{0,3}}:[^\n]*\n+\W{{0,3}}{_SPEAKER}\W{{0,3}}:"
    r"|\b(?:user|human): [^\n]{1,600}?\b(?:assistant|ai|bot|chatbot): ",
    re.MULTILINE | re.IGNORECASE,
)
_ANSWERED = re.compile(
    r"\A\W{0,3}(?:dear (?!assistant|ai\b|chat|model|friend)|to whom it may concern|step (?:1|one)\b"
    r"|first(?:ly)?, (?!i\b)|once upon a time|ladies and gentlemen|(?:title|subject|headline): "
    r"|breaking(?: news)?[:!] |there once (?:was|lived)|roses are red|verse 1\b|chapter (?:1|one)\b"
    r"|here(?:'s| is| are) (?:an? |the |some |\d|\w+ (?:\w+ )?(?:ways|steps|tips|ideas|reasons)\b)"
    r"|to \w+ [^.:\n]{3,120}, (?:follow|start by|begin by"
    r"|you (?:can|will|should|need)(?! to (?:know|understand|see|grasp|learn|have)))\b)"
    r"|:\s*\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class OneInstruction:
    """Objects to a text in which a request became several, a conversation, or its own answer.

    What the base has itself (a list in a request, its lines) is no finding.
    """

    name: ClassVar[str] = "one_instruction"

    @property
    def digest(self) -> str:
        """Of the patterns of lists, dialogues and answers."""
        patterns = map(pattern_part, (_LIST, _DIALOGUE, _ANSWERED))
        return digest_of(self.name, READ_CHARACTERS, *patterns, quotes_part())

    def __call__(self, item: Item, text: str) -> str | None:
        """`several_texts`, `dialogue`, `answered`, `several_paragraphs`, or None."""
        read, base = straight(text[:READ_CHARACTERS]), straight(item.text[:READ_CHARACTERS])
        for reason, found in (
            ("several_texts", _LIST),
            ("dialogue", _DIALOGUE),
            ("answered", _ANSWERED),
        ):
            if found.search(read) and not found.search(base):
                return reason
        return "several_paragraphs" if _lines(read) > max(_lines(base), 1) else None


def _lines(text: str) -> int:
    return sum(1 for line in text.splitlines() if line.strip())
