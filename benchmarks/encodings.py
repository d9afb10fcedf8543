"""Texts a second of the four encodings, beside the barest code that does as much; and their memory.

Caesar and Atbash run beside a bare `str.translate`, ASCII and Morse beside a bare `''.join` over a
look-up list: payload alone, both modes, in turns, medians. Then a million texts go through each
encoding, from one generator into another, and the most by which resident memory grows is shown.

Files have one text a line; of WordNet's (Debian's `wordnet-base`) the glosses alone are wanted:

    python benchmarks/encodings.py --after "| " data.noun data.verb data.adj data.adv

Without files the texts are sentences from the docstrings of what is installed here.
"""

from __future__ import annotations

import argparse
import ast
import re
import sysconfig
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from string import ascii_letters
from typing import get_args

import psutil

from generators.mutations.encodings.registry import ENCODINGS
from generators.mutations.encodings.types import Encoding, Mode

WANTED = 65_000
MANY = 1_000_000
SHORTEST, LONGEST = 10, 300  # characters
AT_LEAST = 0.8
_CHUNK = 1_000
_LOOK_EVERY = 10_000

# Encodes every text and gives the number of characters that came out.
Contender = Callable[[Sequence[str]], int]


def bare(encoding: Encoding, mode: Mode) -> Contender:
    """What the encoding cannot do without, in the fastest plain form that was found."""
    if encoding.name in ("caesar", "atbash"):
        table = str.maketrans({each: encoding.encode(each, mode) for each in ascii_letters})
        return lambda texts: sum([len(text.translate(table)) for text in texts])
    codes = [encoding.encode(chr(byte), mode).rstrip() + " " for byte in range(256)]
    return lambda texts: sum(
        [len("".join([codes[b] for b in text.encode("latin-1", "replace")])) for text in texts]
    )


def ours(encoding: Encoding, mode: Mode) -> Contender:
    """The encoding itself, in the same loop."""
    encode = encoding.encode
    return lambda texts: sum([len(encode(text, mode)) for text in texts])


def rates(texts: Sequence[str], encoding: Encoding, mode: Mode, repeats: int) -> list[float]:
    """Texts per second of CPU time, ours and the bare one's: medians over chunks, in turns."""
    contenders = [ours(encoding, mode), bare(encoding, mode)]
    chunks = [texts[start : start + _CHUNK] for start in range(0, len(texts), _CHUNK)]
    spent: list[list[float]] = [[], []]
    for turn, chunk in enumerate(chunks * repeats):
        for place in (0, 1) if turn % 2 else (1, 0):
            started = time.process_time()
            contenders[place](chunk)
            spent[place].append((time.process_time() - started) / len(chunk))
    return [1 / median(each) for each in spent]


def growth(texts: Sequence[str], encoding: Encoding, count: int) -> float:
    """MiB by which resident memory grows at most while `count` texts go through one by one."""
    process = psutil.Process()
    before = most = process.memory_info().rss
    coded = (encoding.encode(text) for text in islice(cycle(texts), count))
    while sum(1 for _ in islice(coded, _LOOK_EVERY)):
        most = max(most, process.memory_info().rss)
    return (most - before) / 2**20


def unique(texts: Iterable[str]) -> Iterator[str]:
    """Texts of a fitting length, each once, in their order."""
    seen: set[str] = set()
    for text in texts:
        if SHORTEST <= len(text) <= LONGEST and text not in seen:
            seen.add(text)
            yield text


def lines(files: Sequence[Path], after: str) -> Iterator[str]:
    """The lines of files, or what follows a mark in those that have it."""
    for path in files:
        with path.open(encoding="utf-8") as file:
            for line in file:
                _, found, rest = line.partition(after) if after else ("", "all", line)
                if found:
                    yield rest.strip()


def docstring_sentences() -> Iterator[str]:
    """Sentences of the docstrings of the standard library and of the installed packages."""
    for folder in ("stdlib", "purelib"):
        for path in sorted(Path(sysconfig.get_path(folder)).rglob("*.py")):
            try:
                tree = ast.parse(path.read_bytes())
            except (SyntaxError, ValueError):
                continue
            for node in ast.walk(tree):
                if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                    for text in re.split(r"(?<=[.?!])\s+|\n\s*\n", ast.get_docstring(node) or ""):
                        yield " ".join(text.split())


def main() -> int:
    """Prints a line for each encoding and mode; exit status 1 where one is too slow."""
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="*", type=Path, help="one text a line")
    parser.add_argument("--after", default="", help="of each line only what follows this")
    parser.add_argument("--texts", type=int, default=WANTED)
    parser.add_argument("--repeats", type=int, default=11)
    parser.add_argument("--many", type=int, default=MANY)
    given = parser.parse_args()
    source = lines(given.files, given.after) if given.files else docstring_sentences()
    texts = list(islice(unique(source), given.texts))
    kind = f"{len(given.files)} files" if given.files else "docstrings, for want of files"
    print(
        f"{len(texts):,} unique texts from {kind}, {sum(map(len, texts)) / len(texts):.0f} ", end=""
    )
    print(f"characters on average, {sum(not text.isascii() for text in texts)} not in ASCII")
    slow = 0
    for encoding in ENCODINGS.values():
        for mode in get_args(Mode):
            rate, other = rates(texts, encoding, mode, given.repeats)
            slow += rate < AT_LEAST * other
            print(f"{encoding.name:7} {mode:9} {rate:12,.0f} texts/s  bare {other:12,.0f}", end="")
            print(f"  ratio {rate / other:5.2f}")
    for encoding in ENCODINGS.values():
        print(f"{encoding.name:7} memory +{growth(texts, encoding, given.many):.1f} MiB", end="")
        print(f" over {given.many:,} texts")
    print(f"{slow} of {2 * len(ENCODINGS)} below {AT_LEAST} of the bare code")
    return int(slow > 0)


if __name__ == "__main__":
    raise SystemExit(main())
