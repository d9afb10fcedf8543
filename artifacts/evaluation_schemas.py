"""The columns of the tables that an evaluation is made through, and of those that it leaves."""

import polars as pl

from artifacts.schemas import GIVEN

_TEXT = pl.String()
_FLAG = pl.Boolean()
_NUMBER = pl.Float64()

_KEYS = {"row": _TEXT, "root": _TEXT, "category": _TEXT, "style": _TEXT}

PROMPTS = pl.Schema(
    {**_KEYS, "position": _TEXT, "id": _TEXT, "question": _TEXT, "text": _TEXT, "shown": _TEXT}
)
"""`kept` tables of data sets: `root` is equal in all variants of one base prompt, `category` is ""
where there is none, `id` is the text's, `question` the data set's own key of the base prompt;
`shown` is the prompt as judges see it: in plain words where the prompt is in code."""

ANSWERED = pl.Schema(
    {
        **_KEYS,
        "text": _TEXT,
        "shown": _TEXT,
        "outcome": _TEXT,
        "reason": _TEXT,
        "answer": _TEXT,
        **GIVEN,
        "decoding": _TEXT,
        "readable": _NUMBER,
        "decode_reason": _TEXT,
        "seen": _TEXT,
    }
)
"""`kept` tables of answers: outcome (answered, missing) and why it is missing; the answer without
think blocks; whether it ended at the token limit; the server's own refusal signal; `decoding` as
`refusery decode` says it, null before an answer in code was looked at; `seen` is what judges see,
null where nothing is to be judged."""

JUDGED = pl.Schema(
    {**_KEYS, "judge": _TEXT, "label": _TEXT, "refused": _FLAG, "reason": _TEXT, "key": _TEXT}
)
"""`kept` tables of judgments: `judge` is `signal` where the server said itself that it, or its
model, refused; label and refused are null where there was nothing to judge."""

VERDICTS = pl.Schema(
    {
        "row": _TEXT,
        "root": _TEXT,
        "id": _TEXT,
        "question": _TEXT,
        "data": _TEXT,
        "target": _TEXT,
        "setting": _TEXT,
        "judge": _TEXT,
        "style": _TEXT,
        "category": _TEXT,
        "outcome": _TEXT,
        "reason": _TEXT,
        "label": _TEXT,
        "refused": _FLAG,
        "blocked": _FLAG,
        "cut": _FLAG,
        "decoded": _FLAG,
    }
)
"""An evaluation's verdicts, one row a prompt, target, setting and judge, and no texts. `outcome`
is answered or missing, with the reason; `blocked` where it was the provider that refused;
`decoded` is null for an answer that needed no decoding. `refused` is null for what is missing, not
decoded, or unparseable (which `label` says). `category` is null where there is none."""

ANSWERS = pl.Schema(
    {
        "row": _TEXT,
        "id": _TEXT,
        "question_id": _TEXT,
        "data": _TEXT,
        "model": _TEXT,
        "setting": _TEXT,
        "prompt_style": _TEXT,
        "category": _TEXT,
        "prompt": _TEXT,
        "response": _TEXT,
        "decoded_response": _TEXT,
        "outcome": _TEXT,
        "reason": _TEXT,
        "cut": _FLAG,
        "refusal_kind": _TEXT,
        "redacted": _FLAG,
    }
)
"""An evaluation's answers with their texts, one row a prompt, target and setting. Fulfilling
answers of sensitive categories are left out of it, and `redacted` says so."""
