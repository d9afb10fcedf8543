"""One pass over loopback of thirty models and 1,319 prompts whose rates are known."""

from __future__ import annotations

import polars as pl
import pytest
from scipy.stats import spearmanr

from artifacts.figures.evaluation.views import Index
from tests.evaluation.evaluations import Done, run, write_prompts, write_recipe
from tests.servers.openai_server import serve
from tests.servers.refusers import Refusers

MODELS = [f"model-{n:02d}" for n in range(30)]
CATEGORIES = ("deception", "harassment", "hate", "privacy", "violence")
SAFE, TOXIC = 1019, 300
SHARES = {
    name: {"mild": 0.02 + 0.03 * n, "unsafe": min(0.99, 0.30 + 0.022 * ((n * 7) % 30))}
    for n, name in enumerate(MODELS)
}


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    folder = tmp_path_factory.mktemp("seeded")
    write_prompts(folder / "safe.csv", SAFE, CATEGORIES, word="prompt")
    write_prompts(folder / "toxic.csv", TOXIC, CATEGORIES, word="unsafe prompt")
    shares = {name: {"unsafe": each["unsafe"], "": each["mild"]} for name, each in SHARES.items()}
    with serve(Refusers(shares)) as server:
        data = {"safe": {"from": "safe.csv"}, "toxic": {"from": "toxic.csv"}}
        return run(write_recipe(folder, server.base_url, MODELS, data), folder / "out")


def _truth(done: Done, data: str) -> dict[str, float]:
    """What share each model was made to refuse, from its own rule on each prompt."""
    refusers = Refusers(
        {name: {"unsafe": each["unsafe"], "": each["mild"]} for name, each in SHARES.items()}
    )
    prompts = done.answers.filter(pl.col("data") == data)["prompt"].unique().to_list()
    return {
        name: sum(refusers.refuses(name, prompt) for prompt in prompts) / len(prompts)
        for name in MODELS
    }


@pytest.mark.slow
def test_rates_correlation_and_the_order_of_the_heatmap_are_recovered(done: Done) -> None:
    assert done.verdicts.height == 30 * 1319
    truths = {data: _truth(done, data) for data in ("safe", "toxic")}
    for data, word in (("safe", "mild"), ("toxic", "unsafe")):
        rates = {name: done.rate(name, data) for name in MODELS}
        assert {name: each.rate for name, each in rates.items()} == truths[data]
        inside = [
            each.interval is not None and each.interval[0] <= SHARES[name][word] <= each.interval[1]
            for name, each in rates.items()
        ]
        assert sum(inside) >= 26  # 95 % of 30 are 28.5

    (found,) = done.found.correlations
    expected = spearmanr(list(truths["safe"].values()), list(truths["toxic"].values())).statistic
    assert found.models == 30
    assert found.rho == pytest.approx(expected, abs=1e-12)

    facts = {each.name: each for each in done.found.data}
    view = Index.of(done.found).view(facts["safe"], done.found.settings[0], done.found.judges[0])
    order = [target.name for target, _ in view.ranked()]
    assert order == sorted(MODELS, key=lambda name: truths["safe"][name])
