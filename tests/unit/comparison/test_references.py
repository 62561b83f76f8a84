"""Known artwork never counts; other tenants' lists tell that a picture was seen, and nothing more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from submissions import File, Office, Pixels, claim, finding, jpeg, of, photo

from verifier.archive.memory import MemoryArchive
from verifier.archive.references import Artwork, SharedList
from verifier.archive.sqlite import SqliteArchive
from verifier.casefile import Kind, Status, Trace
from verifier.comparison import Comparison, hash_list
from verifier.errors import InputError
from verifier.instruments import fingerprint

NOW = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture(params=["memory", "sqlite"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Office:
    office = Office(archive=MemoryArchive() if request.param == "memory" else SqliteArchive(tmp_path / "archive.db"))
    office.file(claim("C-1"), of(photo(1)), of(photo(2)))
    return office


def trace_of(office: Office, pixels: Pixels) -> Trace:
    _, kept = office.take_in(claim("any"), [of(pixels)])
    return kept["any/r1/1"][0]


def artwork(office: Office, pixels: Pixels, program: str = "default") -> Artwork:
    return Artwork(
        tenant="default",
        program=program,
        digest="0" * 64,
        name="poster.png",
        traces=(trace_of(office, pixels),),
        added_at=NOW,
    )


def share(office: Office, name: str, data: str, salt: str = "") -> None:
    blob = office.archive.put_blob(data.encode())
    office.archive.references.put_list(
        SharedList(tenant="default", name=name, salt=salt, blob=blob, hashes=1, imported_at=NOW)
    )


def exported(office: Office, pixels: Pixels, salt: str = "") -> str:
    trace = trace_of(office, pixels)
    return "".join(hash_list.write({trace.pdq: trace.pdq_quality}, salt))


def test_artwork_of_the_program_is_no_twin_however_it_was_saved(office: Office) -> None:
    office.archive.references.put_artwork(artwork(office, jpeg(photo(1), 90)))
    for shown in (of(photo(1)), of(jpeg(photo(1), 60)), of(np.ascontiguousarray(photo(1)[:, ::-1]))):
        found = office.compare(claim("C-2", "Kontor Süd", day=1), [shown])
        assert finding(found, "artwork").value == 1
        assert "poster.png" in finding(found, "artwork").note
        assert finding(found, "exact").value == 0
        assert finding(found, "copy").value == 0.0
        assert finding(found, "other_partner").status is Status.NOT_APPLICABLE


def test_artwork_counts_from_when_it_is_known_and_no_longer_than_that(office: Office) -> None:
    poster, again = artwork(office, jpeg(photo(1), 90)), [of(jpeg(photo(1), 60))]
    assert finding(office.compare(claim("C-2", day=1), again), "artwork").value == 0
    office.archive.references.put_artwork(poster)
    assert finding(office.compare(claim("C-2", day=1), again), "artwork").value == 1
    office.archive.references.drop_artwork("default", "default", poster.digest, NOW)
    assert finding(office.compare(claim("C-2", day=1), again), "artwork").value == 0


def test_artwork_of_another_program_or_another_picture_changes_nothing(office: Office) -> None:
    office.archive.references.put_artwork(artwork(office, photo(1), program="autumn"))
    office.archive.references.put_artwork(artwork(office, photo(5)))
    found = office.compare(claim("C-2", day=1), [of(jpeg(photo(1), 60))])
    assert finding(found, "artwork").value == 0
    assert finding(found, "copy").value != 0.0


def test_a_photo_that_shows_artwork_among_other_things_still_counts(office: Office) -> None:
    scene = photo(7).copy()
    scene[60:240, 60:300] = photo(5)[:180, :240]
    office.file(claim("C-3", day=1), of(scene))
    office.archive.references.put_artwork(artwork(office, photo(5)))
    found = office.compare(claim("C-4", day=2), [of(jpeg(scene, 60))])
    assert finding(found, "artwork").value == 0
    assert finding(found, "copy").value != 0.0


def test_artwork_that_is_shown_twice_in_a_claim_repeats_nothing(office: Office) -> None:
    office.archive.references.put_artwork(artwork(office, photo(5)))
    found = office.compare(claim("C-2", day=1), [of(photo(5)), of(jpeg(photo(5))), of(photo(6))])
    assert finding(found, "within_claim", 0).value == 0


def test_artwork_is_listed_by_program_and_removed(office: Office) -> None:
    held = office.archive.references
    assert held.digest() == ""
    one, two = artwork(office, photo(1), "b"), artwork(office, photo(2), "a")
    held.put_artwork(one)
    held.put_artwork(two)
    held.put_artwork(replace(two, name="other.png"))
    before = held.digest()
    assert [entry.name for entry in held.artwork("default")] == ["other.png", "poster.png"]
    assert held.artwork("default", "b") == [one]
    assert held.artwork("other") == []
    assert held.drop_artwork("default", "b", one.digest, NOW)
    assert not held.drop_artwork("default", "b", one.digest, NOW)
    assert held.digest() != before
    office.archive.verify_audit()


def test_without_lists_that_is_said(office: Office) -> None:
    found = office.compare(claim("C-2", day=1), [of(photo(1)), File(kind=Kind.TABLE, data=b"x")])
    assert finding(found, "shared_list").status is Status.NOT_APPLICABLE
    assert finding(found, "shared_list", 2).status is Status.NOT_APPLICABLE


def test_a_plain_list_finds_what_was_recompressed_and_tells_no_more_than_its_name(office: Office) -> None:
    share(office, "Zenith", exported(office, photo(8)))
    found = office.compare(claim("C-2", day=1), [of(jpeg(photo(8), 60)), of(photo(9))])
    assert finding(found, "shared_list").value == 1
    assert finding(found, "shared_list").note.startswith("Zenith (PDQ distance ")
    assert finding(found, "shared_list").marks == ()
    assert finding(found, "shared_list", 2).value == 0
    assert finding(found, "shared_list", 2).status is Status.MEASURED


def test_a_salted_list_finds_equal_hashes_only(office: Office) -> None:
    text = exported(office, photo(8), "pepper")
    assert trace_of(office, photo(8)).pdq not in text
    share(office, "Zenith", text, "pepper")
    small = np.ascontiguousarray(photo(8)[::2, ::2])
    assert trace_of(office, small).pdq != trace_of(office, photo(8)).pdq
    found = office.compare(claim("C-2", day=1), [of(photo(8), data=b"other bytes"), of(small)])
    assert finding(found, "shared_list").value == 1
    assert finding(found, "shared_list").note == "Zenith (equal hash)"
    assert finding(found, "shared_list", 2).value == 0


def test_a_list_whose_segment_is_damaged_is_read_again(tmp_path: Path) -> None:
    office = Office(archive=SqliteArchive(tmp_path / "archive.db"))
    share(office, "Zenith", exported(office, photo(8)))
    shown = [of(jpeg(photo(8), 60))]
    before = finding(office.compare(claim("C-2", day=1), shown), "shared_list")
    (path,) = (tmp_path / "archive.index" / "lists").glob("*.segment")
    path.write_bytes(path.read_bytes()[:-3])
    office.comparison = Comparison(archive=office.archive, run=office.run)
    assert finding(office.compare(claim("C-2", day=1), shown), "shared_list") == before


def test_lists_are_named_and_dropped(office: Office) -> None:
    held = office.archive.references
    share(office, "b", "0" * 64)
    share(office, "a", "1" * 64)
    share(office, "a", "2" * 64)
    assert [shared.name for shared in held.lists("default")] == ["a", "b"]
    assert held.lists("other") == []
    assert held.drop_list("default", "a", NOW)
    assert not held.drop_list("default", "a", NOW)
    assert [shared.name for shared in held.lists("default")] == ["b"]


GOOD = "ab" * 32


@pytest.mark.parametrize(
    ("text", "salt", "count"),
    [
        (GOOD, "", 1),
        (f"{GOOD}\n\n{GOOD}\n", "", 1),
        (f"hash,quality\n{GOOD},100\n{'cd' * 32},49\n", "", 1),
        (f"\ufeffhash\r\n{GOOD.upper()}\r\n", "", 1),
        (f"hash,quality,tags\n{GOOD},,x\n", "", 1),
        (f"hmac_sha256,quality\n{GOOD},90\n", "pepper", 1),
    ],
)
def test_lists_are_read_in_all_their_forms(text: str, salt: str, count: int) -> None:
    found = hash_list.read(text.encode(), salt)
    assert found.shape == (count, 4)
    np.testing.assert_array_equal(found[0], fingerprint.bits(GOOD))


@pytest.mark.parametrize(
    ("data", "salt", "told"),
    [
        (b"", "", "no hash"),
        (b"hash\nxyz\n", "", "line 2"),
        (f"{GOOD}\n{GOOD[:-1]}\n".encode(), "", "line 2"),
        (f"hash,quality\n{GOOD},10\n".encode(), "", "no hash"),
        (f"hmac_sha256\n{GOOD}\n".encode(), "", "salted"),
        (f"hash\n{GOOD}\n".encode(), "pepper", "plain"),
        (b"\xff\xfe\x00", "", "no text"),
    ],
)
def test_a_list_that_is_none_is_refused_by_its_line(data: bytes, salt: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        hash_list.read(data, salt)
