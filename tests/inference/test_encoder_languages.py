from __future__ import annotations

import pytest

from inference.encoder_languages import ENCODER_LANGUAGES, languages_of_encoder
from inference.models import SHIPPED_ENCODERS


def test_every_shipped_encoder_says_which_languages_it_knows() -> None:
    assert set(SHIPPED_ENCODERS) <= set(ENCODER_LANGUAGES)


@pytest.mark.parametrize(
    ("name", "known", "unknown"),
    [
        ("all-MiniLM-L6-v2", "en", "zh"),
        ("intfloat/multilingual-e5-small@abc123", "ml", "xx"),
        ("sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2", "mr", "ml"),
        ("BAAI/bge-small-zh-v1.5", "zh", "en"),
        ("somebody/unheard-of", "en", "de"),
    ],
)
def test_an_encoder_is_known_by_its_name_without_its_revision(
    name: str, known: str, unknown: str
) -> None:
    found = languages_of_encoder(name)
    assert known in found
    assert unknown not in found
