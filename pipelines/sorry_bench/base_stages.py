"""The stages of a base set, each declared once: loaded as it stands, or picked from tables.

What a stage covers is what its tables are made from besides its inputs: settings, the identities of
models and encoders, digests of checks, templates and files.
"""

from artifacts import sorry_bench_schemas as schemas
from artifacts.records import StageName
from artifacts.schemas import PARENTS, kept_and_dropped
from artifacts.stage_roles import DEDUP
from base.digests import Json, digests_of, require_digest
from checks.artefacts import ControlCharacters
from checks.intent_models import IntentBand
from checks.refusal_phrases import WriterRefused
from checks.request_form import Imperative, OneInstruction
from curation.diversity import clusters_digest, diversity_digest
from curation.near import against_digest
from generators.imperative import MAX_TOKENS, ImperativeWriter
from inference.types import Check
from moderators.category_votes import category_rule_digest
from moderators.classifier import Classifier
from people.base_review import DecisionFile
from pipelines.errors import StageUnknownError
from pipelines.recipe import SorryBench
from pipelines.recipe.base_set import BuiltBase, Decisions, LoadedBase
from pipelines.recipe.digest import settings_of
from pipelines.runner.expected import Assumption, Calls, Expected, from_source
from pipelines.runner.stage import EachRow, Function, Round, Stage, frames_from, latest
from pipelines.sorry_bench import base_sources as sources
from pipelines.sorry_bench import choice, classify
from pipelines.sorry_bench.parts import SorryBenchParts
from pipelines.sources.base_sets import read_base
from pipelines.sources.models import located
from pipelines.sources.seeds import base_sources, read_prior
from pipelines.stages import shared, sizes
from pipelines.stages.identities import longest
from pipelines.stages.makers import cleaning_checks
from pipelines.stages.source import frame_from
from pipelines.versions.lineage import CARRIED, pinned_part
from taxonomy.question_ids import width_for

LOADED = "base"
"""The stage of a base set that is used as it stands."""

CHOSEN = "choose"
"""The last stage of a base set that is built."""

_BASE = kept_and_dropped(schemas.BASE)
_SOURCED = kept_and_dropped(schemas.SOURCED)


def carried_stage(of: SorryBenchParts) -> Stage:
    """The base requests of the release that is extended, as they were released."""
    return Stage(
        name=StageName(CARRIED),
        kind="select",
        whole=True,
        tables=_BASE,
        version=1,
        covers=lambda round_: (pinned_part(of.extended.parent.pinned), of.lineage.withdrawals),
        work=lambda round_: lambda rows: frames_from(of.extended.base, _BASE),
        expects=lambda rows: Expected(None, onward=0),
    )


def loaded_stage(of: SorryBenchParts, base: LoadedBase) -> Stage:
    """A base set as it stands."""

    def covers(round_: Round) -> tuple[Json, ...]:
        (source,) = base_sources(of.recipe)
        terms = (source.license, source.redistribute, of.limit)
        read = (settings_of(base), source.revision, *terms, ControlCharacters().digest)
        return (source.name, *read, *of.made_from)

    def work(round_: Round) -> Function:
        (source,) = base_sources(of.recipe)
        return lambda rows: sources.loaded(
            read_base(source, of.taxonomy, base), of.limit, _additions(of, base.per_category)
        )

    def count() -> int | None:
        if of.texts is not None:
            return len(of.texts)
        each = base.per_category
        return None if each is None else each * len(of.taxonomy.names)

    note = "rows on the Hub are not known before they are fetched; base.per_category would say"
    return Stage(
        name=StageName(LOADED),
        kind="select",
        whole=True,
        tables=_BASE,
        version=sources.VERSION,
        covers=covers,
        work=work,
        expects=from_source(count, note),
    )


def _additions(of: SorryBenchParts, per_category: int | None) -> sources.Additions | None:
    found = of.carried
    if found is None and not of.lineage.tombstones:
        return None
    return sources.Additions(
        of.numbering,
        of.lineage.withdrawn,
        found.base.kept if found else (),
        found.roots if found else frozenset(),
        per_category,
    )


def sources_stage(of: SorryBenchParts, base: BuiltBase) -> Stage:
    """The rows of all tables that a base set is picked from; repeats are for later."""

    def covers(round_: Round) -> tuple[Json, ...]:
        found: list[Json] = [
            [each.name, each.revision, each.license, each.redistribute]
            for each in base_sources(of.recipe)
        ]
        columns: list[Json] = [[each.column, each.category_column] for each in base.sources]
        return found, columns, of.taxonomy.digest

    return Stage(
        name=StageName("sources"),
        kind="select",
        whole=True,
        tables=_SOURCED,
        version=sources.VERSION,
        covers=covers,
        work=lambda round_: (
            lambda rows: {
                "kept": frame_from(
                    read_prior(base, base_sources(of.recipe), of.taxonomy), schemas.SOURCED
                )
            }
        ),
        expects=from_source(lambda: None if of.texts is None else len(of.texts)),
    )


def clean_stage(of: SorryBenchParts) -> Stage:
    """Rows that pass the checks of every text."""
    return shared.clean_stage(of, "clean", "sources", _SOURCED)


def dedup_stage(of: SorryBenchParts) -> Stage:
    """The first of each set of repeats."""
    return shared.dedup_stage(of, latest("clean"), _SOURCED)


def classify_stage(of: SorryBenchParts, base: BuiltBase) -> Stage:
    """A category for each row, and how sure it is, by an ensemble's votes."""

    def voters() -> tuple[Classifier, ...]:
        return tuple(
            Classifier.of(each, of.taxonomy, base.tries, of.recipe.models[each].max_tokens)
            for each in base.classifiers
        )

    def covers(round_: Round) -> tuple[Json, ...]:
        identities: list[Json] = [of.identities.model(each) for each in base.classifiers]
        return digests_of("classifier", voters()), identities, category_rule_digest(base.rule)

    def expected(rows: int | None) -> Expected:
        size = sizes.classify_call(of.taxonomy, of.tokens)
        asked = tuple(Calls(name, rows, size) for name in base.classifiers)
        return Expected(rows, asked, (Assumption("as if no row were a repeat"),))

    return Stage(
        name=StageName("classify"),
        kind="annotate",
        tables=kept_and_dropped(schemas.CLASSIFIED, category_votes=schemas.CATEGORY_VOTES),
        version=classify.VERSION,
        inputs=(latest(DEDUP),),
        votes=tuple(base.classifiers),
        covers=covers,
        work=lambda round_: EachRow.of(classify.Classification(voters(), base.rule).row),
        expects=expected,
    )


def imperative_writer(
    recipe: SorryBench, base: BuiltBase, model: str, edition: str
) -> ImperativeWriter:
    """What a model is asked that puts requests into the imperative."""
    limit = longest(None, recipe.models[model], MAX_TOKENS)
    return ImperativeWriter(model, base.temperature, limit, edition)


def imperative_checks(recipe: SorryBench, base: BuiltBase) -> tuple[Check, ...]:
    """What such a request must pass."""
    return (
        *cleaning_checks(recipe),
        *(WriterRefused(), OneInstruction(), Imperative()),
        IntentBand(base.encoder, base.intent),
    )


def imperative_stage(of: SorryBenchParts, base: BuiltBase, model: str) -> Stage:
    """Each row in the imperative, the set's own form."""
    name = StageName("imperative")

    def writer() -> ImperativeWriter:
        return imperative_writer(of.recipe, base, model, of.lineage.edition)

    def checks() -> tuple[Check, ...]:
        return imperative_checks(of.recipe, base)

    def covers(round_: Round) -> tuple[Json, ...]:
        return (
            *(require_digest("writer", model, writer()), digests_of("check", checks())),
            *(Imperative().digest, base.tries, of.lineage.first_sample),
            *(of.identities.model(model), of.identities.encoder(base.encoder)),
        )

    def work(round_: Round) -> EachRow:
        first = of.lineage.first_sample
        return EachRow.of(classify.Rewording(name, writer(), checks(), base.tries, first).row)

    def expected(rows: int | None) -> Expected:
        note = "at most: a row that is one instruction already is not asked about"
        return Expected(rows, (Calls(model, rows, sizes.imperative_call(of.tokens)),), (note,))

    return Stage(
        name=name,
        kind="expand",
        tables=kept_and_dropped(schemas.CLASSIFIED, parents=PARENTS),
        version=classify.VERSION,
        inputs=(latest("classify"),),
        covers=covers,
        work=work,
        expects=expected,
    )


def written_stage(of: SorryBenchParts, part: Decisions) -> Stage:
    """The rows that people wrote on a review table; it runs where there are any."""
    file = located(of.recipe.folder, part.source)
    called = f"review:{file.name if file else part.source}"
    terms = (part.license, part.redistribute and part.license is not None)

    def decided() -> DecisionFile:
        if of.decisions is None:
            raise StageUnknownError("the recipe must have the part of a stage", "written")
        return of.decisions

    return Stage(
        name=StageName("written"),
        kind="select",
        whole=True,
        tables=kept_and_dropped(schemas.CLASSIFIED),
        version=sources.VERSION,
        when=lambda number: bool(decided().new),
        covers=lambda round_: (called, decided().digest, *terms),
        work=lambda round_: (
            lambda rows: {
                "kept": frame_from(
                    sources.written_rows(decided().new, called, *terms), schemas.CLASSIFIED
                )
            }
        ),
        expects=lambda rows: Expected(len(decided().new)),
    )


def choose_stage(of: SorryBenchParts, base: BuiltBase) -> Stage:
    """So many requests a category, as unlike each other as they can be; people go first."""
    wanted = min(base.per_category, of.limit or base.per_category)

    def covers(round_: Round) -> tuple[Json, ...]:
        decided = of.decisions
        steps = (diversity_digest(), clusters_digest(), against_digest(), Imperative().digest)
        return (
            *(base.encoder, of.identities.encoder(base.encoder), wanted, base.seed),
            *(base.cluster, decided.digest if decided else None, *of.made_from, *steps),
        )

    def work(round_: Round) -> Function:
        return choice.Choice(
            encoder=base.encoder,
            per_category=wanted,
            numbering=of.numbering(width_for(base.per_category)),
            seed=base.seed,
            cluster=base.cluster,
            decisions=of.decisions.decisions if of.decisions else {},
            bounds=of.bounds(),
        )

    def count() -> int:
        """As many as are wanted, if there are so many; people may add to them."""
        every = wanted * len(of.taxonomy.names)
        few = of.texts is not None and base.decisions is None
        return min(every, len(of.texts or ())) if few else every

    before = ("classify", "imperative") if base.imperative is not None else ("classify",)
    people = () if base.decisions is None else (latest("written"),)
    return Stage(
        name=StageName(CHOSEN),
        kind="select",
        whole=True,
        tables=choice.TABLES,
        version=choice.VERSION,
        inputs=(latest(*before), *people),
        covers=covers,
        work=work,
        expects=lambda rows: Expected(count()),
    )
