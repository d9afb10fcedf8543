"""A thousand texts through the table verbs, in at most three lines each."""

from __future__ import annotations

import pytest

import refusery
from benchmarks.face import VERBS, texts


@pytest.mark.slow
@pytest.mark.embedded
def test_a_thousand_texts_take_a_line_a_verb(monkeypatch: pytest.MonkeyPatch) -> None:
    given = texts(1000)
    assert len(set(given)) == 1000
    answers = ["Here is one." if n % 3 else "I'm sorry, but I can't help." for n in range(1000)]
    names: dict[str, object] = {"refusery": refusery, "texts": given, "answers": answers}
    for line in VERBS.values():
        assert line.count("\n") < 3
        exec(line, names)
    found = names["found"]
    assert isinstance(found, refusery.texts.Deduplicated)
    assert len(found.kept) + len(found.dropped) == 1000
    for name, count in (("votes", 1000), ("verdicts", 1000), ("made", 3000), ("plain", 1000)):
        results = names[name]
        assert isinstance(results, list)
        assert len(results) == count
