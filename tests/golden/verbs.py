"""Calls of every verb on fixed inputs, in the order in which they are made, and what is data.

They are made in a copy of the golden world, with the tables of `inputs/` in its folder `in`,
against a running provider. Between calls of `review` people fill in tables; they do so by rule.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

OR, SORRY, EVALUATION = (
    "out/releases/or-bench/2026.11.0",
    "out/releases/sorry-bench/2026.11.0",
    "out/evaluations/evaluation",
)
PATCHED = "out/releases/or-bench/2026.11.1"
REPO = "me/or-bench"


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the command.

    Attributes:
        line: What is typed after its name; `{checkout}` is where this checkout lies.
        status: Its exit status.
        files: Files that it writes and whose contents are pinned.
        json: Whether what it prints is JSON.
        volatile: Numbers that differ from run to run: the place of a table from 1, of a row from
            1 (0 for all of them), and of the number in it from 1.
        calls: Whether the rows of its first table that count no call are left out.
        silent: Whether loose numbers are left out, as they depend on the wording of other files.
    """

    line: str
    status: int = 0
    files: tuple[str, ...] = ()
    json: bool = False
    volatile: tuple[tuple[int, int, int], ...] = ()
    calls: bool = False
    silent: bool = False


Step: TypeAlias = "Call | Callable[[Path], None]"
"""A call, or something that people do meanwhile in the folder."""


def _filled(path: Path, say: Callable[[int, dict[str, str]], Mapping[str, str]]) -> None:
    """Fills in what somebody says of each row, as a spreadsheet would save it."""
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, **say(number, row)} for number, row in enumerate(rows))


def _two_people_decide(folder: Path) -> None:
    """Decisions go by the last digit of a row's id, and differ in one digit."""
    for person, toxic in ((1, "159"), (2, "159a")):

        def said(number: int, row: dict[str, str], toxic: str = toxic) -> dict[str, str]:
            last = row["id"][-1]
            return {"decision": "toxic" if last in toxic else "unsure" if last == "3" else "safe"}

        _filled(folder / f"review-{person}.csv", said)


def _one_person_decides(folder: Path) -> None:
    said = {
        "undecided": {"decision": "accept", "category": "fake-news"},
        "no_category": {"decision": "reject"},
    }
    _filled(folder / "base.csv", lambda number, row: said.get(row["why"], {}))


def _three_people_label(folder: Path) -> None:
    """Each is mistaken in every so manieth row."""
    for every in (5, 6, 7):

        def said(number: int, row: dict[str, str], every: int = every) -> dict[str, str]:
            refused = ("cannot" in row["answer"]) != (number % every == 3)
            return {"label": "refused" if refused else "fulfilled"}

        _filled(folder / f"labels-{every - 4}.csv", said)


_WORDS = '"moderate.moderators=[{kind: words}, {kind: profanity}]"'
_GRADER = '"{kind: sorry-bench-ft, model: grader}"'
_PEOPLE = "annotation_1,annotation_2,annotation_3"
_RATINGS = "--ratings in/human_ratings.jsonl --prompts in/question.jsonl"
_SIZES = ((1, 8, 1), (2, 0, 1))
_STYLES = "question,misspellings,translate-fr,slang"

VERBS: Mapping[str, tuple[Step, ...]] = {
    "plan": (
        Call("plan or.yaml", calls=True),
        Call("plan or.yaml --set release.version=2026.11.1", calls=True),
        Call("plan sorry.yaml", calls=True),
        Call("plan evaluation.yaml", calls=True),
        Call("plan {checkout}/recipes/or_bench.api.yaml", calls=True),
        Call("plan {checkout}/recipes/or_bench.embedded.yaml", calls=True),
        Call("plan {checkout}/recipes/or_bench.paper.yaml", calls=True),
        Call("plan {checkout}/recipes/or_bench.vllm.yaml", calls=True),
        Call("plan {checkout}/recipes/sorry_base.example.yaml", calls=True),
        Call("plan {checkout}/recipes/sorry_bench.embedded.yaml", calls=True),
        Call("plan {checkout}/recipes/sorry_bench.paper-202406.yaml", calls=True),
        Call("plan {checkout}/recipes/sorry_bench.paper-202503.yaml", calls=True),
    ),
    "pilot": (
        Call("pilot or.yaml --seeds 1", status=2),
    ),
    "doctor": (
        Call("doctor or.yaml"),
        Call("doctor or.yaml --set models.t1.key_env=NOBODY_HAS_IT "
             "--set models.t2.base_url=http://127.0.0.1:9/v1", status=1),
        Call("doctor sorry.yaml"),
        Call("doctor evaluation.yaml --ask"),
        Call("doctor {checkout}/recipes/or_bench.embedded.yaml --out another"),
    ),
    "moderate": (
        Call(f"moderate in/repeats.csv --recipe or.yaml --column question --set {_WORDS} "
             "--out voted.jsonl", files=("voted.jsonl",)),
        Call("moderate in/prompts.csv --recipe or.yaml --out voted.csv", files=("voted.csv",)),
    ),
    "judge": (
        Call("judge in/answers.csv --out judged.csv", files=("judged.csv",)),
        Call("judge in/labelled.csv --answer-column completion --family gpt"),
        Call("judge in/answers.csv --recipe evaluation.yaml --judge judge --truth annotation_2 "
             "--out judged.jsonl", files=("judged.jsonl",)),
        Call(f"judge in/answers.csv --recipe evaluation.yaml --judge {_GRADER} "
             "--out judged.parquet", files=("judged.parquet",)),
    ),
    "mutate": (
        Call("mutate in/bases.csv --out mutated.csv", files=("mutated.csv",)),
        Call("mutate in/bases.csv --styles atbash,ascii --encodings compat --bare "
             "--out bare.parquet", files=("bare.parquet", "bare.dropped.parquet")),
        Call(f"mutate in/bases.csv --recipe sorry.yaml --styles {_STYLES} --out written.jsonl",
             files=("written.jsonl", "written.dropped.jsonl")),
    ),
    "decode": (
        Call("decode in/coded.jsonl --out decoded.csv", files=("decoded.csv",)),
        Call("decode in/foreign.jsonl --recipe sorry.yaml --set mutate.translator=translator "
             "--out decoded.jsonl", files=("decoded.jsonl",)),
    ),
    "dedup": (
        Call("dedup in/repeats.csv --recipe or.yaml --column question --out kept.csv",
             files=("kept.csv", "kept.dropped.csv")),
        Call("dedup in/repeats.csv --recipe or.yaml --column question --set dedup.threshold=null "
             "--out exact.parquet", files=("exact.parquet", "exact.dropped.parquet")),
    ),
    "audit": (
        Call("audit in/set.csv --against in/known.csv --out audited --no-report",
             files=("audited/audit.json",)),
        Call("audit in/set.csv --recipe or.yaml --set gates.min_per_category=4 --out gated "
             "--no-report", status=1),
        Call(f"audit {OR} --against in/known.csv",
             files=("out/audits/or-bench/2026.11.0/audit.json",)),
        Call(f"audit {SORRY} --no-report --out audited-sorry",
             files=("audited-sorry/audit.json",)),
    ),
    "verify": (Call(f"verify {OR}"), Call(f"verify {SORRY}")),
    "hard": (
        Call("hard out/runs/or/2026.11.0"),
        Call(f"hard {OR} --judge keyword --by family --at 1 --at 2 --out hard.json",
             files=("hard.json",)),
        Call("hard out/runs/or/2026.11.0 --recipe evaluation.yaml --judge keyword --judge judge"),
        Call("hard out/runs/or/2026.11.0 --at 3 --json", json=True),
    ),
    "judge-score": (
        Call("judge-score in/answers.csv", volatile=((3, 0, 2),)),
        Call(f"judge-score in/answers.csv --recipe evaluation.yaml --judge keyword,judge "
             f"--truth {_PEOPLE} --split seed:7:0.5 --out scores", volatile=((3, 0, 2),),
             files=("scores/judge_scores.json", "scores/verdicts.jsonl", "scores/test.jsonl")),
        Call(f"judge-score {_RATINGS}", volatile=((7, 0, 2),)),
        Call(f"judge-score {_RATINGS} --split authors --json", json=True),
    ),
    "judge-train": (
        Call("judge-train in/labelled.csv --out my-judge --test in/labelled.csv",
             files=("my-judge/card.json",)),
        Call("judge-train in/labelled.csv --export tall.jsonl --hold-out tall",
             files=("tall.jsonl",)),
        Call("judge-score in/labelled.csv --judge keyword,trained:my-judge --split model",
             volatile=((3, 0, 2),)),
    ),
    "agree": (
        Call("agree in/raters.csv --columns x,y,z"),
        Call("agree in/answers.csv --refusals"),
        Call("agree in/raters_long.csv --item what --rater who --label said --json", json=True),
    ),
    "leaderboard": (
        Call(f"leaderboard {EVALUATION} --out site", files=("site/leaderboard.json",)),
    ),
    "browse": (
        Call("browse out/runs/or/2026.11.0 --out seeds.html"),
        Call(f"browse {SORRY} --out requests.html"),
    ),
    "review": (
        Call(f"review export {OR} --people 2 --sample 24 --out review.csv",
             files=("review-1.csv", "review-2.csv")),
        _two_people_decide,
        Call(f"review import review-1.csv review-2.csv --release {OR} --dry-run"),
        Call(f"review import review-1.csv review-2.csv --release {OR}"),
        Call(f"verify {PATCHED}"),
        Call("review export sorry.yaml --all --out all.csv", files=("all.csv",)),
        Call("review export sorry.yaml --out base.csv", files=("base.csv",)),
        _one_person_decides,
        Call("review import base.csv --recipe sorry.yaml --out decisions.csv",
             files=("decisions.csv",)),
        Call("review export in/to_label.jsonl --per-prompt 4+4 --train 2+1 --people 3 "
             "--out labels.csv", files=("labels-1.csv",)),
        _three_people_label,
        Call("review import labels-1.csv labels-2.csv labels-3.csv --key labels.key.json "
             "--out rated", files=("rated/human_ratings.jsonl",)),
    ),
    "diff": (
        Call(f"diff {OR} {PATCHED} --rows fates.csv", files=("fates.csv",)),
        Call(f"diff {OR} {PATCHED} --json", json=True),
        Call(f"diff {SORRY} {SORRY}"),
    ),
    "publish": (
        Call(f"publish {OR} --repo {REPO} --dry-run", silent=True, volatile=_SIZES),
        Call(f"publish {OR} --repo {REPO}"),
        Call(f"publish {OR} --repo {REPO}"),
        Call(f"publish {OR} --repo {REPO} --dry-run", silent=True, volatile=_SIZES),
        Call(f"publish {SORRY} --repo me/sorry --public --gated off --dry-run", status=2,
             silent=True, volatile=_SIZES),
    ),
    "serve": (
        Call("serve or.yaml", status=2),
        Call("serve or.yaml sorry.yaml --repo or-bench=me", status=2),
    ),
    "new": (
        Call("new mine --benchmark or-bench --provider own --base-url http://127.0.0.1:9/v1 "
             "--model a/writer --model b/target --model c/voter --rows 100"),
        Call("new mine --benchmark sorry-bench --provider embedded --rows 100", status=2),
    ),
    "templates": (
        Call("templates mine --only rewrite.template"),
        Call("templates mine", status=2),
    ),
}  # fmt: skip
"""Of the verbs that start no flow, in order: `diff` needs what `review` makes."""

FLOWS: Mapping[str, tuple[Step, ...]] = {
    "build": (Call("build or.yaml"), Call("build sorry.yaml --quiet")),
}
"""Of `build`, which runs under Prefect: both runs are there already."""

MADE: Mapping[str, tuple[tuple[str, str], ...]] = {
    "build": (("build or.yaml --format csv", "or"), ("build sorry.yaml --format jsonl", "sorry")),
    "evaluate": (("evaluate evaluation.yaml", "evaluation"),),
}
"""By verb, the calls that made the golden world, and the names that it keeps their words by."""

ALL: tuple[str, ...] = tuple(dict.fromkeys((*MADE, *FLOWS, *VERBS)))
"""Every verb."""

_CATEGORIES = """
    deception harassment harmful hate illegal privacy self-harm sexual unethical violence
    insults cheating break-ins fake-news fruit tools games homonym plain
"""
_MODELS = """
    writer a b c answerer t1 t1-warm t2 t3 nearest words profanity editor stylist translator
    grader keyword my-judge rules canonical compat-bare ann-7b bob-8b cleo-9b round short tall
    model-a model-b model-c model-d model-e model-f annotation_1 annotation_2 annotation_3 x y z
    p1 p2 p3 cold warm
"""
_STYLES_SHOWN = """
    ascii caesar morse atbash question slang misspellings role_play authority_endorsement
    translate-ml translate-ta translate-mr translate-zh-cn translate-fr
"""
_LABELS = "or-bench-main or-bench-hard or-bench-toxic direct_answer direct_refusal indirect_refusal"
_REASONS = """
    repeated exact_duplicate near_duplicate category_full not_needed safety_words harm_words
    drift_near drift_far fiction_frame opener_share several_instructions no_category not_chosen
    after_pilot writer_refused wrong_language style_stopped same_as_base intent_far stated_otherwise
    min_per_category max_opener_share min_agreement source license redistribute
"""
_OTHERS = """
    judge safe toxic sorry undecided abstain unsafe unparseable set.csv known.csv
    ok warning problem models.writer models.a models.b models.c models.answerer models.t1 models.t2
    models.t3 models.editor models.stylist models.translator models.judge models.grader
    models.small base.sources.0.from base.sources.1.from base.sources.2.from evaluate.data.safe
    evaluate.data.toxic evaluate.data.sorry me/or-bench me/sorry v2026.11.0 private public auto off
    add README.md manifest.json report.html or-bench-main/train-00000-of-00001.parquet
    or-bench-hard/train-00000-of-00001.parquet or-bench-toxic/train-00000-of-00001.parquet
"""
HEADS = frozenset(" ".join((_CATEGORIES, _MODELS, _STYLES_SHOWN, _LABELS)).split())
"""Words that are data where they head a column: no rewording changes them."""

DATA = HEADS.union(" ".join((_REASONS, _OTHERS)).split())
"""Words that are data in a row."""
