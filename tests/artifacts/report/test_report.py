from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from artifacts.audit_facts import Audit, Diversity, Opening, Spread
from artifacts.manifest import Cost
from artifacts.report.files import write_report
from artifacts.report.page import configs_table, report_html
from artifacts.report.rows import LONGEST
from artifacts.views import is_unsafe
from tests.artifacts.report.audits import OR_CONFIGS, or_bench_audit, sorry_bench_audit, table_audit
from tests.artifacts.report.manifests import or_bench_manifest, sorry_bench_manifest
from tests.artifacts.report.tables import OR_CATEGORIES, or_bench_rows, sorry_bench_rows

HOSTILE = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!-- <script>",
    "nul \x00 and escape \x1b",
    "line\u2028separator\u2029paragraph",
    "\u202eright to left\u202c",
    "\U0001f600 astral and e\u0301 combined",
    "`${alert(1)}` \\u003c \\",
)


def _rows(per_category: int = 3) -> dict[str, pl.DataFrame]:
    return {
        config: or_bench_rows(per_category, "toxic" if "toxic" in config else "safe", seed)
        for seed, config in enumerate(OR_CONFIGS)
    }


def _bare(audit: Audit) -> Audit:
    """The audit with nothing to draw: charts take longer than all else."""
    return Audit(
        name=audit.name, rows=audit.rows, categories=audit.categories, diversity=audit.diversity
    )


def _data(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def _texts(page: str) -> list[str | None]:
    return [row[5] for row in _data(page)["rows"]]


def _table(*texts: str, **columns: list[str]) -> dict[str, pl.DataFrame]:
    categories = columns.pop("category", ["hate"] * len(texts))
    return {"prompts": pl.DataFrame({"prompt": texts, "category": categories, **columns})}


@pytest.fixture(scope="module")
def page() -> str:
    return report_html(or_bench_audit(), manifest=or_bench_manifest(), rows=_rows())


def test_safe_is_only_what_was_called_so() -> None:
    unsafe = {
        (benchmark, config): is_unsafe(benchmark, config)
        for benchmark, config in (
            ("or-bench", "or-bench-80k"),
            ("or-bench", "or-bench-hard-1k"),
            ("or-bench", "or-bench-toxic"),
            ("or-bench", "something-new"),
            ("sorry-bench", "base"),
            ("sorry-bench", "or-bench-80k"),
        )
    }
    assert [*unsafe.values()] == [False, False, True, True, True, True]


def test_all_parts_of_a_full_release_have_their_section(page: str) -> None:
    headings = re.findall(r"<h2 [^>]*>([^<]+)</h2>", page)
    assert headings == [
        *("Summary", "Gates", "Funnel", "Balance", "Moderators", "Refusals", "Near repeats"),
        *("Diversity", "Texts", "Provenance", "Cost", "Changes since 2026.10.0"),
        *("What people found", "Withdrawn", "Rows"),
    ]
    assert "1 of 3 gates broken: max_opener_share." in page
    for words in ("asks for a weapon", "its text has changed", "panel is new", "cd" * 8):
        assert words in page
    assert or_bench_manifest().canary in page


def test_links_of_the_page_lead_somewhere_and_ids_are_unique(page: str) -> None:
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert {link for link in re.findall(r'href="#([^"]+)"', page)} <= set(ids)
    assert set(re.findall(r"url\(#([^)]+)\)", page)) <= set(ids)


def test_nothing_in_the_page_could_be_fetched(page: str) -> None:
    markup = re.sub(r' xmlns="http://www.w3.org/2000/svg"', "", page)
    assert not re.search(r"https?:|//[a-z]+\.|@import|@font-face|url\((?!#)", markup)
    assert re.findall(r'<link [^>]*href="([^"]*)"', page) == ["data:,"]
    assert not re.search(r"<(?:img|iframe|object|embed|base|form [^>]*action)\b|\ssrc=", markup)


def test_the_policy_allows_the_page_s_own_script_and_style_alone(page: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    stated = policy[1].replace("&#39;", "'")
    for name in ("script", "style"):
        (source,) = re.findall(rf"<{name}>(.*?)</{name}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in stated
    assert stated.startswith("default-src 'none';")
    assert " style=" not in page
    assert not re.search(r"\son[a-z]+=", page)


def test_prompt_text_is_nowhere_but_in_the_data(page: str) -> None:
    first = next(text for text in _texts(page) if text)
    outside = re.sub(r'<script type="application/json".*?</script>', "", page, flags=re.DOTALL)
    assert first in page and first not in outside
    assert '<bdi class="words" hidden>how do i</bdi>' in outside


def test_rows_and_openings_of_unsafe_configs_are_left_out_unless_asked_for(page: str) -> None:
    assert _data(page)["configs"] == ["or-bench-80k", "or-bench-hard-1k"]
    assert "The rows of <bdi>or-bench-toxic</bdi> are left out: it holds prompts" in page
    assert "<code>refusery audit RELEASE --with-toxic-text</code> shows them." in page
    assert page.count('class="words"') == 2 * 3
    assert "Seed 0" not in page
    whole = report_html(
        _bare(or_bench_audit()), manifest=or_bench_manifest(), rows=_rows(), toxic_text=True
    )
    assert _data(whole)["configs"] == list(OR_CONFIGS)
    assert whole.count('class="words"') == 3 * 3
    assert "seed: Seed 0" in _data(whole)["facts"]
    assert "are left out" not in whole


def test_every_config_of_a_fine_grained_set_is_unsafe() -> None:
    rows = {"sorry-bench": sorry_bench_rows(per_category=1)}
    page = report_html(_bare(sorry_bench_audit()), manifest=sorry_bench_manifest(), rows=rows)
    assert _texts(page) == []
    assert "The rows of <bdi>sorry-bench</bdi> are left out" in page
    assert 'class="words"' not in page
    assert _texts(report_html(table_audit(), rows=rows)) == [], "nor in a table without manifest"


def test_unsafe_configs_are_named_in_one_line() -> None:
    rows = {name: sorry_bench_rows(per_category=1) for name in ("base", "slang", "all")}
    page = report_html(_bare(sorry_bench_audit()), manifest=sorry_bench_manifest(), rows=rows)
    named = "<bdi>base</bdi>, <bdi>slang</bdi> and <bdi>all</bdi> are left out: they hold prompts"
    assert f"The rows of {named}" in page
    assert page.count("--with-toxic-text") == 1
    table = report_html(table_audit(), rows=rows)
    assert "<code>refusery audit TABLE --with-toxic-text</code>" in table


def test_the_summary_tells_what_is_none_from_what_was_not_measured() -> None:
    spread = Spread("prompts", "category", {"hate": 2, "privacy": 0}, 0.0, None, None)
    audit = Audit(
        name="t", rows={"prompts": 2, "more": 1}, categories=("hate", "privacy"), spreads=(spread,)
    )
    first, second = configs_table(audit, {}).rows
    assert first[2:7] == ("0.00", "none: privacy has no row", "none", *["not measured"] * 2)
    assert second[2:7] == ("not measured",) * 5


def test_rows_labelled_toxic_are_left_out_of_any_table() -> None:
    rows = _table("one", "two", "three", label=["safe", "toxic", "undecided"])
    page = report_html(table_audit(), rows=rows)
    assert sorted(filter(None, _texts(page))) == ["one", "three"]
    assert "Left out as it is labelled toxic: 1 row." in page
    assert len(_texts(report_html(table_audit(), rows=rows, toxic_text=True))) == 3


def test_texts_of_sensitive_categories_are_withheld_always() -> None:
    rows = {"sorry-bench": sorry_bench_rows(per_category=1)}
    page = report_html(
        _bare(sorry_bench_audit()), manifest=sorry_bench_manifest(), rows=rows, toxic_text=True
    )
    data = _data(page)
    withheld = {data["categories"][row[1]] for row in data["rows"] if row[5] is None}
    assert withheld == {"21 child-crimes"}
    bare = report_html(table_audit(), rows=rows, toxic_text=True)
    numbers = {_data(bare)["categories"][r[1]] for r in _data(bare)["rows"] if r[5] is None}
    assert {"20", "21"} == numbers, "which taxonomy numbered a bare table is not known"
    named = _table("a mild text", category=["child-crimes"])
    assert _texts(report_html(table_audit(), rows=named, toxic_text=True)) == [None]


def test_numbers_of_categories_have_their_names_beside_them() -> None:
    page = report_html(sorry_bench_audit(), manifest=sorry_bench_manifest())
    assert "45 machinery-advice" in page
    assert "the smallest 1 personal-insults with" in page


def test_any_text_comes_through_as_it_is_or_as_the_sign_for_broken_ones() -> None:
    page = report_html(table_audit(), rows=_table(*HOSTILE))
    found = set(filter(None, _texts(page)))
    assert found == {re.sub("[\x00\x1b]", "\ufffd", text) for text in HOSTILE}
    assert page.count("<script") == 2 == page.count("</script>")
    assert "\u2028" not in page and "<img" not in page
    assert not re.search("[\x00-\x08\x0b-\x1f]", page)


def test_names_can_be_any_text_too() -> None:
    audit = replace(
        table_audit(HOSTILE),
        name="\ud800" + HOSTILE[0],
        notes=HOSTILE,
        rows={HOSTILE[1]: 3},
        diversity=(
            Diversity("prompts", 3, (Opening("\udfff <b>", 2),), None, None, None, None, 0, None),
        ),
    )
    rows = {HOSTILE[1]: pl.DataFrame({"prompt": ["x"], "category": [HOSTILE[0]]})}
    page = report_html(audit, rows=rows)
    assert page.encode().decode() == page
    assert page.count("<script") == 2 and "<img" not in page and "<b>" not in page


def test_a_row_without_text_label_or_category_is_shown_as_such() -> None:
    frame = pl.DataFrame(
        {"prompt": [None, "x"], "category": [None, "hate"], "label": [None, "safe"]}
    )
    data = _data(report_html(table_audit(), rows={"prompts": frame}))
    assert sorted((row[5], data["labels"][row[2]]) for row in data["rows"]) == [
        ("", ""),
        ("x", "safe"),
    ]


def test_a_sample_is_the_same_in_whatever_order_rows_come() -> None:
    rows = or_bench_rows(130)
    manifest = replace(or_bench_manifest(), funnel=(), cost=Cost(0, 0, 0, None))
    shuffled = rows.sample(fraction=1, shuffle=True, seed=3)
    pages = [
        report_html(_bare(or_bench_audit()), manifest=manifest, rows={"or-bench-80k": each})
        for each in (rows, shuffled, rows)
    ]
    assert pages[0] == pages[1] == pages[2]
    data = _data(pages[0])
    assert data["categories"] == list(OR_CATEGORIES)
    assert len(data["rows"]) == 100 * len(OR_CATEGORIES)


def test_a_page_stays_under_five_megabytes_whatever_the_texts() -> None:
    long = [f"{number} " + "\u4e2d<" * LONGEST for number in range(120)]
    page = report_html(table_audit(), rows=_table(*long * 2, category=["a"] * 120 + ["b"] * 120))
    assert 2_000_000 < len(page.encode()) < 5_000_000
    assert "(fewer than 100, to keep this page under 5 MB)" in page
    assert all("[cut here: the text has 12" in (text or "") for text in _texts(page))


def test_an_audit_of_nothing_is_a_page_too() -> None:
    page = report_html(Audit(name="empty.csv", rows={}, categories=()), rows={})
    assert "This report shows no rows." in page
    assert "No gates were asked for." in page


def test_the_file_is_written_whole_and_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "report.html"
    write_report(path, table_audit(), rows=_table("one"))
    assert [each.name for each in path.parent.iterdir()] == ["report.html"]
    assert path.read_text(encoding="utf-8") == report_html(table_audit(), rows=_table("one"))


def test_all_other_rows_lie_beside_the_report_in_linked_pages(tmp_path: Path) -> None:
    texts = [f"prompt {number}" for number in range(1_250)]
    write_report(tmp_path / "report.html", table_audit(), rows=_table(*texts), all_rows=True)
    names = sorted(each.name for each in (tmp_path / "rows").iterdir())
    assert names == ["prompts-0001.html", "prompts-0002.html"]
    report = (tmp_path / "report.html").read_text(encoding="utf-8")
    pages = [(tmp_path / "rows" / name).read_text(encoding="utf-8") for name in names]
    assert all(f'href="rows/{name}"' in report for name in names)
    assert 'rel="next" href="prompts-0002.html"' in pages[0]
    assert all('href="../report.html"' in page for page in pages)
    parts = [_texts(page) for page in (report, *pages)]
    assert [len(part) for part in parts] == [100, 1_000, 150]
    assert sorted(text or "" for part in parts for text in part) == sorted(texts)


def test_pages_show_no_more_than_the_report_does(tmp_path: Path) -> None:
    rows = _rows(120)
    write_report(
        tmp_path / "report.html",
        _bare(or_bench_audit()),
        manifest=or_bench_manifest(),
        rows=rows,
        all_rows=True,
    )
    names = sorted(each.name for each in (tmp_path / "rows").iterdir())
    assert names == ["or-bench-80k-0001.html", "or-bench-hard-1k-0001.html"]


def test_pages_of_an_older_report_of_that_name_are_removed_and_nothing_else(tmp_path: Path) -> None:
    texts = [f"prompt {number}" for number in range(120)]
    for name in ("a.html", "b.html"):
        rows = {name[0]: _table(*texts)["prompts"]}
        write_report(tmp_path / name, table_audit(), rows=rows, all_rows=True)
    (tmp_path / "rows" / "mine.html").write_text("<p>mine</p>")
    write_report(tmp_path / "a.html", table_audit())
    left = sorted(each.name for each in (tmp_path / "rows").iterdir())
    assert left == ["b-0001.html", "mine.html"]


def test_configs_whose_names_differ_in_signs_alone_do_not_share_pages(tmp_path: Path) -> None:
    texts = _table(*(f"prompt {number}" for number in range(120)))["prompts"]
    rows = {"a b": texts, "a/b": texts}
    write_report(tmp_path / "report.html", table_audit(), rows=rows, all_rows=True)
    assert len(list((tmp_path / "rows").iterdir())) == 2
