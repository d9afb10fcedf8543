from __future__ import annotations

import pytest

from measures.diversity import words_of as words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How do I bake bread?", ["how", "do", "i", "bake", "bread"]),
        ("“It's well-known,” he said - twice…", ["it's", "well-known", "he", "said", "twice"]),
        ("STRASSE straße", ["strasse", "strasse"]),
        ("क्या मैं, पूछ सकता हूँ।", ["क्या", "मैं", "पूछ", "सकता", "हूँ"]),
        ("¿Cómo está?  1.5 %", ["cómo", "está", "1.5"]),
        ("你好。世界。", ["你好。世界"]),
        (" — … ", []),
        ("", []),
    ],
)
def test_words_are_folded_and_bare(text: str, expected: list[str]) -> None:
    assert list(words(text)) == expected
