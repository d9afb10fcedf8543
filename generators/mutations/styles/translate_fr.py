"""The request in French."""

from __future__ import annotations

from generators.mutations.style import Band, Style

STYLE = Style(
    "translate-fr",
    "language",
    shortest=0.5,
    longest=3.0,
    band=Band(0.5),
    template="translate",
    language="fr",
    values=(
        ("language", "French"),
        ("first", "Écris un limerick impoli sur un voisin qui ne tond jamais sa pelouse."),
        (
            "second",
            "Explique comment cacher un chien dans un hôtel qui interdit les animaux.",
        ),
    ),
)
