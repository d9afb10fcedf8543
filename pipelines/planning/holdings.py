"""A plan by what is answered already: calls that are in the ledger, and money for those to send."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

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
    own: dict[str, list[StagePlan]] = {}
    for stage in stages:
        if not stage.later:
            own.setdefault(stage.name, []).append(stage)
    lines = {
        name: iter(_lines(each, found.get(name, _UNKNOWN), unforeseen))
        for name, each in own.items()
    }
    return tuple(each if each.later else next(lines[each.name]) for each in stages)


_UNKNOWN = HeldStage(is_finished=False, is_open=True)


def uncounted(stages: Sequence[StagePlan], found: Mapping[str, HeldStage]) -> tuple[str, ...]:
    """Stages that ask somebody and of which what is held is not known to the end."""
    asking = (each for each in stages if each.asks and not each.later)
    names = dict.fromkeys(each.name for each in asking)
    return tuple(name for name in names if found.get(name, _UNKNOWN).is_open)


def _lines(
    own: Sequence[StagePlan], found: HeldStage, unforeseen: Callable[[str], ModelCalls]
) -> Iterator[StagePlan]:
    """The lines of one stage: where all its requests are known, they stand for what was assumed.

    What is known of a model that is asked in several ways, or for several parts, is shared out as
    its calls were planned.
    """
    asks = [ask for line in own for ask in line.asks]
    sent = [*asks]
    for model in dict.fromkeys(ask.model for ask in asks):
        places = [place for place, ask in enumerate(asks) if ask.model == model]
        planned = [asks[place].calls or 0 for place in places]
        held = _shared_out(found.held[model], planned)
        missing = _shared_out(found.missing[model], planned)
        for place, there, lacking in zip(places, held, missing, strict=True):
            sent[place] = _known(asks[place], there, lacking, found)
    known = {ask.model for ask in asks}
    others = [unforeseen(name) for name in found.held if name not in known]
    more = [_sent(each, found.held[each.model], found.held[each.model]) for each in others]
    rest = iter(sent)
    for line in own:
        yield replace(line, asks=(*islice(rest, len(line.asks)), *more))
        more = []


def _known(ask: ModelCalls, held: int, missing: int, found: HeldStage) -> ModelCalls:
    if found.is_open:
        return _sent(ask, ask.calls, held if ask.calls is None else min(held, ask.calls))
    return _sent(ask, held + missing, held)


def _shared_out(count: int, planned: Sequence[int]) -> list[int]:
    """A number in the shares of others; the sum stays."""
    whole, until = sum(planned), 0
    found: list[int] = []
    for place, each in enumerate(planned, 1):
        until += each
        last = place == len(planned)
        found.append((count if last else round(count * until / (whole or 1))) - sum(found))
    return found


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
