"""A plan by what is answered already: calls that are in the ledger, and money for those to send."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from pipelines.planning.held import HeldStage
from pipelines.planning.values import ModelCalls, StagePlan


def with_held(
    stages: Sequence[StagePlan],
    found: Mapping[str, HeldStage],
    unforeseen: Callable[[str], ModelCalls],
) -> tuple[StagePlan, ...]:
    """The stages with what of their calls is held; tokens and money are of those to send.

    Args:
        stages: As they are planned.
        found: What is known of their calls, by name; a stage that is not there has none held.
        unforeseen: No call of the model of that name, for one that was asked without being planned.
    """
    return tuple(
        _stage(each, stages, found.get(each.name, _UNKNOWN), unforeseen) for each in stages
    )


_UNKNOWN = HeldStage(is_finished=False, is_open=True)


def uncounted(stages: Sequence[StagePlan], found: Mapping[str, HeldStage]) -> tuple[str, ...]:
    """Stages that ask somebody and of which what is held is not known to the end."""
    asking = (each for each in stages if each.asks and not each.later)
    names = dict.fromkeys(each.name for each in asking)
    return tuple(name for name in names if found.get(name, _UNKNOWN).is_open)


def _stage(
    stage: StagePlan,
    stages: Sequence[StagePlan],
    found: HeldStage,
    unforeseen: Callable[[str], ModelCalls],
) -> StagePlan:
    own = [each for each in stages if each.name == stage.name and not each.later]
    if stage.later or not own:
        return stage
    planned: Counter[str] = Counter()
    for ask in (ask for each in own for ask in each.asks):
        planned[ask.model] += ask.calls or 0
    if len(own) > 1:
        return replace(stage, asks=tuple(_part(ask, planned, found) for ask in stage.asks))
    models = dict.fromkeys(ask.model for ask in stage.asks)
    others = [unforeseen(name) for name in found.held if name not in models]
    asks = (ask for name in models for ask in _whole(stage, name, found))
    held = (_sent(each, found.held[each.model], found.held[each.model]) for each in others)
    return replace(stage, asks=(*asks, *held))


def _whole(stage: StagePlan, model: str, found: HeldStage) -> Iterator[ModelCalls]:
    """A stage on one line: where all its requests are known, they stand for what was assumed.

    What is known of a model that is asked in several ways is shared out as its calls were planned.
    """
    own = [ask for ask in stage.asks if ask.model == model]
    planned = [ask.calls or 0 for ask in own]
    held = _shared_out(found.held[model], planned)
    missing = _shared_out(found.missing[model], planned)
    for ask, there, lacking in zip(own, held, missing, strict=True):
        if found.is_open:
            yield _sent(ask, ask.calls, there if ask.calls is None else min(there, ask.calls))
        else:
            yield _sent(ask, there + lacking, there)


def _shared_out(count: int, planned: Sequence[int]) -> list[int]:
    """A number in the shares of others; the sum stays."""
    whole, until = sum(planned), 0
    found: list[int] = []
    for place, each in enumerate(planned, 1):
        until += each
        last = place == len(planned)
        found.append((count if last else round(count * until / (whole or 1))) - sum(found))
    return found


def _part(ask: ModelCalls, planned: Mapping[str, int], found: HeldStage) -> ModelCalls:
    """One of several lines of a stage has its share of what is held."""
    if found.is_finished:
        return _sent(ask, ask.calls, ask.calls or 0)
    known = found.held[ask.model] + found.missing[ask.model]
    whole = planned[ask.model] if found.is_open else known
    share = min(found.held[ask.model] / whole, 1.0) if whole else 0.0
    return _sent(ask, ask.calls, round((ask.calls or 0) * share))


def _sent(ask: ModelCalls, calls: int | None, held: int) -> ModelCalls:
    """Calls of a model of which so many are held."""
    if calls is None:
        return replace(ask, held=held)
    to_send = calls - held
    share = to_send / ask.calls if ask.calls else 0.0
    return replace(
        ask,
        calls=calls,
        held=held,
        input_tokens=_share(ask.input_tokens, share, to_send),
        output_tokens=_share(ask.output_tokens, share, to_send),
        usd=0.0 if not to_send else None if ask.usd is None else ask.usd * share,
    )


def _share(tokens: int | None, share: float, to_send: int) -> int | None:
    if not to_send:
        return 0
    return None if tokens is None else round(tokens * share)
