"""What the pages show, to whom, and that nothing foreign in them can act."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from review_room import NOW, PREVIEWS, golden, plain

from verifier.archive.protocol import Link

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PAGES = {
    "/": 200,
    "/?q=no such words": 200,
    "/claim?id=C-1042": 200,
    "/claim?id=C-1042&item=2": 200,
    "/claim?id=C-1042&item=3&do=ask": 200,
    "/claim?id=C-1042&do=<script>": 200,
    "/claim?id=C-1050": 200,
    "/claim?id=C-1042&item=9": 404,
    "/claim?id=nothing": 404,
    "/claim": 422,
    "/help": 200,
    "/sign-in": 200,
    "/nowhere": 404,
    "/asking?id=C-1042": 200,
}


class Actors(HTMLParser):
    """Collects whatever on a page could act: scripts, styles, handlers, addresses."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.places: list[str] = []
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self._inside = tag
        for name, value in attrs:
            if name == "style" or name.startswith(("on", "hx-on")):
                self.inline.append(f"{tag} {name}")
            if name in ("href", "src", "action", "formaction", "hx-get", "hx-post", "data-uri", "srcdoc", "xlink:href"):
                self.places.append(value or "")
        if tag in ("style", "iframe", "object", "embed", "base"):
            self.inline.append(tag)

    def handle_endtag(self, tag):
        self._inside = ""

    def handle_data(self, data):
        if self._inside == "script" and data.strip():
            self.inline.append(f"script {data[:20]}")


@pytest.mark.parametrize(("page", "status"), PAGES.items())
def test_every_page_forbids_what_is_inline_and_has_none(reader, page, status):
    answer = reader.get(page)
    assert answer.status_code == status
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["cache-control"] == "no-store"
    actors = Actors(answer.text)
    assert actors.inline == []
    assert [place for place in actors.places if not place.startswith(("/review/", "#"))] == []


def test_scripts_and_styles_are_ours_and_kept_by_browsers(stranger):
    for name, kind in (
        ("viewer.js", "text/javascript"),
        ("htmx.min.js", "text/javascript"),
        ("review.css", "text/css"),
    ):
        answer = stranger.get(f"/static/{name}")
        assert answer.headers["content-type"].startswith(kind)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert stranger.get("/static/../room.py").status_code == 404
    assert '[data-reasons~="3"]' in stranger.get("/lighting/3.css").text


def test_a_claim_shows_what_a_person_decides_from(reader):
    page = reader.claim().text
    for shown in (
        "Nordlicht Retail", "EUR 3,200 of 4,000 approved", "1 of 2 · due in 9 days", "full review", "missing:",
        "its twin: C-0877", "Claim says, and what was found", "together, in decibans",
    ):  # fmt: skip
        assert shown in page, shown
    assert len(re.findall(r'class="chip ', page)) == 5
    assert 'class="crop"' in reader.claim(item=2).text


def test_a_reason_on_another_item_leads_to_that_item(reader):
    page = reader.claim(item=1).text
    assert re.search(r'href="/review/claim\?id=C-1042&amp;revision=2&amp;item=2#r\d+"', page)
    assert 'href="#r1"' in page


def test_another_tenants_claim_is_not_there(reader, another):
    foreign, unknown = reader.claim("C-9000"), reader.claim("C-0000")
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.text == unknown.text
    assert "C-9000" not in reader.get("/").text
    otto = another("otto")
    assert "C-1042" not in otto.get("/").text
    assert otto.claim("C-9000").status_code == 200


def test_a_picture_is_shown_only_with_a_report_of_ones_own_that_names_it(reader, stranger, another):
    places = re.findall(r'href="/review(/picture/[0-9a-f]{64}[^"]*)"', reader.claim().text.replace("&amp;", "&"))
    assert len(set(places)) == 2  # the page and its twin
    for place in places:
        answer = reader.get(place)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
        assert answer.headers["cache-control"] == "private, no-cache"
        assert stranger.get(place).status_code == 401
        assert another("otto").get(place).status_code == 404
        assert another("otto").get(place.replace("C-1042", "C-9000").replace("revision=2", "")).status_code == 404
        assert reader.get(place.replace("C-1042", "C-1050")).status_code == 404
    unnamed = reader.room.archive.put_blob(b"\x89PNG\r\n somebody else's")
    assert reader.get(f"/picture/{unnamed}?id=C-1042").status_code == 404
    assert reader.get("/picture/..%2f..%2fetc?id=C-1042").status_code == 404


def test_a_browser_that_has_a_picture_asks_whether_it_still_may(reader):
    place = re.search(r'href="/review(/picture/[0-9a-f]{64}[^"]*)"', reader.claim().text.replace("&amp;", "&"))[1]
    tag = reader.get(place).headers["etag"]
    assert reader.get(place, headers={"If-None-Match": tag}).status_code == 304
    reader.http.cookies.clear()
    assert reader.get(place, headers={"If-None-Match": tag}).status_code == 401


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "{{7*7}}",
    "a\u202eb",
    "x' onx='",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_and_words_read_are_inert(reader, text):
    archive = reader.room.archive
    archive.file(golden(archive, C_1042="C-6666", **{"report.png": text, "12,380": text, "Nordlicht Retail": text}), {})
    reader.decide("reject", "C-6666", reason=text)
    pages = [reader.claim("C-6666", item=2), reader.get("/"), reader.get("/", params={"q": text})]
    for page in pages:
        assert page.status_code == 200
        actors = Actors(page.text)
        assert actors.inline == []
        assert [place for place in actors.places if not place.startswith(("/review/", "#"))] == []
        assert "<img src=x" not in page.text
        assert "\u202e" not in page.text
    assert text != "{{7*7}}" or ">49<" not in pages[0].text


def test_the_queue_has_the_doubtful_and_valuable_first_and_can_be_narrowed(reader):
    def ids(**query):
        return re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a>', reader.get("/", params=query).text)

    assert ids() == ["C-1042", "C-1050"]
    assert ids(show="quick_look") == ["C-1050"]
    assert ids(show="full_review", q="nordlicht RETAIL") == ["C-1042"]
    assert ids(q="img_2207") == ["C-1042"]
    assert ids(q="nothing like it") == []
    assert ids(show="decided") == []
    assert reader.get("/next?show=quick_look").headers["location"] == "/review/claim?id=C-1050&show=quick_look"


def test_a_claim_that_comes_while_the_room_is_open_is_in_the_queue_and_a_revision_takes_the_place_of_the_last(reader):
    reader.get("/")
    archive = reader.room.archive
    archive.file(plain(archive, "C-1080", claimed_amount="9000"), {})
    assert "EUR 9,000" in reader.get("/").text
    archive.file(plain(archive, "C-1080", claimed_amount="7000", revision=3), {})
    page = reader.get("/").text
    assert "EUR 7,000" in page
    assert "EUR 9,000" not in page
    assert page.count("C-1080</a>") == 1


def test_next_and_previous_stay_in_the_part_of_the_queue_that_is_looked_at(reader):
    archive = reader.room.archive
    archive.file(plain(archive, "C-1051"), {})
    page = reader.claim("C-1050", show="quick_look").text
    assert '<a class="button" href="/review/claim?id=C-1051&amp;show=quick_look" data-key="n">' in page
    assert "1 of 2" in page
    assert 'href="/review/claim?id=C-1042" data-key="p"' in reader.claim("C-1050").text


def test_a_twin_that_came_late_is_told_and_reopens_the_claim(reader):
    reader.decide("accept")
    link = Link(
        claim="C-1042", revision=2, item="C-1042/r2/1", earlier_claim="C-1050", earlier_item="C-1050/r1/1",
        likeness="copy", agreement=0.9, at=NOW + timedelta(hours=1),
    )  # fmt: skip
    archive = reader.room.archive
    archive.file(plain(archive, "C-1070"), {}, [link])
    page = reader.claim().text
    assert "item 1 is the twin of" in page
    assert '<a href="/review/claim?id=C-1050">C-1050/r1/1</a>' in page
    assert "decided before, and changed since" in reader.get("/").text


def test_an_older_revision_says_that_there_is_a_newer_one(reader):
    archive = reader.room.archive
    archive.file(plain(archive, "C-1050", revision=3), {})
    assert "Revision 3 of this claim is here" in reader.claim("C-1050", revision=2).text
    assert "Revision 3 of this claim is here" not in reader.claim("C-1050").text


def test_without_its_picture_a_claim_can_still_be_read(reader, tmp_path):
    for blob in (tmp_path / "archive.blobs").rglob("*"):
        if blob.is_file():
            blob.unlink()
    assert len(PREVIEWS) == 3
    page = reader.claim()
    assert page.status_code == 200
    place = re.search(r'href="/review(/picture/[0-9a-f]{64}[^"]*)"', page.text.replace("&amp;", "&"))[1]
    assert reader.get(place).status_code == 404
