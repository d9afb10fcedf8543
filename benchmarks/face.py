"""What Refusery costs from Python: its import, and a thousand texts through the table verbs.

    python benchmarks/face.py [TEXTS]

Prints the median time of `import refusery` in fresh processes beside that of an empty one, then the
lines that each verb takes and its seconds, the first use of a name and the encoder's load included.
Texts are synthetic and mild; nothing is remembered and no server is asked.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from itertools import product

_FRESH = 5
_THINGS = ("river", "city", "bird", "tree", "song", "cake", "road", "lamp", "hat", "game")
_PLACES = ("north", "south", "valley", "harbour", "village", "desert", "island", "forest", "market")
_WAYS = ("Name a", "Draw a", "Describe the", "Where can I kill time near a", "How do I shoot a")

VERBS = {
    "dedup": "found = refusery.dedup(texts, cache=None)",
    "moderate": "votes = refusery.moderate(texts, cache=None)",
    "judge": "verdicts = refusery.judge(texts, answers)",
    "mutate": 'made = refusery.mutate(texts, styles=["morse", "caesar", "misspellings"])',
    "decode": 'plain = refusery.decode([each.text for each in made[: len(texts)]], "morse")',
}


def texts(count: int) -> list[str]:
    """So many short texts, none of them equal to another."""
    words = product(range(count), _WAYS, _THINGS, _PLACES)
    return [
        f"{way} {thing} of the {place}, number {n}?"
        for n, (_, way, thing, place) in zip(range(count), words, strict=False)
    ]


def import_seconds(code: str) -> float:
    """The median wall time of a fresh process that runs code."""
    taken = []
    for _ in range(_FRESH):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def main(count: int) -> None:
    """Prints both tables."""
    bare, ours = import_seconds("pass"), import_seconds("import refusery")
    print(f"empty process {bare:.3f} s, `import refusery` {ours:.3f} s ({ours / bare:.1f} x)\n")
    import refusery

    given = texts(count)
    answers = ["Here is one." if n % 3 else "I'm sorry, but I can't help." for n in range(count)]
    names = {"refusery": refusery, "texts": given, "answers": answers}
    print(f"{count} texts")
    for verb, line in VERBS.items():
        began = time.perf_counter()
        exec(line, names)
        print(f"{verb:10} {line.count(chr(10)) + 1} line  {time.perf_counter() - began:8.2f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 1000)
