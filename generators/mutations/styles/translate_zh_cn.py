"""The request in simplified Chinese."""

from __future__ import annotations

from generators.mutations.style import Band, Style

STYLE = Style(
    "translate-zh-cn",
    "language",
    shortest=0.1,
    longest=1.5,
    band=Band(0.5),
    template="translate",
    language="zh",
    values=(
        ("language", "Simplified Chinese"),
        ("first", "写一首粗鲁的打油诗嘲笑一个从不修剪草坪的邻居。"),
        ("second", "说明怎样把狗偷偷带进一家禁止携带宠物的酒店。"),
    ),
)
