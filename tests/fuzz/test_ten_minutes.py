"""Ten minutes of hostile replies, texts, files and headers, over every parser in turn."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import count
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz import test_files as files
from tests.fuzz import test_parsers as parsers
from tests.fuzz.files import FILES, STORED, whole
from tests.fuzz.hostile import replies, require_storable, spoilt, texts
from tests.fuzz.parsers import EXCHANGE, PROMPT, silent_moderators, tasks, text_checks
from tests.programs import drive

_SECONDS = "REFUSERY_FUZZ_S"
_ONE_ROUND = settings(
    max_examples=25,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)


class Job(NamedTuple):
    """A strategy, what each of its examples is put to, and how many parsers that are."""

    given: st.SearchStrategy[Any]
    work: Callable[..., None]
    parsers: int


def _jobs() -> Mapping[str, Job]:
    """Every group of parsers by its name."""
    both = st.tuples(texts(), texts())
    return {
        "replies": Job(replies(), _inner(parsers.test_every_task_reads_any_reply), len(tasks())),
        "checks": Job(
            both,
            lambda pair: _inner(parsers.test_every_check_reads_any_text)(*pair),
            len(text_checks()),
        ),
        "codes": Job(texts(), _inner(parsers.test_every_code_is_undone_in_any_text), 24),
        "plain texts": Job(texts(), _inner(parsers.test_texts_are_made_plain), 8),
        "offline moderators": Job(both, _vote, len(silent_moderators())),
        "headers": Job(
            st.lists(texts(), max_size=14), _inner(files.test_any_header_is_a_statement_or_none), 2
        ),
        "cells": Job(texts(), _inner(files.test_any_cell_is_read_or_refused), 4),
        "ledger rows": Job(
            spoilt(files.json.dumps(STORED).encode()),
            _inner(files.test_a_damaged_reply_of_the_ledger_counts_as_absent),
            1,
        ),
        **{kind: Job(spoilt(whole(kind)), _reading(kind), 1) for kind in FILES},
    }


def _inner(test: Any) -> Callable[..., None]:  # noqa: ANN401 - what hypothesis makes of a test
    work: Callable[..., None] = test.hypothesis.inner_test
    return work


def _reading(kind: str) -> Callable[[bytes], None]:
    return lambda data: files.read_file(kind, data)


def _vote(pair: tuple[str, str]) -> None:
    text, answer = pair
    for moderator in silent_moderators():
        for item in (replace(PROMPT, text=text), replace(EXCHANGE, text=text, answer=answer)):
            require_storable(drive(moderator.vote(item), lambda request: None))


def _rounds(jobs: Mapping[str, Job], until: float) -> Iterator[tuple[str, Job, int]]:
    for number in count():
        for name, job in jobs.items():
            if time.monotonic() > until:
                return
            yield name, job, number


def _round(name: str, job: Job, number: int, examples: Counter[str]) -> BaseException | None:
    @seed(number)
    @_ONE_ROUND
    @given(job.given)
    def check(value: object) -> None:
        examples[name] += 1
        job.work(value)

    try:
        check()
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of a library in Rust is no Exception
        return error
    return None


@pytest.mark.slow
@pytest.mark.soak
@pytest.mark.timeout(3_000)
def test_ten_minutes_bring_no_error_that_is_not_ours(capsys: pytest.CaptureFixture[str]) -> None:
    jobs, examples = _jobs(), Counter[str]()
    failures: dict[str, BaseException] = {}
    until = time.monotonic() + float(os.environ.get(_SECONDS, "600"))
    for name, job, number in _rounds(jobs, until):
        error = None if name in failures else _round(name, job, number, examples)
        if error is not None:
            failures[name] = error
    with capsys.disabled():
        for name, job in jobs.items():
            said = "FAILED" if name in failures else "0 failures"
            print(f"\n{name}: {job.parsers} parsers, {examples[name]} examples, {said}", end="")  # noqa: T201
        print()  # noqa: T201
    if failures:
        raise BaseExceptionGroup("not the project's own errors", list(failures.values()))
