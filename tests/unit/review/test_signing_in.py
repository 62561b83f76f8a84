"""Who gets in, where to, and what a cookie or a form from elsewhere is worth."""

from __future__ import annotations

import pytest
from review_room import NAME, PASSWORD

PAGES = ["/", "/claim?id=C-1042", "/next", "/help", "/asking?id=C-1042"]


@pytest.mark.parametrize("page", PAGES)
def test_who_is_not_signed_in_is_sent_to_the_sign_in_page(stranger, page):
    answer = stranger.get(page)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/review/sign-in?next=%2Freview")


def test_a_link_from_another_site_does_not_end_the_session(stranger):
    assert "set-cookie" not in stranger.get("/").headers


def test_signing_in_leads_to_the_page_that_was_asked_for(stranger):
    place = stranger.get("/claim?id=C-1042").headers["location"]
    assert 'name="next" value="/review/claim?id=C-1042"' in stranger.get(place.removeprefix("/review")).text
    assert stranger.sign_in(next="/review/claim?id=C-1042").headers["location"] == "/review/claim?id=C-1042"


@pytest.mark.parametrize(
    "place",
    ["//evil.test/", "https://evil.test", "/\\evil.test", "javascript:alert(1)", "/review/\r\nX: y", "/v1/x", ""],
)
def test_signing_in_leads_nowhere_else(stranger, place):
    assert stranger.sign_in(next=place).headers["location"] == "/review/"


def test_a_wrong_password_and_an_unknown_name_are_told_the_same(stranger):
    wrong, unknown = stranger.sign_in(NAME, "a wrong password"), stranger.sign_in("nobody", PASSWORD)
    assert wrong.status_code == unknown.status_code == 403
    assert wrong.text.replace(NAME, "X") == unknown.text.replace("nobody", "X")
    assert "set-cookie" not in wrong.headers


def test_after_five_wrong_passwords_one_has_to_wait(stranger):
    for _ in range(5):
        stranger.sign_in(NAME, "a wrong password")
    answer = stranger.sign_in()
    assert answer.status_code == 429
    assert "try again in" in answer.text


def test_the_cookie_is_kept_from_scripts_and_other_sites(stranger):
    cookie = stranger.sign_in().headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/review" in cookie
    assert "secure" not in cookie


def test_over_tls_the_cookie_is_never_sent_without(another):
    assert "secure" in another(None, base="https://review.test").sign_in().headers["set-cookie"].lower()


def test_signing_out_ends_the_session_for_who_kept_the_cookie_too(reader):
    cookie = dict(reader.http.cookies)
    assert reader.post("/sign-out", reader.fields()).status_code == 303
    reader.http.cookies.update(cookie)
    assert reader.get("/").status_code == 303


def test_a_form_from_another_site_is_refused(reader, stranger):
    fields = reader.fields() | {"outcome": "accept"}
    assert reader.post("/decide", fields | {"proof": ""}).status_code == 403
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert reader.post("/decide", fields, headers=elsewhere).status_code == 403
    credentials = {"name": NAME, "password": PASSWORD}
    assert stranger.post("/sign-in", credentials, headers=elsewhere).status_code == 403
    assert reader.room.history("default", "C-1042") == ()


def test_a_form_of_one_session_is_of_no_use_in_another(reader, another):
    fields = another(NAME).fields() | {"outcome": "accept"}
    assert reader.post("/decide", fields).status_code == 403


def test_a_form_that_is_too_long_is_not_read(reader):
    assert reader.post("/decide", {"reason": "x" * 70_000}).status_code == 413


def test_a_script_of_ours_is_told_where_to_sign_in(stranger):
    answer = stranger.get("/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/review/sign-in")
