"""The report is one page that a real browser shows, with all there is to see, and that loads nothing else."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from story import Story, at

from cairn_pipeline.run_state import read_run
from cairn_pipeline.watch.report import duration, render, write_report


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Headless Chromium: the system's, else the one that playwright installed."""
    api = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: ./run setup --pipeline"
    )
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with api.sync_playwright() as playwright:
        try:
            chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        except api.Error as error:
            pytest.skip(f"no Chromium can be started: ./run setup --pipeline ({str(error).splitlines()[0]})")
        yield chromium
        chromium.close()


def test_the_page_in_a_browser(night, browser, tmp_path: Path) -> None:
    page = browser.new_page()
    problems: list[str] = []
    requests: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: requests.append(request.url))
    path = write_report(night.run.path)
    page.goto(path.as_uri())
    assert page.title() == "Cairn run night"  # also: the reason's script did not run
    assert page.locator("#timeline tr[data-block]").count() == 4
    bars = page.locator('#timeline tr[data-block="2"] .bar span')
    assert bars.count() == 6  # snos, prove and verify, each after a wait
    whole = page.locator('#timeline tr[data-block="2"] .bar').bounding_box()
    prove = page.locator('#timeline tr[data-block="2"] .bar span[title*="prove: took"]').bounding_box()
    assert whole and prove
    # 113 s of the page's span, which ends now, as block 2 is under way: a sliver, but inside and in place
    assert whole["x"] <= prove["x"] and prove["x"] + prove["width"] <= whole["x"] + whole["width"] + 1
    assert "took 1 min 53 s" in (page.locator('[title*="block 2 prove: took"]').get_attribute("title") or "")
    assert page.locator("#proofs .bar span").count() == 4
    assert "prove: 40.0 s, 80 %" in page.locator("#proofs .bar span").nth(1).get_attribute("title")
    assert "document.title='owned'" in page.locator("#failures").inner_text()
    assert (
        "0.002000000" in page.locator("#fees").inner_text() and "0xabc" in page.locator("#fees").inner_text()
    )
    page.select_option("#filter", "stopped")
    shown = page.locator("#timeline tr[data-block]:visible")
    assert (shown.count(), shown.first.get_attribute("data-block")) == (1, "3")
    assert page.locator("#shown").inner_text() == "1 of 4"
    assert page.screenshot().startswith(b"\x89PNG")
    assert requests == [path.as_uri()] and problems == []
    page.close()


def test_a_page_of_an_empty_run(tmp_path: Path) -> None:
    text = render(read_run(Story(tmp_path / "run").run.path), at(0))
    assert "no blocks yet" in text and "none yet" in text


def test_a_page_whose_files_are_gone_is_made_all_the_same(night) -> None:
    for name in ("prove_report.json", "receipt.json"):
        for path in night.run.path.rglob(name):
            path.unlink()
    page = write_report(night.run.path).read_text()
    assert 'id="proofs"' not in page and 'id="fees"' not in page and 'id="failures"' in page


def test_the_page_is_self_contained_and_escaped(night) -> None:
    page = write_report(night.run.path).read_text()
    assert not re.search(r"""(src|href)=|@import|url\(|https?://""", page)
    assert "<script>document.title" not in page


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0.00 s"), (9.994, "9.99 s"), (12.34, "12.3 s"), (65, "1 min 05 s"), (7380, "2 h 03 min")],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text
