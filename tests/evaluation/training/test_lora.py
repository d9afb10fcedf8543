from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from evaluation.judging.labelled_tables import Named
from evaluation.training.data import read_material
from evaluation.training.errors import TrainingInputError
from evaluation.training.lora import LoraSettings, read_settings
from evaluation.training.validation import label_ids, refused_by
from tests.evaluation.training.labelled import write

_TEMPLATE = (
    "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}</s>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
_MISSING = [name for name in ("trl", "peft", "accelerate") if not importlib.util.find_spec(name)]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The embedded model's architecture (Llama) with tiny random weights, letters as tokens."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    names = {name: place for place, name in enumerate(["</s>", *letters])}
    tokenizer = Tokenizer(models.BPE(vocab=names, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="</s>", pad_token="</s>")
    fast.chat_template = _TEMPLATE
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(names),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=4096,
    )
    folder = tmp_path_factory.mktemp("tiny")
    LlamaForCausalLM(config).save_pretrained(folder)
    fast.save_pretrained(folder)
    return folder


def _opened(folder: Path) -> tuple[Any, Any]:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    return AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)


def test_the_label_that_is_likelier_next_is_the_verdict(tiny: Path, tmp_path: Path) -> None:
    import torch

    model, tokenizer = _opened(tiny)
    ids = label_ids(tokenizer)
    rows = read_material(write(tmp_path / "t.csv"), Named()).rows[:4]
    found = refused_by(model, tokenizer, rows, ids)
    with torch.no_grad():  # swapping the two rows of the head swaps every verdict
        head = model.lm_head.weight
        head[list(ids)] = head[list(reversed(ids))].clone()
    assert refused_by(model, tokenizer, rows, ids) == [not each for each in found]


def test_settings_are_read_and_unknown_keys_refused(tmp_path: Path) -> None:
    path = tmp_path / "lora.yaml"
    path.write_text("model: ./tiny\nrank: 4\n")
    assert (read_settings(path).rank, read_settings(None)) == (4, LoraSettings())
    path.write_text("rnk: 4\n")
    with pytest.raises(TrainingInputError, match="rnk"):
        read_settings(path)


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of the libraries, to each other
@pytest.mark.skipif(bool(_MISSING), reason=f"the extra `train` is not installed: {_MISSING}")
@pytest.mark.parametrize("merge", [False, True])
def test_a_tiny_model_is_fine_tuned_measured_and_saved(
    tiny: Path, merge: bool, tmp_path: Path
) -> None:
    from evaluation.training.lora import train_lora

    material = read_material(write(tmp_path / "t.csv"), Named())
    settings = LoraSettings(model=str(tiny), rank=2, alpha=4, epochs=1, merge=merge)
    out = tmp_path / "judge"
    card = train_lora(material, settings, out, 7, "tall")
    assert (card.rows, card.models, card.held_out[0].n) == (40, ("round", "short"), 20)
    assert json.loads((out / "card.json").read_text())["kind"] == "lora"
    assert (out / "adapter_config.json").exists() is not merge
