"""The review room in a browser: every key and kind of mark, decisions with and without script, nothing from outside."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from review_room import NAME, NOW, PASSWORD, fill, golden, listening, open_room, plain
from test_report_in_browser import ARGUMENTS, CHROMIUM, CONTRAST, LIT, RINGED

from verifier.review import Room

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: set CHROMIUM to its path")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    folder = tmp_path_factory.mktemp("review")
    fill(folder)
    with open_room(folder) as opened:
        for n in range(1, 9):
            opened.archive.file(plain(opened.archive, f"C-20{n:02}"), {})
        hostile = {"report.png": "<script>alert(1)</script>", "12,380": '"><img src=x onerror=alert(1)>'}
        opened.archive.file(golden(opened.archive, C_1042="C-6666", **hostile), {})
        yield opened


@pytest.fixture(scope="module")
def address(room: Room) -> Iterator[str]:
    with listening(room) as place:
        yield place


@pytest.fixture(scope="module")
def token(room: Room) -> str:
    return room.users.sign_in(room.users.check(NAME, PASSWORD, NOW), NOW)


def opened(browser: Browser, address: str, token: str, **options) -> Page:
    context = browser.new_context(
        **({"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"} | options)
    )
    context.add_cookies([{"name": "verifier_session", "value": token, "url": address}])
    page = context.new_page()
    page.address = address  # type: ignore[attr-defined]
    page.complaints = []  # type: ignore[attr-defined]
    page.on("console", lambda message: page.complaints.append(message.text))  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.complaints.append(str(error)))  # type: ignore[attr-defined]
    page.on("request", lambda sent: None if sent.url.startswith(address) else page.complaints.append(sent.url))  # type: ignore[attr-defined]
    return page


@pytest.fixture
def page(browser: Browser, address: str, token: str) -> Iterator[Page]:
    shown = opened(browser, address, token)
    yield shown
    assert shown.complaints == []  # type: ignore[attr-defined]
    shown.context.close()


def look(page: Page, path: str = "/claim?id=C-1042") -> None:
    page.goto(f"{page.address}{path}")  # type: ignore[attr-defined]


def reason_of(page: Page, mark: str) -> tuple[int, set[str]]:
    """The first reason that lights a mark of that kind on this page, and all the marks that it lights."""
    numbers = page.evaluate(
        """kind => [...document.querySelectorAll(`.mark.${kind}, .card.${kind}, .twin`)]
             .filter(m => kind === 'lookalike' || !m.matches('.twin'))
             .flatMap(m => (m.dataset.reasons || '').split(' ').filter(Boolean).map(Number))""",
        mark,
    )
    number = min(numbers)
    marks = page.get_attribute(f".reason[data-reasons='{number}']", "data-marks") or ""
    return number, set(marks.split())


KINDS = {"region": 1, "heatmap": 1, "timeline": 1, "place": 1, "lookalike": 1, "gauge": 1, "table": 1, "quote": 2}


@pytest.mark.parametrize(("kind", "item"), KINDS.items())
def test_pressing_a_number_lights_exactly_its_marks_and_moves_there(page, kind, item):
    look(page, f"/claim?id=C-1042&item={item}")
    number, marks = reason_of(page, kind)
    page.keyboard.press(str(number))
    page.wait_for_function("n => location.hash === `#r${n}`", arg=number)
    lit = {name.removesuffix("-on-page") for name in page.evaluate(LIT)} | set(page.evaluate(RINGED))
    assert lit == marks
    seen = f".pane .mark[data-reasons~='{number}'] .line, .side .card[data-reasons~='{number}']"
    box, pane = page.locator(seen).first.bounding_box(), page.locator("main.stage, section.side")
    assert box["y"] + box["height"] > 60
    assert box["y"] < 860
    assert pane.count() == 2
    assert page.evaluate("document.documentElement.scrollTop + document.body.scrollTop") == 0


def test_a_number_whose_marks_are_on_another_item_goes_to_that_item(page):
    look(page, "/claim?id=C-1042&item=1")
    number = page.evaluate("Number(document.querySelector('.reason > a.n[href*=\"item=2#r\"]').textContent)")
    page.keyboard.press(str(number))
    page.wait_for_url(f"**item=2#r{number}")
    assert page.evaluate(LIT) != []
    page.keyboard.press("Escape")
    assert page.evaluate(LIT) == []


def test_a_number_without_marks_keeps_the_verdict_where_it_is(page):
    look(page, "/claim?id=C-1042&item=1")
    number = page.evaluate("Number(document.querySelector('.reason[data-anchor]').dataset.reasons)")
    page.keyboard.press(str(number))
    page.wait_for_function("n => location.hash === `#r${n}`", arg=number)
    row, verdict = page.locator(f".reason[data-reasons='{number}']").bounding_box(), page.locator(".verdict")
    box = verdict.bounding_box()
    assert box["y"] <= row["y"]
    assert row["y"] + row["height"] <= box["y"] + box["height"]
    page.keyboard.press("Escape")
    verdict.evaluate("verdict => { verdict.scrollTop = 0; }")
    page.set_viewport_size({"width": 1440, "height": 3000})  # all of it can be seen: nothing has to move
    page.keyboard.press(str(number))
    page.wait_for_function("n => location.hash === `#r${n}`", arg=number)
    assert verdict.evaluate("verdict => verdict.scrollTop") == 0


def test_the_whole_picture_and_its_own_pixels_and_what_lies_between(page):
    look(page, "/claim?id=C-1042&item=1")
    picture = page.locator("#page-1-0")
    fitted = picture.bounding_box()
    pane = page.locator("#pane").bounding_box()
    assert fitted["width"] <= pane["width"]
    page.keyboard.press("z")
    assert picture.bounding_box()["width"] == pytest.approx(1600, abs=1)
    page.keyboard.press("z")
    assert picture.bounding_box()["width"] == pytest.approx(fitted["width"], abs=1)
    page.keyboard.press("+")
    larger = picture.bounding_box()["width"]
    assert larger == pytest.approx(1.25 * fitted["width"], rel=0.01)
    page.keyboard.press("-")
    assert picture.bounding_box()["width"] < larger
    page.mouse.move(pane["x"] + 100, pane["y"] + 100)
    page.mouse.wheel(0, -400)
    page.wait_for_function("w => document.querySelector('#page-1-0').getBoundingClientRect().width > w", arg=larger)


def test_the_wheel_keeps_the_point_under_the_pointer_and_dragging_moves_the_picture(page):
    look(page, "/claim?id=C-1042&item=1")
    pane, picture = page.locator("#pane").bounding_box(), page.locator("#page-1-0")
    x, y = pane["x"] + 200, pane["y"] + 150
    before = picture.bounding_box()
    page.mouse.move(x, y)
    page.mouse.wheel(0, -500)
    page.wait_for_function(
        "w => document.querySelector('#page-1-0').getBoundingClientRect().width > w", arg=before["width"] * 2
    )
    after = picture.bounding_box()
    share = (x - before["x"]) / before["width"]
    assert (x - after["x"]) / after["width"] == pytest.approx(share, abs=0.01)
    page.mouse.down()
    page.mouse.move(x - 80, y + 40, steps=4)
    page.mouse.up()
    moved = picture.bounding_box()
    assert (after["x"] - moved["x"], after["y"] - moved["y"]) == pytest.approx((80, -40), abs=2)


def test_the_twin_is_at_the_same_scale_and_lies_exactly_over_the_picture(page):
    look(page, "/claim?id=C-1042&item=1")
    here = page.locator(".mark.lookalike .line").first.bounding_box()
    there = page.locator(".twin polygon.line").bounding_box()
    assert there["width"] == pytest.approx(here["width"], rel=0.05)
    page.keyboard.press("b")
    ghost = page.locator("img.ghost")
    expect(ghost).to_be_visible()
    assert page.locator("[data-blink]").get_attribute("aria-pressed") == "true"
    # the corners of what both share: the twin's, taken over by the browser's own transform, fall on the picture's
    corners = page.evaluate(CORNERS)
    assert corners == [pytest.approx(corner, abs=1.5) for corner in page.evaluate(EXPECTED)]
    page.keyboard.press("b")
    expect(ghost).to_have_count(0)
    page.keyboard.press("o")
    assert page.evaluate("getComputedStyle(document.querySelector('img.ghost')).opacity") == "0.5"
    page.keyboard.press("Escape")
    expect(ghost).to_have_count(0)


CORNERS = """() => {
  const ghost = document.querySelector("img.ghost");
  const matrix = new DOMMatrix(getComputedStyle(ghost).transform);
  const plate = ghost.parentElement.getBoundingClientRect();
  return document.querySelector(".twin polygon.line").getAttribute("points").split(" ").map((point) => {
    const [x, y] = point.split(",").map(Number);
    const moved = matrix.transformPoint(new DOMPoint(x, y));
    return [plate.left + moved.x / moved.w, plate.top + moved.y / moved.w];
  });
}"""
EXPECTED = """() => {
  const line = document.querySelector(".mark.lookalike polygon.line");
  const matrix = line.getScreenCTM();
  return line.getAttribute("points").split(" ").map((point) => {
    const [x, y] = point.split(",").map(Number);
    const moved = new DOMPoint(x, y).matrixTransform(matrix);
    return [moved.x, moved.y];
  });
}"""


def test_blinking_shows_the_one_and_the_other_in_turn(browser, address, token):
    page = opened(browser, address, token, reduced_motion="no-preference")
    look(page, "/claim?id=C-1042&item=1")
    page.keyboard.press("b")
    expect(page.locator("img.ghost")).to_be_visible()
    expect(page.locator("img.ghost")).to_be_hidden(timeout=2000)
    expect(page.locator("img.ghost")).to_be_visible(timeout=2000)
    page.context.close()


def log(room: Room, claim: str):
    return [(line.outcome.value, line.amount, line.undoes) for line in room.history("default", claim)]


def test_accepting_in_part_by_keys_and_taking_it_back(page, room):
    look(page, "/claim?id=C-2001")
    page.keyboard.press("a")
    amount = page.locator("#do-accept [name=amount]")
    expect(amount).to_be_focused()
    assert page.evaluate("document.activeElement.value") == "100"
    page.keyboard.type("75.50")
    page.keyboard.press("Enter")
    expect(page.locator("#decided")).to_contain_text("accepted · EUR 75.50 of 100 claimed · anna")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator("#place")).not_to_contain_text("due")
    page.keyboard.press("u")
    expect(page.locator("#decided")).to_contain_text("took back “accepted”")
    assert [(outcome, undoes) for outcome, _, undoes in log(room, "C-2001")] == [("accept", None), ("accept", 1)]


def test_rejecting_asks_for_a_reason_and_a_fault_comes_back_in_the_open_form(page, room):
    look(page, "/claim?id=C-2002")
    page.keyboard.press("r")
    reason = page.locator("#do-reject textarea")
    expect(reason).to_be_focused()
    page.keyboard.type("  ")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#do-reject .fault")).to_contain_text("is needed to reject")
    expect(page.locator("dialog:modal")).to_have_count(1)
    reason.fill("n p u: keys are letters while one writes")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#decided")).to_contain_text("keys are letters while one writes")
    assert log(room, "C-2002") == [("reject", None, None)]
    page.complaints.clear()  # the browser notes the 422


def test_asking_begins_with_what_the_rules_ask_for_and_follows_the_item_until_it_was_changed(page, room):
    look(page, "/claim?id=C-1042&item=3")
    page.keyboard.press("k")
    text = page.locator("#ask-reason")
    assert "closeup.jpg: Send the file again." in text.input_value()
    page.locator("#do-ask select").select_option(index=3)
    expect(text).to_have_value("Send the file again.")
    text.fill("my own words")
    page.locator("#do-ask select").select_option(index=0)
    page.wait_for_timeout(300)
    assert text.input_value() == "my own words"
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert log(room, "C-1042") == []


def test_next_previous_queue_items_and_help(page):
    look(page, "/claim?id=C-2003&show=quick_look")
    page.keyboard.press("n")
    page.wait_for_url("**id=C-2004&show=quick_look")
    page.keyboard.press("p")
    page.wait_for_url("**id=C-2003&show=quick_look")
    page.keyboard.press("?")
    expect(page.locator("#do-help")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("q")
    page.wait_for_url("**/?show=quick_look")
    page.keyboard.press("/")
    expect(page.locator("#words")).to_be_focused()
    page.keyboard.type("c-2005")
    expect(page.locator("#count")).to_contain_text("1 claim")
    expect(page.locator(".claims tbody tr")).to_have_count(1)
    page.keyboard.press("Escape")
    page.locator("#words").blur()
    look(page, "/claim?id=C-1042&item=1")
    page.keyboard.press("i")
    page.wait_for_url("**item=2")


def test_somebody_elses_decision_meanwhile_is_told_on_the_page(page, room):
    look(page, "/claim?id=C-2006")
    other = room.users.add("bert", "default", "another long password", NOW)
    second = opened(page.context.browser, page.address, room.users.sign_in(other, NOW))
    look(second, "/claim?id=C-2006")
    second.keyboard.press("a")
    second.keyboard.press("Enter")
    expect(second.locator("#decided")).to_contain_text("accepted")
    second.context.close()
    page.keyboard.press("r")
    page.keyboard.type("too late")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#decided")).to_contain_text("bert decided on claim C-2006 meanwhile")
    expect(page.locator("#decided")).to_contain_text("accepted · EUR 100 · bert")
    page.complaints.clear()  # the browser notes the 409


def test_everything_works_without_script(browser, address, token, room):
    page = opened(browser, address, token, java_script_enabled=False)
    look(page, "/")
    page.get_by_role("link", name="C-2007").click()
    page.get_by_role("link", name="reject").click()
    page.locator("#do-reject textarea").fill("seen before")
    page.locator("#do-reject button").click()
    expect(page.locator("#decided")).to_contain_text("rejected")
    page.get_by_role("button", name="undo").click()
    expect(page.locator("#decided")).to_contain_text("took back")
    assert [undoes is not None for *_, undoes in log(room, "C-2007")] == [False, True]
    look(page, "/claim?id=C-1042&item=1")
    page.locator(".reason a.n[href='#r1']").first.click()
    assert page.url.endswith("#r1")
    assert page.complaints == []  # type: ignore[attr-defined]
    page.context.close()


def test_hostile_names_and_words_do_nothing(page):
    for path in ("/claim?id=C-6666&item=2", "/", "/claim?id=C-6666&item=2&do=ask"):
        look(page, path)
    assert page.locator("img[src='x']").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (1100, 800)])
def test_all_that_matters_is_on_one_screen_and_can_be_read(browser, address, token, scheme, size):
    page = opened(browser, address, token, color_scheme=scheme, viewport={"width": size[0], "height": size[1]})
    look(page, "/claim?id=C-1042&item=1")
    for selector in (
        "h1",
        ".score .number",
        "#page-1-0",
        ".twin image",
        ".chip.missing",
        "[data-key=a]",
        "[data-key=u]",
    ):
        box = page.locator(selector).first.bounding_box()
        assert box["y"] >= 0, selector
        assert box["y"] + min(box["height"], 400) <= size[1], selector
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    for selector in (".title", ".facts", ".about", ".button", ".place", ".gate-word"):
        assert page.evaluate(CONTRAST, selector) >= 3.5, selector
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.context.close()


def test_signing_in_and_out(browser, address):
    page = browser.new_page()
    page.goto(f"{address}/claim?id=C-2008")
    page.get_by_label("name").fill(NAME)
    page.get_by_label("password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/claim?id=C-2008")
    page.get_by_role("button", name="sign out").click()
    page.wait_for_url("**/sign-in")
    page.goto(f"{address}/")
    assert "/sign-in?next=" in page.url
    page.close()
