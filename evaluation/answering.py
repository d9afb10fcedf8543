"""From a prompt to an answer in plain English and a verdict on it, row by row."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from base.digests import digest_of
from base.foreign_text import read_regular
from generators.mutations.translation import BackTranslator
from inference.types import Call, ChatRequest, Item, Program, Reply
from moderators.answers import Answer, AnswerTask, answer_of
from pipelines.errors import RecipeError
from pipelines.recipe import Evaluation
from pipelines.recipe.evaluate import Setting
from pipelines.recipe.models import OpenAIModel
from pipelines.recipe.panel import Target
from pipelines.runner.stage import Outcome, Row
from pipelines.sources.models import located
from pipelines.stages.answers import given_as
from pipelines.stages.decoding import CODED, Answered, Undone, undoing

_LARGEST_TEMPLATE = 1_000_000


@dataclass(frozen=True, slots=True)
class SettingTask:
    """Asks one model one prompt in one setting.

    Attributes:
        asked: Who is asked, and with what temperature, system prompt and longest answer.
        top_p: Nucleus mass; None for the server's own.
        template: A chat template, or None for the model's own.
    """

    asked: AnswerTask
    top_p: float | None = None
    template: str | None = None

    @property
    def digest(self) -> str:
        """Of who is asked and how; the model's identity is not known here."""
        return digest_of("setting", self.asked.digest, self.top_p, self.template)

    def request(self, item: Item, tries: int) -> ChatRequest:
        """The prompt as it is, after the system prompt where there is one."""
        request = self.asked.request(item, tries)
        return replace(request, top_p=self.top_p, chat_template=self.template)

    def parse(self, item: Item, reply: Reply) -> Answer:
        """The answer; every reply is one, or says why it is none."""
        return self.asked.parse(item, reply)


def asking(recipe: Evaluation, target: Target, setting: Setting) -> SettingTask:
    """What a target says of itself goes before the setting.

    Raises:
        RecipeError: A chat template is not there, or the target's server takes none.
    """
    temperature = setting.temperature if target.temperature is None else target.temperature
    system = setting.system if target.system is None else target.system
    task = AnswerTask(target.model, setting.max_tokens, temperature, system)
    return SettingTask(task, setting.top_p, _template(recipe, target, setting))


def _template(recipe: Evaluation, target: Target, setting: Setting) -> str | None:
    if setting.template is None:
        return None
    model = recipe.models[target.model]
    if not isinstance(model, OpenAIModel) or model.api != "chat":
        rule = "a setting with a template must be for models of provider openai, api chat"
        raise RecipeError(rule, target.name)
    path = located(recipe.folder, setting.template)
    if path is None or not path.is_file():
        raise RecipeError("a setting's template must be a file that is there", setting.template)
    try:
        return read_regular(path, _LARGEST_TEMPLATE).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        raise RecipeError("a setting's template must be text in UTF-8", path.name) from None


VERSION = 1
"""Raised where the code of these stages changes what comes out."""

_KEPT = ("row", "root", "category", "style", "text", "shown")


def answered(task: SettingTask, row: Row) -> Program[Outcome]:
    """A prompt put to one target in one setting, once; an answer in code is still to be decoded."""
    item = Item(row["row"], row["text"], row["category"])
    answer = answer_of((yield Call(task, item, tries=1)))
    coded = row["style"] in CODED and answer.missing is None and answer.refusal is None
    judged = answer.missing is None and answer.refusal is None and not coded
    return Outcome(
        [
            {
                **{name: row[name] for name in _KEPT},
                **given_as(answer),
                "answer": answer.text or None,
                "key": answer.key or None,
                "decoding": None if coded else "as_it_was",
                "readable": None,
                "decode_reason": None,
                "seen": answer.text if judged else None,
            }
        ]
    )


def decoded(translators: Mapping[str, BackTranslator], row: Row) -> Program[Outcome]:
    """The answer as judges are to see it: nothing of it where it could not be read.

    Args:
        translators: Who translates into English, by language style.
        row: An answer.
    """
    if row["decoding"] is not None:
        return Outcome([row])
    found: Undone = yield from undoing(Answered(row["style"], row["answer"]), translators)
    readable = found.status in ("decoded", "plain")
    plain = {
        "decoding": found.status,
        "readable": found.readable,
        "decode_reason": found.reason,
        "seen": found.text if readable else None,
    }
    return Outcome([{**row, **plain}])
