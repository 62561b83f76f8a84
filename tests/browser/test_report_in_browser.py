"""The report page as a browser shows it: lit marks, keys, no script, no network, no refusal by its own policy."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from verifier import codec
from verifier.casefile import ClaimReport
from verifier.reporting.html import render

REPORT = Path(__file__).parents[1] / "golden" / "report" / "report.json"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LIT = "[...document.querySelectorAll('.mark')].filter(m => getComputedStyle(m).opacity === '1').map(m => m.id)"
RINGED = (
    "[...document.querySelectorAll('.card')].filter(c => getComputedStyle(c).getPropertyValue('--ring')).map(c => c.id)"
)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: set CHROMIUM to its path")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    out = io.BytesIO()
    Image.new("RGB", (800, 600), (120, 130, 110)).save(out, "JPEG")
    report = codec.from_json(ClaimReport, REPORT.read_text(encoding="utf-8"))
    file = tmp_path_factory.mktemp("page") / "report.html"
    file.write_text(render(report, lambda _: out.getvalue()), encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    opened = context.new_page()
    opened.complaints = []  # type: ignore[attr-defined]
    opened.on("console", lambda message: opened.complaints.append(message.text))  # type: ignore[attr-defined]
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))  # type: ignore[attr-defined]
    opened.on("request", lambda request: opened.complaints.append(request.url) if ask(request.url) else None)  # type: ignore[attr-defined]
    opened.goto(address)
    yield opened
    assert opened.complaints == []  # type: ignore[attr-defined]
    context.close()


def ask(url: str) -> bool:
    return not url.startswith(("file:", "data:"))


def marks_of(page: Page, number: int) -> set[str]:
    return set((page.get_attribute(f".reason[data-reasons='{number}']", "data-marks") or "").split())


@pytest.mark.parametrize("number", range(1, 10))
def test_pressing_a_number_lights_exactly_the_marks_of_that_reason(page, number):
    page.keyboard.press(str(number))
    lit = {name.removesuffix("-on-page") for name in page.evaluate(LIT)} | set(page.evaluate(RINGED))
    assert lit == marks_of(page, number)


def test_a_lit_mark_is_moved_into_view(page):
    page.keyboard.press("4")
    (first, *_) = sorted(marks_of(page, 4))
    box = page.locator(f"#{first}-on-page .line").bounding_box()
    assert 0 < box["y"] < 760
    assert page.locator("a.n[aria-current]").all_inner_texts() == ["4"]


def test_j_and_k_walk_through_the_reasons_and_escape_clears(page):
    for key, wanted in (("j", "#r1"), ("j", "#r2"), ("k", "#r1"), ("k", "#r1")):
        page.keyboard.press(key)
        assert page.evaluate("location.hash") == wanted
    page.keyboard.press("Escape")
    assert page.evaluate(LIT) == []


def test_clicking_a_number_does_what_its_key_does(page):
    page.locator(".reason[data-reasons='3'] > a.n").click()
    assert set(page.evaluate(LIT)) == {f"{name}-on-page" for name in marks_of(page, 3)}


def test_clicking_a_mark_leads_to_its_reason(page):
    page.locator(".mark.region .line").first.click()
    assert page.evaluate("location.hash") == "#r3"


def test_reasons_are_lit_without_script_too(browser, address):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(f"{address}#r3")
    styled = "getComputedStyle(document.querySelector('.mark.region')).opacity"
    assert page.evaluate(styled) == "1"
    assert float(page.evaluate(styled.replace("region", "lookalike"))) < 0.2
    context.close()


def test_marks_lie_where_they_were_measured(page):
    picture = page.locator("#page-1-0").bounding_box()
    line = page.locator(".mark.region .line").first.bounding_box()
    scale = picture["width"] / 4000
    assert line["x"] - picture["x"] == pytest.approx(1500 * scale, abs=3)
    assert line["y"] - picture["y"] == pytest.approx(760 * scale, abs=3)
    assert line["width"] == pytest.approx(880 * scale, abs=6)


def test_verdict_picture_and_items_are_on_one_screen(page):
    for selector in (".score .number", ".reason[data-reasons='1']", "#page-1-0", ".chip.missing"):
        box = page.locator(selector).first.bounding_box()
        assert box["y"] >= 0, selector
        assert box["y"] + box["height"] <= 800, selector
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_can_be_read_in_light_and_dark(browser, address, scheme):
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(address)
    for selector in (".title", ".reason.unknown .cause", ".facts", ".gate-word", ".about"):
        assert page.evaluate(CONTRAST, selector) >= 3.5, selector
    context.close()


CONTRAST = """selector => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[0-9.]+/g).slice(0, 3)
      .map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const [a, b] = [light(getComputedStyle(document.querySelector(selector)).color),
                  light(getComputedStyle(document.body).backgroundColor)];
  return (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
}"""


def test_full_size_shows_the_page_at_its_own_pixels(page):
    fitted = page.locator("#page-2-0").bounding_box()["width"]
    page.locator("label[for='zoom-page-2-0']").click()
    assert page.locator("#page-2-0").bounding_box()["width"] == 1440 > fitted


def test_everything_is_printed(page):
    page.emulate_media(media="print")
    for selector in (".verdict", "#m1", "#item-4", ".fingerprint"):
        assert page.locator(selector).first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).overflow") == "visible"
