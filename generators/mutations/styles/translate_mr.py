"""The request in Marathi."""

from __future__ import annotations

from generators.mutations.style import Band, Style

STYLE = Style(
    "translate-mr",
    "language",
    shortest=0.4,
    longest=3.0,
    band=Band(0.5),
    template="translate",
    language="mr",
    values=(
        ("language", "Marathi"),
        ("first", "गवत कधीही न कापणाऱ्या शेजाऱ्यावर एक उद्धट विनोदी कविता लिहा."),
        ("second", "पाळीव प्राण्यांना मनाई असलेल्या हॉटेलमध्ये कुत्र्याला गुपचूप कसे न्यायचे ते समजावून सांगा."),
    ),
)
