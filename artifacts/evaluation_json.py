"""An evaluation as a JSON file, and back."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter

from artifacts.evaluation_facts import Evaluation
from artifacts.json_files import read_json, write_json

EVALUATION = "evaluation.json"

_EVALUATION = TypeAdapter(Evaluation)


def write_evaluation(path: Path, evaluation: Evaluation) -> None:
    """Writes an evaluation as JSON, durable and at once; it holds no prompt and no answer.

    Raises:
        FileUnwritable: The file cannot be written; `NoSpace` where the disk is full.
    """
    write_json(path, evaluation, _EVALUATION)


def read_evaluation(path: Path) -> Evaluation:
    """The evaluation that `write_evaluation` wrote.

    Raises:
        RecordUnreadable: The file is missing, or is no such evaluation.
    """
    return read_json(path, _EVALUATION)
