"""Families with everything that a page shows, text that would break out of it among them."""

from __future__ import annotations

from artifacts.seed_browser.families import Family, Member, Opinion

HOSTILE = '</script><img src=x onerror="document.title=1"> "& \u202e'


def member(row: str, category: str = "hate", **said: object) -> Member:
    """A row whose text is marked."""
    known = {"text": f"MARKED {row}", "source": "seeds.csv", "stage": "subsets"}
    return Member(row=row, category=category, **{**known, **said})  # type: ignore[arg-type]


def family(root: str, category: str = "hate", made: int = 2) -> Family:
    """A seed with rewrites: the first is safe, the others are dropped."""
    votes = [Opinion("guard", "safe", f"WHY {root}"), Opinion("t1", "direct_answer", "", "SAID IT")]
    rewrites = [
        member(
            f"{root}-{number}",
            category,
            label="" if number else "safe",
            reason="drift_near (0.97)" if number else "",
            facts=("level 2", "by writer"),
            opinions=[] if number else votes,
        )
        for number in range(made)
    ]
    return Family(root, member(root, category, label="toxic"), tuple(rewrites))
