"""What was handed in becomes items; a bad one is refused and costs the others nothing."""

from __future__ import annotations

import hashlib
import io

import pytest
from PIL import Image

from verifier.casefile import Claim, Item, Kind, Problem, Submission
from verifier.errors import ClaimError
from verifier.intake import Intake

CLAIM = Claim(id="C-1042", activity="in_store_display", revision=2)
INTAKE = Intake(max_bytes=20_000, max_items=5)


def a_photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 6), "navy").save(out, "JPEG")
    return out.getvalue()


def take(*submissions: Submission) -> tuple[Item, ...]:
    return INTAKE.receive(CLAIM, submissions)


def problem(item: Item) -> Problem:
    assert item.kind is Kind.REFUSED
    assert item.problem is not None
    return item.problem


def test_items_are_numbered_digested_and_keep_their_slot() -> None:
    first, second = take(
        Submission(name="a.jpg", data=a_photo(), slot="closeup_photo"),
        Submission(name="b.csv", data=b"name,city\nAda,Bonn\n"),
    )
    assert (first.id, second.id) == ("C-1042/r2/1", "C-1042/r2/2")
    assert first.digest == hashlib.sha256(a_photo()).hexdigest()
    assert (first.kind, first.media_type, first.size, first.slot) == (
        Kind.IMAGE,
        "image/jpeg",
        len(a_photo()),
        "closeup_photo",
    )
    assert second.kind is Kind.TABLE


def test_a_bad_item_is_refused_and_the_others_are_not() -> None:
    empty, large, good = take(
        Submission(name="empty.jpg"),
        Submission(name="large.csv", data=b"a,b\n" * 10_000),
        Submission(name="good.jpg", data=a_photo()),
    )
    assert (problem(empty).code, problem(large).code) == ("EmptyItem", "TooLarge")
    assert "large.csv" in problem(large).message
    assert problem(large).remedy
    assert good.kind is Kind.IMAGE
    assert good.id == "C-1042/r2/3"


def test_a_submission_with_a_problem_keeps_it_and_has_no_digest() -> None:
    trouble = Problem(code="MissingItem", message="x.jpg is not there", remedy="check the name")
    (item,) = take(Submission(name="x.jpg", problem=trouble))
    assert problem(item) == trouble
    assert item.digest == ""


def test_a_wrong_extension_is_not_trusted() -> None:
    (item,) = take(Submission(name="report.pdf", data=a_photo()))
    assert item.media_type == "image/jpeg"


@pytest.mark.parametrize("number", [0, 6])
def test_no_items_or_too_many_are_an_error_of_the_claim(number: int) -> None:
    with pytest.raises(ClaimError, match="C-1042"):
        take(*[Submission(name="a.jpg", data=a_photo())] * number)


def test_a_link_is_an_item_digested_by_its_text() -> None:
    link = "https://video.example.com/watch?v=1#t=5"
    (item,) = take(Submission(name="recording", link=link, slot="recording"))
    assert (item.kind, item.link, item.slot) == (Kind.LINK, link, "recording")
    assert item.digest == hashlib.sha256(link.encode()).hexdigest()


@pytest.mark.parametrize(
    "link",
    [
        "ftp://example.com/x",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://",
        "https://user:pass@example.com/",
        "https://user@example.com/",
        "https://example.com:99999/",
        "https://[bad/",
        "https://example.com/a b",
        "https://example.com/\u202egnp.exe",
        "https://example.com/" + "a" * 3000,
        "",
    ],
)
def test_a_link_that_is_no_plain_web_link_is_refused(link: str) -> None:
    (item,) = take(Submission(name="link", link=link))
    assert problem(item).code == "UnsupportedType"
    assert "user:pass" not in problem(item).message


@pytest.mark.parametrize(
    ("name", "inert"),
    [
        ("photo.jpg", "photo.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\shop window.jpg", "shop window.jpg"),
        ("a\x1b[31mred\n.jpg", "a[31mred.jpg"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("/", "item-1"),
        ("..", "item-1"),
        ("", "item-1"),
        ("\udcff.jpg", ".jpg"),
        ("scha\u0308fer.png", "sch\u00e4fer.png"),
        ("x" * 300 + ".jpeg", "x" * 114 + "….jpeg"),
    ],
)
def test_file_names_are_made_inert(name: str, inert: str) -> None:
    (item,) = take(Submission(name=name, data=a_photo()))
    assert item.name == inert
    assert len(item.name) <= 120
