"""What a recipe says when it is handed on: no address of one's own, no key's name, no folder."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artifacts.published_recipe import (
    encoder_name,
    file_name,
    is_address,
    is_public,
    model_name,
    private_keys,
    published,
    without_addresses,
)

MARKED = {
    "taxonomy": "/home/MARK-user/taxonomies/mine.yaml",
    "models": {
        "own": {
            "provider": "openai",
            "model": "/srv/MARK-user/models/llama-3",
            "base_url": "http://llm-gw.MARK-corp.internal:8443/v1",
            "label": "llm-gw.MARK-corp.internal:8443",
            "key_env": "MARK_KEY",
        },
        "gateway": {"model": "m", "base_url": "https://llm.MARK-corp.com/v1", "key_env": "MARK_K"},
        "small": {"provider": "embedded", "path": "C:\\Users\\MARK-user\\small.gguf"},
    },
    "seeds": {"from": "~/MARK-user/seeds.csv"},
    "dedup": {"encoder": "/home/MARK-user/encoder", "against": ["../MARK-team/releases/2026.1.0"]},
    "rewrite": {"encoder": "./MARK-folder/encoder", "writer": "own"},
    "moderate": {"moderators": ["own", {"kind": "nearest", "encoder": "/MARK-user/enc"}]},
    "base": {
        "sources": [{"from": "s3://MARK-bucket/one.csv?token=MARK"}],
        "decisions": "/MARK-user/decided.jsonl",
    },
    "panel": {
        "judge": {
            "kind": "ensemble",
            "judges": [{"kind": "llm", "model": "own", "template": "/MARK-user/t.txt"}],
        }
    },
}


def test_nothing_private_stands_in_what_is_handed_on() -> None:
    found = published(MARKED)
    assert "MARK" not in str(found)
    assert found["models"]["own"] == {"provider": "openai", "model": "llama-3"}
    assert found["models"]["small"]["path"] == "small.gguf"
    assert found["dedup"] == {"encoder": "encoder", "against": ["2026.1.0"]}
    assert found["base"]["sources"] == [{"from": "one.csv"}]
    assert list(private_keys(found)) == [], "and what was handed on can be handed on again"


def test_the_keys_that_are_private_are_named() -> None:
    keys = set(private_keys(MARKED))
    assert keys >= {"taxonomy", "models.own.base_url", "models.own.key_env", "dedup.encoder"}
    assert list(private_keys({"models": {"a": {"model": "meta-llama/Llama-3"}}})) == []


def test_public_apis_keep_their_addresses_and_names_on_the_hub_their_owners() -> None:
    said = {
        "models": {
            "gpt": {"model": "gpt-4o", "base_url": "https://openrouter.ai/api/v1", "label": "gpt"},
            "llama": {"model": "meta-llama/Llama-3", "label": "llama-3.1"},
        },
        "dedup": {"encoder": "sentence-transformers/all-MiniLM-L12-v2@main"},
        "seeds": {"from": "hf://datasets/owner/name/seeds.csv"},
        "panel": {"targets": [{"name": "a", "system": "Answer and/or refuse: C:\\ or /etc."}]},
    }
    assert published(said) == said


def test_a_folder_that_looks_like_a_name_on_the_hub_is_told_by_who_can_look() -> None:
    said = {"dedup": {"encoder": "MARK/encoder"}}
    assert published(said, lambda name: True) == {"dedup": {"encoder": "encoder"}}
    assert encoder_name("owner/name") == "owner/name"


@pytest.mark.parametrize(
    ("label", "address"),
    [
        ("gw.corp.internal", True), ("gpu01:8000", True), ("10.0.0.7", True), ("[::1]", True),
        ("http://x", True), ("localhost", True), ("me@host", True), ("/srv/model", True),
        ("api.openai.com", False), ("llama-3.1", False), ("my-model", False), ("qwen2.5", False),
    ],
)  # fmt: skip
def test_a_label_that_is_an_address_is_told_from_a_name(label: str, address: bool) -> None:
    assert is_address(label) is address


def test_only_the_plain_address_of_a_known_api_is_public() -> None:
    assert is_public("https://api.openai.com/v1")
    for address in (
        *("http://api.openai.com/v1", "https://api.openai.com:8443/v1", "https://[::1/v1", None, 7),
        *("https://me@api.openai.com/v1", "https://api.openai.com/v1?key=1", "https://corp.com/v1"),
    ):
        assert not is_public(address)


_VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["models", "path", "from", "encoder", "model", "label", "base_url", "x"]
            ),
            inner,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["models", "dedup", "taxonomy"]), _VALUES))
@settings(max_examples=150)
def test_what_is_handed_on_twice_stays_as_it_was(said: dict[str, object]) -> None:
    once = published(said)
    assert published(once) == once


@given(st.text(max_size=30))
@settings(max_examples=100)
def test_a_files_name_has_no_folder_left(name: str) -> None:
    found = file_name(name)
    assert found.startswith("hf://") or not set("/\\") & set(found)
    assert model_name(model_name(name)) == model_name(name)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Call http://10.0.0.7:8000/v1 first.", "Call (an address) first."),
        ("see http://gpu01/x and HTTPS://build.lan", "see (an address) and (an address)"),
        ("host 192.168.1.4:8080, port 80", "host (an address), port 80"),
        ("http://ann:pw@example.org/", "(an address)"),
        ("http://[::1]:80/ is here", "(an address) is here"),
        ("version 1.2.3.4 of 8.8.8.8", "version 1.2.3.4 of 8.8.8.8"),
        ("https://example.org/a?b=c.", "https://example.org/a?b=c."),
        ("a plain prompt", "a plain prompt"),
    ],
)
def test_a_prompt_keeps_all_but_addresses_of_ones_own(text: str, shown: str) -> None:
    assert without_addresses(text) == shown
    assert without_addresses(shown) == shown


def test_a_system_prompt_and_a_label_hand_on_no_address() -> None:
    said = {
        "models": {"m": {"model": "x", "label": "10.0.0.7-gpu01"}},
        "panel": {"targets": [{"name": "t", "system": "See http://127.0.0.1:8000/v1."}]},
    }
    found = published(said)
    assert found["models"] == {"m": {"model": "x"}}
    assert found["panel"] == {"targets": [{"name": "t", "system": "See (an address)."}]}
