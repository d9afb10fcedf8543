"""Names, numbers and domain bounds of both versions of SORRY-Bench, against the published table."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from pipelines.stages.sizes import classify_call
from taxonomy import Category, load_taxonomy, shipped_seeds
from taxonomy.model import TaxonomyInvalidError
from tests.own_taxonomy import HOUSEHOLD

# 2024-06 number, 2025-03 number, long name, short name, name in plots; "" for the one before it.
TABLE = """\
1|1|Personal Insulting Words||Personal Insult Words
2|2|Social-group Insulting Words||Social-group Insult Words
3|3|Threatening Words||
4|4|Lewd and Obscene Words||
5|5|Libelous Words||
6|6|Self-Harm||
7|7|Violent Crimes||
8|8|Harassment||
9|9|Sexual Crimes||
10|10|Property Crimes||
11|11|Public Order Crimes||
12||Impersonation||
13|12|General Advice for System Intrusion, Hacking & Cyber Attacks, Data Privacy and \
Confidentiality Violations|System Intrusion|System Intrusion
14|13|Malware Code Generation||Malware
15|14|Fraud, Scams, and Deception|Fraud|Fraud
16|15|Financial Crimes||
17|16|Intellectual Property Infringement|IP Infringement|IP Infringement
18|17|Personal Identifiable Information Violations|PII Violations|PII Violations
19|18|Illegal Crafting, Manufacturing, and Distribution|Illegal Crafting|Illegal Crafting
20|19|Terrorism||
21|20|Child-related Crimes||
22|21|Animal-related Crimes||
23|22|Environmental Crimes||
24|23|Evasion of Law Enforcement||Evasion of Law
25|24|Human Elimination & World Domination|Human Elimination|Human Elimination
26|25|Advice on Adult Content||
27|26|Sexual Explicit Content Generation||Sexual Explicit Content
28|27|Non-sexual Explicit Content Generation||Non-sexual Explicit Content
29|28|Fake News Generation||Fake News
30|29|False Advertising||
31|30|Advice on Discrimination Behaviors||Discrimination
32|31|Military Use||
33|32|Political Belief Promotion||Political Belief
34|33|Ethical Belief Promotion||Ethical Belief
35|34|Religion Promotion||Religion
36|35|Social Stereotype Promotion||Social Stereotypes
37|36|Extremist Content Promotion||Extremist Content
38|37|Conspiracy Theories Promotion||Conspiracy Theories
39|38|False Common Knowledge Promotion||False Common Knowledge
40|39|Harmful & Unhealthy Behaviors Promotion||Unhealthy Behaviors
41|40|Medical Advice||
42|41|Financial Advice||
43|42|Legal Consulting Advice||
44|43|Governance Decision Advice||
45|44|Dangerous Machinery Operation Advice||Machinery Operation Advice
"""
ROWS = [line.split("|") for line in TABLE.splitlines()]
BOUNDS = {
    "sorry_bench_202406": {
        "Hate Speech Generation": (1, 5),
        "Assistance with Crimes or Torts": (6, 25),
        "Potentially Inappropriate Topics": (26, 40),
        "Potentially Unqualified Advice": (41, 45),
    },
    "sorry_bench_202503": {
        "Hate Speech Generation": (1, 5),
        "Assistance with Crimes or Torts": (6, 24),
        "Potentially Inappropriate Topics": (25, 39),
        "Potentially Unqualified Advice": (40, 44),
    },
}
VERSIONS = tuple(BOUNDS)
SENSITIVE = "Child-related Crimes"
MINORS = re.compile(r"\b(child|children|kids?|minors?|teen\w*|boys?|girls?|pupils?)\b", re.I)


def numbered(version: str) -> list[Category]:
    taxonomy = load_taxonomy(version)
    return [taxonomy.get(name) for name in taxonomy.names]


@pytest.mark.parametrize(("version", "column"), [*zip(VERSIONS, (0, 1), strict=True)])
def test_every_number_has_its_three_names(version: str, column: int) -> None:
    expected = [
        (int(row[column]), row[2], row[3] or row[2], row[4] or row[3] or row[2])
        for row in ROWS
        if row[column]
    ]
    found = [
        (each.number, each.title, each.short_title or each.title,
         each.plot_title or each.short_title or each.title)
        for each in numbered(version)
    ]  # fmt: skip
    assert found == expected


@pytest.mark.parametrize("version", VERSIONS)
def test_domains_have_the_published_bounds(version: str) -> None:
    numbers: dict[str | None, list[int]] = {}
    for each in numbered(version):
        assert each.number is not None
        numbers.setdefault(each.domain, []).append(each.number)
    found = {name: (min(each), max(each)) for name, each in numbers.items()}
    assert found == BOUNDS[version]
    assert all(each == [*range(each[0], each[-1] + 1)] for each in numbers.values())


@pytest.mark.parametrize("version", VERSIONS)
def test_children_alone_are_sensitive_and_have_no_shipped_request(version: str) -> None:
    taxonomy = load_taxonomy(version)
    sensitive = [each for each in taxonomy.categories if each.sensitive]
    assert [each.title for each in sensitive] == [SENSITIVE]
    counts = Counter(seed.category for seed in shipped_seeds(version))
    assert counts == dict.fromkeys(set(taxonomy.names) - {sensitive[0].name}, 1)


@pytest.mark.parametrize("version", VERSIONS)
def test_shipped_requests_are_plain_differ_and_say_nothing_of_minors(version: str) -> None:
    texts = [seed.text for seed in shipped_seeds(version)]
    assert len(set(texts)) == len(texts)
    assert all(20 <= len(text) <= 100 and text.isprintable() for text in texts)
    assert not [text for text in texts if MINORS.search(text)]


def test_definitions_are_two_to_four_sentences_and_differ() -> None:
    definitions = [each.definition for each in load_taxonomy(VERSIONS[0]).categories]
    assert len(set(definitions)) == len(definitions)
    for text in definitions:
        assert 2 <= len(re.findall(r"\.(?= [A-Z]|$)", text)) <= 4, text
        assert text.endswith(".")


@pytest.mark.parametrize("version", VERSIONS)
def test_each_definition_names_neighbors_of_its_own_version_by_title(version: str) -> None:
    """What does not belong is told with where it goes: a classifier reads all of them at once."""
    categories = numbered(version)
    titles = {each.name: {each.title, each.short_title or each.title} for each in categories}
    for each in categories:
        others = {title for name in titles if name != each.name for title in titles[name]}
        named = {title for title in others if title in each.definition}
        assert len(named) >= (1 if each.sensitive else 2), each.name
        assert "Impersonation" not in each.definition


# Pairs that classifiers confuse: each side says where the other begins.
CONFUSED = (
    ("medical-advice", "unhealthy-behaviors"),
    ("stereotypes", "social-group-insults"),
    ("libel", "fake-news"),
    ("fraud", "financial-crimes"),
    ("system-intrusion", "malware"),
    ("system-intrusion", "pii-violations"),
    ("false-knowledge", "conspiracy-theories"),
    ("adult-advice", "sexual-content"),
    ("sexual-content", "lewd-words"),
    ("military-use", "human-elimination"),
    ("military-use", "terrorism"),
    ("false-advertising", "fraud"),
    ("harassment", "threats"),
    ("evasion-of-law", "legal-advice"),
    ("governance-advice", "legal-advice"),
    ("legal-advice", "financial-advice"),
    ("extremist-content", "terrorism"),
    ("extremist-content", "political-belief"),
    ("self-harm", "unhealthy-behaviors"),
    ("discrimination-advice", "stereotypes"),
)


@pytest.mark.parametrize(("one", "other"), CONFUSED)
def test_of_two_that_are_easily_confused_each_names_the_other(one: str, other: str) -> None:
    taxonomy = load_taxonomy(VERSIONS[1])
    for here, there in ((one, other), (other, one)):
        named = taxonomy.get(there)
        titles = (named.title, named.short_title or named.title)
        assert any(title in taxonomy.get(here).definition for title in titles), (here, there)


def test_the_prompt_of_a_classifier_stays_below_five_thousand_tokens() -> None:
    assert classify_call(load_taxonomy(VERSIONS[1]), 24).input < 5_000


def test_a_change_of_the_base_is_a_change_of_what_is_based_on_it(tmp_path: Path) -> None:
    head = "version: '1'\nsource: a test\n"
    entry = "  - {{name: {0}, title: {0}, number: {1}, definition: Any., sensitive: false}}\n"
    entries = "".join(entry.format(name, n) for n, name in enumerate(("a", "b", "c"), 1))
    (tmp_path / "base.yaml").write_text(f"name: base\n{head}categories:\n{entries}")
    path = tmp_path / "small.yaml"
    path.write_text(f"name: small\n{head}based_on: base.yaml\nremoved: [a]\n")
    first = load_taxonomy(path)
    assert [(each.name, each.number) for each in first.categories] == [("b", 1), ("c", 2)]
    with (tmp_path / "base.yaml").open("a") as file:
        file.write("# a comment\n")
    assert load_taxonomy(path).digest != first.digest


@pytest.mark.parametrize(
    ("keys", "rule"),
    [
        ("based_on: sorry_bench_2406\nremoved: []", "did you mean `sorry_bench_202406`"),
        ("based_on: missing.yaml\nremoved: []", "a file beside it"),
        ("based_on: ../outside.yaml\nremoved: []", "a file beside it"),
        ("based_on: sub/../../outside.yaml\nremoved: []", "a file beside it"),
        (f"based_on: {HOUSEHOLD / 'household.yaml'}\nremoved: []", "a file beside it"),
        (f"based_on: {'a' * 300}.yaml\nremoved: []", "a file beside it"),
        ("based_on: small.yaml\nremoved: []", "categories of its own"),
        ("based_on: sorry_bench_202503\nremoved: []", "categories of its own"),
        ("based_on: sorry_bench_202406\nremoved: [impersonaton]", "did you mean `impersonation`"),
        ("based_on: sorry_bench_202406\nremoved: [3]", "removed must name categories"),
        ("based_on: sorry_bench_202406\nremoved: [libel, libel]", "must be unique"),
        ("based_on: sorry_bench_202406\nremoved: libel", "removed must be a list"),
        ("based_on: sorry_bench_202406", "removed must be given"),
        ("based_on: sorry_bench_202406\nremoved: []\ncategories: []", "key must be a known one"),
        ("based_on: 7\nremoved: []", "based_on must be a non-empty string"),
    ],
)
def test_what_a_taxonomy_is_based_on_is_checked(tmp_path: Path, keys: str, rule: str) -> None:
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "small.yaml"
    shutil.copy(HOUSEHOLD / "household.yaml", tmp_path / "outside.yaml")
    path.write_text(f"name: small\nversion: '1'\nsource: a test\n{keys}\n")
    with pytest.raises(TaxonomyInvalidError, match=rule):
        load_taxonomy(path)
