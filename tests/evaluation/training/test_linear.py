from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from evaluation.judging.labelled_tables import Named
from evaluation.training.data import Material, read_material
from evaluation.training.linear import Trained, train_linear
from inference.encoders import SHIPPED_ENCODER, Encoder
from inference.engine import Engine
from inference.ledger import Ledger
from inference.models import EncoderSpec
from inference.providers.opening import provide
from inference.types import Failed, Item
from moderators.refusal.trained import CARD, NUMBERS, TrainedJudgeUnusableError, load_trained
from people.labelled import Labelled
from pipelines.stages.judges import trained_judge
from tests.evaluation.training.labelled import write

pytestmark = pytest.mark.embedded
_SPEC = EncoderSpec(SHIPPED_ENCODER)


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Material:
    return read_material(write(tmp_path_factory.mktemp("table") / "t.csv"), Named())


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Encoder]:
    opened = Encoder(_SPEC, tmp_path_factory.mktemp("embeddings"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def trained(
    material: Material, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Trained, Path]:
    folder = tmp_path_factory.mktemp("judges") / "mine"
    return train_linear(material, encoder, SHIPPED_ENCODER, folder, 7), folder


def _judged(folder: Path, rows: tuple[Labelled, ...], cache: Path) -> list[tuple[bool | None, str]]:
    judge = trained_judge(folder, SHIPPED_ENCODER, _SPEC)
    items = [Item(str(row.place), row.prompt, "", answer=row.answer) for row in rows]
    ledger = Ledger(cache / "ledger.sqlite")
    with Engine({}, ledger, provide, lambda _: Encoder(_SPEC, cache / "embeddings")) as engine:
        found = engine.run([judge.judge(item) for item in items]).results
    return [(each.refused, each.reason) for each in found if not isinstance(each, Failed)]


def test_every_model_is_judged_by_one_that_never_saw_it(trained: tuple[Trained, Path]) -> None:
    card = trained[0].card
    assert [each.model for each in card.held_out] == ["round", "short", "tall", "pooled"]
    assert [each.n for each in card.held_out] == [20, 20, 20, 60]
    assert (card.rows, card.refusals, card.models) == (60, 30, ("round", "short", "tall"))
    pooled = card.held_out[-1]
    assert pooled.kappa is not None and pooled.kappa > 0.5
    assert pooled.interval is not None and pooled.interval[0] <= pooled.kappa <= pooled.interval[1]


@pytest.mark.slow
def test_the_same_table_gives_the_same_files(
    trained: tuple[Trained, Path], material: Material, tmp_path: Path
) -> None:
    encoder = Encoder(_SPEC, tmp_path / "other cache")
    again = train_linear(material, encoder, SHIPPED_ENCODER, tmp_path / "mine", 7)
    encoder.close()
    first = [path.read_bytes() for path in trained[0].files]
    assert [path.read_bytes() for path in again.files] == first


def test_the_saved_judge_tells_refusals_through_the_engine(
    trained: tuple[Trained, Path], material: Material, tmp_path: Path
) -> None:
    found = _judged(trained[1], material.rows, tmp_path)
    assert [refused for refused, _ in found] == material.truths
    assert all(reason.startswith("probability ") for _, reason in found)


@pytest.mark.slow
def test_verdicts_do_not_hang_on_what_is_judged_beside_them(
    trained: tuple[Trained, Path], material: Material, tmp_path: Path
) -> None:
    together = _judged(trained[1], material.rows[:12], tmp_path / "together")
    alone = [_judged(trained[1], (row,), tmp_path / str(row.place)) for row in material.rows[:12]]
    assert [each for one in alone for each in one] == together


@pytest.mark.slow
def test_a_model_that_is_held_out_is_not_in_the_judge(
    material: Material, encoder: Encoder, tmp_path: Path
) -> None:
    card = train_linear(material, encoder, SHIPPED_ENCODER, tmp_path / "j", 7, "tall").card
    assert card.models == ("round", "short")
    assert [(each.model, each.n) for each in card.held_out] == [("tall", 20)]


@pytest.mark.slow
def test_one_model_alone_is_tested_on_new_prompts(
    material: Material, encoder: Encoder, tmp_path: Path
) -> None:
    mine = material.of("tall")
    card = train_linear(mine, encoder, SHIPPED_ENCODER, tmp_path / "j", 7).card
    assert [(each.model, each.n) for each in card.held_out] == [("new prompts", 20)]


def test_it_loads_with_no_other_encoder(trained: tuple[Trained, Path]) -> None:
    with pytest.raises(TrainedJudgeUnusableError, match="encoder of judge mine must be"):
        load_trained(trained[1], "another", "sha256:0")


def test_it_loads_with_no_other_features(trained: tuple[Trained, Path], tmp_path: Path) -> None:
    card = json.loads((trained[1] / CARD).read_text())
    (tmp_path / CARD).write_text(json.dumps({**card, "features": "0"}))
    (tmp_path / NUMBERS).write_bytes((trained[1] / NUMBERS).read_bytes())
    with pytest.raises(TrainedJudgeUnusableError, match="must be trained again"):
        load_trained(tmp_path, SHIPPED_ENCODER, card["encoder_identity"])


def test_numbers_of_another_judge_are_refused(
    trained: tuple[Trained, Path], tmp_path: Path
) -> None:
    (tmp_path / CARD).write_bytes((trained[1] / CARD).read_bytes())
    (tmp_path / NUMBERS).write_bytes(b"another file")
    with pytest.raises(TrainedJudgeUnusableError, match="must be the one that"):
        load_trained(tmp_path, SHIPPED_ENCODER, "")


def test_a_folder_without_a_card_is_a_clear_line(tmp_path: Path) -> None:
    with pytest.raises(TrainedJudgeUnusableError, match=r"must hold card\.json"):
        load_trained(tmp_path, SHIPPED_ENCODER, "")


def test_the_card_for_readers_shows_every_figure(trained: tuple[Trained, Path]) -> None:
    text = (trained[1] / "README.md").read_text()
    assert "Trained on 60 labelled answers of round, short, tall (30 refusals)" in text
    assert all(f"| {each.model} |" in text for each in trained[0].card.held_out)
