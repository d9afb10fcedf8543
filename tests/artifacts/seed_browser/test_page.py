from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from artifacts.seed_browser import page as pages
from artifacts.seed_browser.families import Family
from artifacts.seed_browser.page import write_pages
from tests.artifacts.seed_browser.families import HOSTILE, family, member


def _data(path: Path) -> dict[str, list[dict[str, object]]]:
    found = re.search(r'id="data">(.*?)</script>', path.read_text(encoding="utf-8"), re.S)
    assert found is not None
    data: dict[str, list[dict[str, object]]] = json.loads(found[1])
    return data


def test_the_page_outside_of_its_data_has_no_text(tmp_path: Path) -> None:
    (path,) = write_pages(tmp_path / "seeds.html", "mine 2026.11.0", [family("a")], [])
    html = path.read_text()
    shell = re.sub(r'(?s)<script type="application/json".*?</script>', "", html)
    assert "MARKED" not in shell
    assert "WHY" not in shell
    assert "MARKED a-0" in html
    assert "Seeds of <bdi>mine 2026.11.0</bdi>" in shell


def test_a_sensitive_category_has_no_text_no_reason_and_no_answer(tmp_path: Path) -> None:
    families = [family("a", "child-abuse"), family("b")]
    (path,) = write_pages(tmp_path / "seeds.html", "mine", families, ["child-abuse"])
    html = path.read_text()
    assert "MARKED a" not in html
    assert "WHY a" not in html
    assert "MARKED b" in html
    withheld, shown = _data(path)["families"]
    assert (withheld["withheld"], shown["withheld"]) == (True, False)
    assert html.count("SAID IT") == 1


def test_a_family_with_one_sensitive_row_is_withheld_as_a_whole(tmp_path: Path) -> None:
    mixed = Family("a", member("a"), (member("a-0", "child-abuse"),))
    (path,) = write_pages(tmp_path / "seeds.html", "mine", [mixed], ["child-abuse"])
    assert "MARKED" not in path.read_text()


def test_text_cannot_leave_its_place(tmp_path: Path) -> None:
    hostile = Family("a", member("a", text=HOSTILE), (member("a-0", text=HOSTILE),))
    (path,) = write_pages(tmp_path / "seeds.html", HOSTILE, [hostile], [])
    html = path.read_text(encoding="utf-8")
    assert "<img src=x" not in html
    assert html.count("</script>") == 2
    seed = _data(path)["families"][0]["seed"]
    assert isinstance(seed, dict)
    assert seed["text"] == HOSTILE


def test_many_seeds_are_on_several_pages_that_lead_to_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "FAMILIES", 3)
    written = write_pages(tmp_path / "seeds.html", "mine", [family(f"r{n}") for n in range(8)], [])
    assert [path.name for path in written] == ["seeds.html", "seeds-2.html", "seeds-3.html"]
    shown = [entry["root"] for path in written for entry in _data(path)["families"]]
    assert shown == [f"r{n}" for n in range(8)]
    middle = written[1].read_text()
    assert '<a rel="prev" href="seeds.html">' in middle
    assert '<a rel="next" href="seeds-3.html">' in middle
    assert "Page 2 of 3: seeds 4 to 6 of 8, by category." in middle


def test_a_page_is_bounded_by_its_weight_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "BYTES", 2_500)
    written = write_pages(tmp_path / "seeds.html", "mine", [family(f"r{n}") for n in range(16)], [])
    assert len(written) > 3
    assert sum(len(_data(path)["families"]) for path in written) == 16


def test_a_run_without_seeds_is_a_page_that_says_so(tmp_path: Path) -> None:
    (path,) = write_pages(tmp_path / "seeds.html", "mine", [], [])
    assert "No seeds." in path.read_text()


def test_the_same_families_are_the_same_bytes(tmp_path: Path) -> None:
    first, second = (
        write_pages(tmp_path / name, "mine", [family("a")], [])[0] for name in ("a.html", "b.html")
    )
    assert first.read_bytes() == second.read_bytes()
