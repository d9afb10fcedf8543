"""What a recipe's language decides: what near texts are, which checks are off, who cannot vote."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from base.did_you_mean import did_you_mean
from checks.language_table import ENGLISH, Tongue, tongue
from checks.ngrams import Ngrams, has_spaces
from checks.registry import knows_language
from curation.characters import Bands
from inference.encoder_languages import languages_of_encoder
from pipelines.errors import RecipeError
from pipelines.recipe import moderation
from pipelines.recipe.schema import OrBench, Recipe, SorryBench
from pipelines.recipe.writing import Clean, Dedup, EncoderFacts

_WORDS = 3
_SHORTEST = 8


@dataclass(frozen=True, slots=True)
class Nearness:
    """What tells whether two texts are near.

    Attributes:
        encoder: The encoder's name in the recipe.
        threshold: The cosine, or where there are n-grams the Jaccard index, from which on they are;
            None where equal texts alone are repeats.
        ngrams: How texts are cut where the encoder does not know their language; else None.
    """

    encoder: str
    threshold: float | None
    ngrams: Ngrams | None = None

    @property
    def measure(self) -> str | Ngrams:
        """The n-grams, else the encoder's name."""
        return self.ngrams or self.encoder


def tongue_of(recipe: Recipe) -> Tongue:
    """The recipe's language: English for a benchmark that has no other."""
    return tongue(recipe.language if isinstance(recipe, OrBench) else ENGLISH)


def knows(language: str, encoder: str, stated: Mapping[str, EncoderFacts]) -> bool:
    """Whether an encoder knows a language, as the recipe states, else as its card says."""
    found = stated.get(encoder)
    if found is None and language == ENGLISH:
        return True  # as before there were languages
    return language in (found.languages if found else languages_of_encoder(encoder))


def is_asked(recipe: Recipe, encoder: str) -> bool:
    """Whether an encoder that a recipe names is asked: one that knows its language."""
    stated = recipe.encoders if isinstance(recipe, OrBench) else {}
    return knows(tongue_of(recipe).code, encoder, stated)


def nearness(recipe: Recipe) -> Nearness:
    """How near texts are told; a recipe without `dedup` measures as its defaults say."""
    part = recipe.dedup if isinstance(recipe, OrBench | SorryBench) else Dedup()
    stated = recipe.encoders if isinstance(recipe, OrBench) else {}
    code = tongue_of(recipe).code
    return near_by(code, part.encoder, part.threshold, part.jaccard, stated)


def near_by(
    language: str,
    encoder: str,
    threshold: float | None,
    jaccard: float | None,
    stated: Mapping[str, EncoderFacts],
) -> Nearness:
    """How near texts of a language are told: by the encoder where it knows it, else by characters.

    Args:
        language: The language's code.
        encoder: The encoder's name.
        threshold: The recipe's cosine; None for equal texts alone, whoever tells them.
        jaccard: The recipe's Jaccard index, or None for the usual one.
        stated: What the recipe says of encoders.
    """
    if threshold is None or knows(language, encoder, stated):
        return Nearness(encoder, threshold)
    cut = Ngrams.of_language(language)
    return Nearness(encoder, jaccard or cut.near, cut)


def cleaned_language(recipe: Recipe, part: Clean) -> str | None:
    """The language that texts must be in: as `clean.language` says where given, else the recipe's.

    Returns:
        Its code; None for any language.
    """
    said = "language" in part.model_fields_set
    return part.language if said else tongue_of(recipe).code


def shortest(recipe: Recipe, part: Clean) -> tuple[int, int]:
    """The fewest characters and words of a text: the recipe's, else those of the language."""
    code = cleaned_language(recipe, part)
    own = tongue_of(recipe) if code == tongue_of(recipe).code else None
    usual = own.shortest if own else _SHORTEST
    fewest = _WORDS if has_spaces(code) else 0
    return (
        min(usual, part.max_chars) if part.min_chars is None else part.min_chars,
        fewest if part.min_words is None else part.min_words,
    )


def fitting(recipe: Recipe, names: Iterable[str]) -> tuple[str, ...]:
    """Those of some named checks that know the recipe's language."""
    return tuple(name for name in names if knows_language(name, tongue_of(recipe).code))


def unfit(recipe: Recipe) -> tuple[str, ...]:
    """The checks that the recipe names and that do not know its language: they are off."""
    if not isinstance(recipe, OrBench):
        return ()
    named = dict.fromkeys((*recipe.clean.checks, *recipe.rewrite.checks))
    return tuple(name for name in named if name not in fitting(recipe, named))


def language_lines(recipe: Recipe) -> tuple[str, ...]:
    """What is off, or done otherwise, as the recipe is not in English; a sentence each."""
    if not isinstance(recipe, OrBench) or recipe.language == ENGLISH:
        return ()
    return tuple(_lines(recipe))


def _lines(recipe: OrBench) -> Iterator[str]:
    known = tongue_of(recipe)
    if off := unfit(recipe):
        yield f"Off, as they do not know {known.name}: the checks {', '.join(off)}."
    near = nearness(recipe)
    if near.ngrams is not None and near.threshold is not None:
        missed = Bands.at(near.threshold).missed(near.threshold)
        yield (
            f"The encoder {recipe.dedup.encoder.rpartition('/')[2]} does not know {known.name}:"
            f" near repeats are told by {near.ngrams.length}-grams of characters, from a Jaccard"
            f" index of {near.threshold:g} on (a pair at it is missed with a probability of"
            f" {missed:.1g}), not by meaning."
        )
    part = recipe.rewrite
    if (part.drift or part.examples) and not knows(known.code, part.encoder, recipe.encoders):
        yield (
            "Drift and copies of examples are told by characters too; that a rewrite has lost its"
            " seed is not told."
        )
    if recipe.openers is not None and not known.spaces:
        yield "Openings are the first four characters, as no spaces part words."
    yield (
        f"Not measured for {known.name}: refusal phrases, the rates of moderators and judges, and"
        " the audit's style rules."
    )


def require_fit_language(recipe: Recipe) -> None:
    """Refuses a recipe of which a part cannot work in its language.

    Raises:
        RecipeError: An offline moderator does not know the language, rewrites are asked for as a
            continued list, whose openings are English, or `encoders` names what no part uses.
    """
    if not isinstance(recipe, OrBench):
        return
    _require_used(recipe)
    known = tongue_of(recipe)
    if known.code == ENGLISH:
        return
    if recipe.rewrite.form == "list":
        rule = f"rewrite.form must be json where language is {known.code}: the list is English"
        raise RecipeError(rule, recipe.rewrite.form)
    for each in recipe.moderate.moderators:
        if isinstance(each, moderation.WordModerator):
            rule = f"moderator {each.kind} must go with language en: its words are English"
            raise RecipeError(rule, known.code)
        if isinstance(each, moderation.EncoderModerator):
            if not knows(known.code, each.encoder, recipe.encoders):
                rule = (
                    f"moderator {each.kind} must have an encoder that knows language {known.code}"
                    " (see `encoders`)"
                )
                raise RecipeError(rule, each.encoder)


def _require_used(recipe: OrBench) -> None:
    used = {recipe.dedup.encoder, recipe.rewrite.encoder}
    used |= {
        each.encoder
        for each in recipe.moderate.moderators
        if isinstance(each, moderation.EncoderModerator)
    }
    for name in recipe.encoders:
        if name not in used:
            hint = did_you_mean(name, used)
            raise RecipeError(f"encoders must name encoders that a part uses{hint}", name)
