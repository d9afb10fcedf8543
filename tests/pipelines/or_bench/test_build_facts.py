"""What a build of an over-refusal set is said to have come to, by real runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from artifacts.build_facts import AnswerCounts, BuildFacts
from artifacts.build_tables import first_lines
from pipelines.or_bench.build_facts import build_facts
from pipelines.recipe import OrBench, load
from tests.loopback import RECIPE, write_recipe
from tests.pipelines.versions.making import SMALL, Made, version
from tests.servers.behaviours import Router
from tests.servers.chat import Answer, Behaviour, Body
from tests.servers.openai_server import serve
from tests.servers.voters import Moderator, Verdict
from tests.servers.writers import Writer

_ALONE = ("moderate.moderators=[a]", *SMALL)


def _rambling(body: Body) -> Answer:
    return Answer("Let me think about that for a while. " * 300)


def _facts(made: Made, recipe: Path, *settings: str) -> BuildFacts:
    loaded = load(recipe, ["release.version=2026.11.0", *settings])
    assert isinstance(loaded, OrBench)
    return build_facts(made.run, made.built, loaded)


def _models(**voters: Behaviour) -> Router:
    known: Mapping[str, Behaviour] = {"writer": Writer(), **voters}
    return Router(known)


def _by_name(facts: BuildFacts, part: str) -> dict[str, AnswerCounts]:
    return {each.name: each for each in facts.answers if each.part == part}


def test_a_moderator_that_calls_everything_toxic_is_named_where_no_row_is_left(
    tmp_path: Path,
) -> None:
    with serve(_models(**{"moderator-a": Moderator(table={"": Verdict(True)})})) as server:
        recipe = write_recipe(tmp_path, server.base_url, RECIPE)
        with version(recipe, tmp_path / "out", "2026.11.0", *_ALONE) as made:
            facts = _facts(made, recipe, *_ALONE)
    voted = made.run.kept("moderate-0", ["row"]).height
    assert (facts.voted, facts.passed, facts.released) == (voted, 0, 0)
    assert facts.labels["by the votes"] == {"safe": 0, "toxic": voted, "undecided": 0}
    (line,) = first_lines(made.manifest, facts)
    assert line.endswith(
        f"has no rows; 0 of {voted} rows are safe: moderator a called {voted} of {voted} toxic."
    )


def test_votes_labels_and_rows_add_up_over_moderators_that_differ(tmp_path: Path) -> None:
    voters = {
        "moderator-a": Moderator(toxic=0.3),
        "moderator-b": Moderator(toxic=0.2, unparseable=0.5),
        "moderator-c": Moderator(toxic=0.1),
    }
    with serve(_models(**voters)) as server:
        recipe = write_recipe(tmp_path, server.base_url)
        with version(recipe, tmp_path / "out", "2026.11.0", *SMALL) as made:
            facts = _facts(made, recipe, *SMALL)
    votes = made.run.table("moderate-0", "votes", ["model", "label"])
    assert [voter.name for voter in facts.voters] == ["a", "b", "c"]
    for voter in facts.voters:
        own = votes.filter(model=voter.name)
        assert voter.rows == facts.voted == own.height
        assert voter.votes["safe"] == own.filter(label="safe").height
        assert voter.votes["toxic"] == own.filter(label="toxic").height
        assert voter.votes["abstained"] == own.filter(label="abstain").height
        assert voter.votes["skipped"] == 0
    assert sum(facts.labels["by the votes"].values()) == facts.voted
    assert facts.released == made.manifest.configs[0].rows
    moderators = _by_name(facts, "moderate")
    assert moderators["b"].missing == facts.voters[1].votes["abstained"]
    assert (moderators["b"].replies or 0) > facts.voted  # it was asked again
    assert moderators["a"].cut == 0


def test_cut_votes_are_counted_and_warned_of_with_the_limit_of_the_recipe(
    tmp_path: Path,
) -> None:
    settings = ("moderate.moderators=[{model: a, max_tokens: 40}, b]", *SMALL)
    voters: dict[str, Behaviour] = {
        "moderator-a": _rambling,
        "moderator-b": Moderator(table={"": Verdict(False)}),
    }
    with serve(_models(**voters)) as server:
        recipe = write_recipe(tmp_path, server.base_url)
        with version(recipe, tmp_path / "out", "2026.11.0", *settings) as made:
            facts = _facts(made, recipe, *settings)
        asked = {call.body["max_tokens"] for call in server.calls if _is_of(call.body, "a")}
    assert asked == {40}
    cut = _by_name(facts, "moderate")
    assert (cut["a"].cut, cut["a"].missing) == (cut["a"].replies, facts.voted)
    assert (cut["b"].cut, cut["b"].missing) == (0, 0)
    lines = [*first_lines(made.manifest, facts)]
    assert f"moderator a: {cut['a'].cut} of {cut['a'].replies} replies were cut at 40" in lines[1]
    assert len(lines) == 2


def _is_of(body: Mapping[str, object], moderator: str) -> bool:
    return body["model"] == f"moderator-{moderator}"


def test_answers_of_the_panel_and_of_writers_are_counted_by_name(tmp_path: Path) -> None:
    settings = (
        'models.t={provider: openai, base_url: "URL", model: target, price: free}',
        "panel={targets: [t], max_tokens: 20}",
        *_ALONE,
    )
    voters: dict[str, Behaviour] = {
        "moderator-a": Moderator(table={"": Verdict(False)}),
        "target": lambda body: Answer("") if "?" not in str(body) else _rambling(body),
    }
    with serve(_models(**voters)) as server:
        given = tuple(each.replace("URL", server.base_url) for each in settings)
        recipe = write_recipe(tmp_path, server.base_url)
        with version(recipe, tmp_path / "out", "2026.11.0", *given) as made:
            facts = _facts(made, recipe, *given)
    panel, writer = _by_name(facts, "panel")["t"], _by_name(facts, "rewrite")["writer"]
    answers = made.run.table("panel", "answers", ["cut", "outcome"])
    assert panel.asked == answers.height > 0
    assert panel.cut == int(answers["cut"].sum())
    assert panel.missing == answers.filter(outcome="missing").height
    assert (writer.asked, writer.missing, writer.cut) == (10, 0, 0)


def test_an_extended_set_says_which_rows_others_labelled(tmp_path: Path) -> None:
    wide = ("seeds={from: shipped, per_category: 2}", "rewrite.target=6", "mode=extend")
    names = ("moderator-a", "moderator-b", "moderator-c")
    with serve(_models(**{name: Moderator(toxic=0.1) for name in names})) as server:
        recipe, out = write_recipe(tmp_path, server.base_url), tmp_path / "out"
        for moderators, others in (("[c]", True), ("[b, a]", False)):
            settings = (*wide, f"moderate.moderators={moderators}")
            of = (recipe, out / str(others))
            with version(*of, "2026.11.0", *SMALL, "moderate.moderators=[a, b]") as first:
                before = first.manifest.configs[0].rows
            with version(*of, "2026.11.1", *settings) as made:
                loaded = load(recipe, ["release.version=2026.11.1", *settings])
                assert isinstance(loaded, OrBench)
                facts = build_facts(made.run, made.built, loaded)
            card = " ".join((made.folder / "README.md").read_text().split())
            assert ("were not all labelled by the same moderators:" in card) is others
            assert (facts.carried is not None) is others
            assert facts.voted
            if facts.carried is not None:
                assert (facts.carried.version, facts.carried.rows) == ("2026.11.0", before)
                assert facts.carried.total == made.manifest.configs[0].rows
                assert (facts.carried.before, facts.carried.now) == (("a", "b"), ("c",))
                assert f"{before} rows by a, b" in card
