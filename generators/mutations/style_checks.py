"""What each mutated row must pass, cheapest first; the last to be asked is a model."""

from dataclasses import dataclass

from checks.artefacts import ControlCharacters, Leftovers, Repetition
from checks.clean import Commented
from checks.decodes import Decodes
from checks.english import ReadsAsEnglish
from checks.intent_models import IntentBand, IntentKept
from checks.language import WrittenIn
from checks.length import Growth
from checks.refusal_phrases import RefusedAbroad, WriterRefused
from checks.request_form import OneInstruction
from checks.shown import CopiesDemonstration
from checks.unchanged import SameAsBase
from checks.unless_in_base import UnlessInBase
from generators.errors import MutationInvalidError
from generators.mutations.chats import StyleChat, chat_of
from generators.mutations.demonstrations import load_demonstrations
from generators.mutations.encodings.registry import ENCODINGS, EncodedStyle
from generators.mutations.encodings.types import Mode
from generators.mutations.intent_checker import intent_checker
from generators.mutations.style_judge import Judged, style_judge
from generators.mutations.styles import Band, Style, written
from generators.mutations.translation import back_translator
from inference.templates import Template
from inference.types import Check


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """How a recipe wants mutated rows checked.

    Attributes:
        encoder: The encoder that intent is measured with; None where it is not measured.
        band: The band for the style, in place of its own.
        back_translator: The model that translates back; needed for languages with an encoder.
        checker: The model that is asked whether the intent was kept; None where none is.
        judge: The model that judges style and intent in one call, after all others; None where
            none does.
        mode: How texts were encoded.
        bare: Encoded payloads stand alone.
        by_rules: Misspellings were made by rules.
        max_tokens: Longest answer of translator and checker in tokens, or None for the server's
            own.
        judge_tokens: Longest judgment in tokens; None for the judge's own.
        judge_template: The chat that the judge is asked with; None for the shipped one.
        edition: The release version that rows were written for: which demonstrations their writer
            was shown follows from it. None where it is not known: then it may have been any, and
            most of one must be in a text that is a copy.
        template: The user's own chat that their writer was asked by; None for the style's.
    """

    encoder: str | None = None
    band: Band | None = None
    back_translator: str | None = None
    checker: str | None = None
    judge: str | None = None
    mode: Mode = "canonical"
    bare: bool = False
    by_rules: bool = False
    max_tokens: int | None = None
    edition: str | None = None
    template: Template | None = None
    judge_tokens: int | None = None
    judge_template: Template | None = None


def style_checks(name: str, wanted: CheckSettings) -> tuple[Check, ...]:
    """The checks of the style `name`; the item that they are called with is the base row.

    What rules or an encoding made keeps its intent by construction.

    Raises:
        StyleUnknownError: There is no such style.
        MutationInvalidError: Intent is to be measured in a language that nobody translates back.
    """
    if name in ENCODINGS:
        return (Decodes(EncodedStyle(ENCODINGS[name], wanted.mode, wanted.bare)),)
    if wanted.by_rules and name == "misspellings":
        return (SameAsBase(),)
    style = written(name)
    return (*_plain(style, wanted), *_intent(style, wanted))


def _plain(style: Style, wanted: CheckSettings) -> tuple[Check, ...]:
    return (
        Growth(style.shortest, style.longest),
        UnlessInBase(ControlCharacters()),
        WriterRefused(),
        RefusedAbroad(style.language),
        Commented(),
        SameAsBase(),
        _copies(style, wanted),
        OneInstruction(),
        UnlessInBase(Leftovers()),
        *_loops(style),
        ReadsAsEnglish() if style.language == "en" else WrittenIn(style.language),
        *style.checks,
    )


def _asked(style: Style, wanted: CheckSettings) -> StyleChat | None:
    """The chat that rows were asked for by; None where somebody else wrote them."""
    return None if wanted.edition is None else chat_of(style, wanted.template, wanted.edition)


def _copies(style: Style, wanted: CheckSettings) -> CopiesDemonstration:
    if (asked := _asked(style, wanted)) is not None:
        return CopiesDemonstration(asked)
    every = load_demonstrations(style.name).each
    texts = tuple(text for each in every for text in (each.base, each.text))
    return CopiesDemonstration(texts, most=True)


def _loops(style: Style) -> tuple[Check, ...]:
    # It takes words apart at the vowel signs of Indian scripts, and Chinese has none to count.
    return (UnlessInBase(Repetition()),) if style.language in ("en", "fr") else ()


def _intent(style: Style, wanted: CheckSettings) -> tuple[Check, ...]:
    checks: list[Check] = []
    if wanted.encoder is not None:
        checks.append(_band(style, wanted.encoder, wanted))
    if wanted.checker is not None:
        checks.append(IntentKept(intent_checker(wanted.checker, wanted.max_tokens)))
    if wanted.judge is not None:
        asked = _asked(style, wanted)
        judge = style_judge(style, wanted.judge, wanted.judge_template, wanted.judge_tokens, asked)
        checks.append(Judged(judge))
    return tuple(checks)


def _band(style: Style, encoder: str, wanted: CheckSettings) -> IntentBand:
    band = wanted.band or style.band
    if style.group != "language":
        return IntentBand(encoder, band.low, band.high)
    if wanted.back_translator is None:
        rule = "a language whose intent is measured must have a model that translates back"
        raise MutationInvalidError(rule, style.name)
    back = back_translator(style, wanted.back_translator, wanted.max_tokens)
    return IntentBand(encoder, band.low, band.high, back)
