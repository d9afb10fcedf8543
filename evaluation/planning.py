"""What an evaluation would ask, stage by stage, and what it reads."""

from collections.abc import Iterator

from base.errors import RefuseryError
from pipelines.planning.sources import on_the_hub
from pipelines.planning.values import Finding
from pipelines.recipe.hub_names import is_hub_name
from pipelines.recipe.schema import Evaluation, Recipe


def evaluate_sources(recipe: Recipe) -> Iterator[Finding]:
    """What is to be said of data sets, of how targets are asked, and of judges."""
    if not isinstance(recipe, Evaluation):
        return
    for name in recipe.evaluate.data:
        yield from _data(recipe, name)
    yield from _templates(recipe)
    yield from _judges(recipe)


def _data(recipe: Evaluation, name: str) -> Iterator[Finding]:
    """Whether a data set is there and can be read, and what it is taken to measure."""
    subject = f"evaluate.data.{name}"
    source = recipe.evaluate.data[name].source
    if is_hub_name(source):
        yield on_the_hub(subject, source, "dataset")
        return
    from evaluation.data_sets import judged_by_phrases, read_data  # loads the table libraries

    try:
        facts = read_data(recipe, name).facts
    except RefuseryError as error:
        yield Finding("problem", subject, str(error))
        return
    measures = facts.measure.replace("_", "-")
    yield Finding("ok", subject, f"{facts.source} has {facts.rows:,} prompts, for {measures}")
    if (warning := judged_by_phrases(recipe, name, facts.measure)) is not None:
        yield Finding("warning", subject, warning)


def _templates(recipe: Evaluation) -> Iterator[Finding]:
    from evaluation.answering import asking

    for name, setting in recipe.evaluate.settings.items():
        if setting.template is None:
            continue
        for target in recipe.evaluate.members:
            subject = f"evaluate.settings.{name}.template"
            try:
                asking(recipe, target, setting)
            except RefuseryError as error:
                yield Finding("problem", subject, str(error))
            else:
                yield Finding("ok", subject, f"{setting.template} is there, for {target.name}")


def _judges(recipe: Evaluation) -> Iterator[Finding]:
    """Judges that cannot be made; models behind the others are looked at by themselves."""
    from pipelines.stages.judges import refusal_judge

    for place, judge in enumerate(recipe.evaluate.judges):
        try:
            refusal_judge(recipe, judge)
        except RefuseryError as error:
            yield Finding("problem", f"evaluate.judges.{place}", str(error))
