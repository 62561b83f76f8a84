"""Twins in the archive and within the claim."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw
from submissions import File, Office, Pixels, Place, claim, finding, jpeg, of, photo

from verifier.archive.memory import MemoryArchive
from verifier.casefile import Kind, Lookalike, Region, Status, Table
from verifier.comparison import CODES, Comparison
from verifier.errors import ArchiveError, WorkerTimeout

CUT = jpeg(photo(1)[30:330, ::-1][:, 40:430])  # cropped, mirrored, recompressed


@pytest.fixture
def office() -> Office:
    """One claim with two photos is on file."""
    office = Office()
    office.file(claim("C-1"), of(photo(1), device="Fenwald #1"), of(photo(2)))
    return office


def report(*changes: tuple[str, str]) -> File:
    """A dashboard of twelve figures, with some of them exchanged."""
    figures = ["12,400", "12,214", "3,908", "32.0%", "527", "4.3%", "186", "1.5%", "319", "201", "694", "118"]
    shown = [dict(changes).get(figure, figure) for figure in figures]
    picture = Image.new("RGB", (800, 600), "white")
    draw = ImageDraw.Draw(picture)
    words: list[str] = []
    places: list[Place] = []
    for n, figure in enumerate(shown):
        left, top = 30 + (n % 3) * 260, 30 + (n // 3) * 140
        draw.rectangle((left, top, left + 230, top + 120), outline=(200, 205, 215), width=2)
        draw.text((left + 15, top + 10), f"Measure number {n}", fill=(80, 90, 100), font_size=18)
        draw.text((left + 15, top + 50), figure, fill=(10, 20, 30), font_size=40)
        words += ["measure", "number", "letter", chr(97 + n), figure]
        places += [(left + 15 + 40 * k, top + 10, left + 50 + 40 * k, top + 30) for k in range(4)]
        places.append((left + 15, top + 55, left + 15 + 22 * len(figure), top + 90))
    return File(pages=(np.asarray(picture),), words=(tuple(words),), places=(tuple(places),))


def test_the_first_claim_has_nothing_to_be_compared_with() -> None:
    found = Office().compare(claim("C-1"), [of(photo(1))])
    assert finding(found, "compared").value == 0
    assert finding(found, "exact").value == 0
    assert finding(found, "copy").value == 0.0
    assert finding(found, "other_partner").status is Status.NOT_APPLICABLE


def test_another_photo_is_no_twin(office: Office) -> None:
    found = office.compare(claim("C-2", day=1), [of(photo(3))])
    assert finding(found, "compared").value == 2
    for measure in ("exact", "copy", "recaptured", "same_scene", "altered_figures", "within_claim"):
        assert finding(found, measure).value == 0
        assert finding(found, measure).status is Status.MEASURED


def test_equal_bytes_are_exact_and_not_a_copy_too(office: Office) -> None:
    found = office.compare(claim("C-2", day=1), [of(photo(1))])
    exact = finding(found, "exact")
    assert exact.value == 1
    assert "C-1/r1/1" in exact.note
    assert finding(found, "copy").value == 0.0


def test_equal_pixels_in_other_bytes_are_a_whole_copy(office: Office) -> None:
    found = office.compare(claim("C-2", day=1), [of(photo(1), data=b"other metadata")])
    assert finding(found, "exact").value == 0
    assert finding(found, "copy").value == 1.0


def test_a_cropped_mirrored_recompressed_photo_is_a_copy_drawn_beside_its_twin(office: Office) -> None:
    found = office.compare(claim("C-2", "Kontor Süd", day=1), [of(photo(3)), of(CUT)])
    copy = finding(found, "copy", 2)
    assert isinstance(copy.value, float)
    assert copy.value > 0.85
    assert "mirrored" in copy.note
    (mark,) = copy.marks
    assert isinstance(mark, Lookalike)
    assert (mark.other_item, mark.other_claim, mark.other_width, mark.other_height) == ("C-1/r1/1", "C-1", 480, 360)
    corners = np.array(mark.there)
    np.testing.assert_allclose(corners.min(axis=0), (50, 30), atol=4)
    np.testing.assert_allclose(corners.max(axis=0), (440, 330), atol=4)
    assert mark.distance < mark.limit
    assert finding(found, "other_partner", 2).value is True
    assert finding(found, "copy", 1).value == 0.0


def test_a_copy_that_went_through_a_lens_filter_is_one_and_called_bent(office: Office) -> None:
    down, across = np.mgrid[0:360, 0:480].astype(np.float32)
    right, low = across / 240 - 1, (down - 180) / 240
    factor = 240 * (1 + 0.2 * (right**2 + low**2))
    bent = cv2.remap(photo(1), right * factor + 240, low * factor + 180, cv2.INTER_LINEAR)
    copy = finding(office.compare(claim("C-2", day=1), [of(np.asarray(bent, np.uint8))]), "copy")
    assert isinstance(copy.value, float)
    assert copy.value > 0.85
    assert "bent as by a lens filter" in copy.note


def test_the_homography_maps_pixels_of_the_page_to_pixels_of_the_twin(office: Office) -> None:
    large = np.asarray(Image.fromarray(photo(2)).resize((2400, 1800)))  # larger than its preview
    found = office.compare(claim("C-2", day=1), [of(large)])
    (mark,) = finding(found, "copy").marks
    assert isinstance(mark, Lookalike)
    x, y, z = np.array(mark.homography).reshape(3, 3) @ (1200, 900, 1)
    np.testing.assert_allclose((x / z, y / z), (240, 180), atol=2)
    np.testing.assert_allclose(np.array(mark.here).max(axis=0), (2400, 1800), atol=12)


def test_a_photo_of_a_photo_is_recaptured_and_no_copy(office: Office) -> None:
    corners = np.array([(0, 0), (480, 0), (480, 360), (0, 360)], np.float32)
    seen = np.array([(25, 10), (470, 0), (455, 355), (5, 340)], np.float32)
    slanted = cv2.warpPerspective(photo(1), cv2.getPerspectiveTransform(corners, seen), (480, 360))
    found = office.compare(claim("C-2", "Kontor Süd", day=1), [of(np.asarray(slanted, np.uint8))])
    recaptured = finding(found, "recaptured").value
    assert isinstance(recaptured, float)
    assert recaptured >= 0.98
    assert finding(found, "copy").value == 0.0
    assert finding(found, "other_partner").value is True


def test_a_twin_of_the_same_partner_is_told_apart(office: Office) -> None:
    found = office.compare(claim("C-2", day=1), [of(CUT)])
    assert finding(found, "other_partner").value is False


def collage(*seeds: int) -> Pixels:
    """Photos side by side, at two thirds of their size."""
    cells = [np.asarray(Image.fromarray(photo(seed)).resize((320, 240))) for seed in seeds]
    framed = [np.pad(cell, ((12, 12), (12, 0), (0, 0)), constant_values=250) for cell in cells]
    return np.ascontiguousarray(np.hstack(framed))


def test_a_photo_in_a_collage_is_found_and_drawn_in_its_cell() -> None:
    office = Office()
    office.file(claim("C-1"), of(photo(1)))
    found = office.compare(claim("C-2", "Kontor Süd", day=1), [of(jpeg(collage(5, 1, 6)))])
    copy = finding(found, "copy")
    assert copy.value > 0.9  # type: ignore[operator]
    (mark,) = copy.marks
    assert isinstance(mark, Lookalike)
    corners = np.array(mark.here)
    np.testing.assert_allclose(corners.min(axis=0), (344, 12), atol=6)
    np.testing.assert_allclose(corners.max(axis=0), (664, 252), atol=6)
    x, y, z = np.array(mark.homography).reshape(3, 3) @ (344 + 160, 12 + 120, 1)
    np.testing.assert_allclose((x / z, y / z), (240, 180), atol=4)


def test_a_photo_first_seen_in_a_collage_is_found_later() -> None:
    office = Office()
    office.file(claim("C-1"), of(collage(5, 1, 6)))
    found = office.compare(claim("C-2", "Kontor Süd", day=1), [of(jpeg(photo(1)))])
    assert finding(found, "copy").value > 0.9  # type: ignore[operator]
    assert finding(found, "compared").value == 1


@pytest.mark.parametrize("partner", ["", "Kontor Süd"])
def test_an_unstated_partner_leaves_open_whose_the_twin_is(partner: str) -> None:
    office = Office()
    office.file(claim("C-1", partner=""), of(photo(1)))
    found = office.compare(claim("C-2", partner, day=1), [of(CUT)])
    assert finding(found, "other_partner").status is Status.UNDETERMINED


def test_what_was_submitted_later_is_no_earlier_twin(office: Office) -> None:
    assert finding(office.compare(claim("C-0", day=-1), [of(photo(1))]), "exact").value == 0


def test_at_equal_times_the_lower_item_id_came_first(office: Office) -> None:
    assert finding(office.compare(claim("C-2", day=0), [of(photo(1))]), "exact").value == 1
    assert finding(office.compare(claim("B-2", day=0), [of(photo(1))]), "exact").value == 0


def test_another_revision_of_the_claim_is_not_a_twin(office: Office) -> None:
    found = office.compare(claim("C-1", day=5, revision=2), [of(photo(1))])
    assert finding(found, "exact").value == 0
    assert finding(found, "compared").value == 0


def test_a_file_looked_at_without_a_claim_was_not_submitted() -> None:
    office = Office()
    office.file(claim("look", day=None), of(photo(1)))
    assert finding(office.compare(claim("C-1", day=1), [of(photo(1))]), "exact").value == 0
    assert finding(office.compare(claim("look-2", day=None), [of(photo(1))]), "exact").value == 1


def test_tenants_are_never_compared(office: Office) -> None:
    found = office.compare(claim("C-2", day=1, tenant="other"), [of(photo(1))])
    assert finding(found, "compared").value == 0


def test_one_photo_in_two_slots_is_found_on_the_second_and_on_the_claim() -> None:
    found = Office().compare(claim("C-1"), [of(photo(1)), of(photo(2)), of(CUT), of(photo(2))])
    assert [finding(found, "within_claim", n).value for n in (1, 2, 3, 4)] == [0, 0, 1, 1]
    assert finding(found, "within_claim", 0).value == 2
    (table,) = finding(found, "within_claim", 0).marks
    assert isinstance(table, Table)
    assert table.rows == (("C-1/r1/3", "C-1/r1/1", "copy"), ("C-1/r1/4", "C-1/r1/2", "exact"))


def test_a_camera_that_worked_for_another_partner_is_noted(office: Office) -> None:
    found = office.compare(
        claim("C-2", "Kontor Süd", day=1), [of(photo(3), device="Fenwald #1"), of(photo(4), device="Fenwald #2")]
    )
    assert finding(found, "same_device").value == 1
    assert finding(found, "same_device").note == "Kontor Nord"
    assert finding(found, "same_device", 2).value == 0
    own = office.compare(claim("C-2", day=1), [of(photo(3), device="Fenwald #1"), of(photo(4))])
    assert finding(own, "same_device").value == 0
    assert finding(own, "same_device", 2).status is Status.ABSENT


def test_a_report_with_changed_figures_is_altered_and_names_them() -> None:
    office = Office()
    office.file(claim("C-1"), report())
    found = office.compare(claim("C-2", day=1), [report(("3,908", "6,908"), ("527", "927"))])
    altered = finding(found, "altered_figures")
    assert altered.value == 2
    (table,) = [mark for mark in altered.marks if isinstance(mark, Table)]
    assert table.rows == (
        ("measure number letter c", "3,908", "6,908"),
        ("measure number letter e", "527", "927"),
    )
    assert len([mark for mark in altered.marks if isinstance(mark, Region)]) == 2
    (twin,) = [mark for mark in altered.marks if isinstance(mark, Lookalike)]
    assert len(twin.here_differs) == len(twin.there_differs) == 2
    assert finding(found, "copy").value == 0.0


OTHER = {
    "12,400": "8,120", "12,214": "8,004", "3,908": "2,417", "32.0%": "30.2%", "527": "311", "4.3%": "3.9%",
    "186": "216", "1.5%": "2.7%", "319": "144", "201": "98", "694": "377", "118": "61",
}  # fmt: skip


def test_another_report_on_the_same_template_is_no_copy() -> None:
    office = Office()
    office.file(claim("C-1"), report())
    found = office.compare(claim("C-2", day=1), [report(*OTHER.items())])
    assert finding(found, "copy").value == 0.0
    assert finding(found, "copy").status is Status.MEASURED
    assert finding(found, "altered_figures").value == 0


def test_a_template_whose_words_were_not_read_cannot_be_told() -> None:
    office = Office()
    office.file(claim("C-1"), of(report().pages[0]))
    found = office.compare(claim("C-2", day=1), [of(report(*OTHER.items()).pages[0])])
    assert finding(found, "copy").status is Status.UNDETERMINED
    assert "words" in finding(found, "copy").note


def test_a_recompressed_report_is_a_copy_with_and_without_words() -> None:
    shown = report()
    for words in (shown.words, ()):
        office = Office()
        office.file(claim("C-1"), File(pages=shown.pages, words=words))
        found = office.compare(claim("C-2", day=1), [File(pages=(jpeg(shown.pages[0], 70),), words=words)])
        assert finding(found, "copy").value > 0.9  # type: ignore[operator]
        assert finding(found, "altered_figures").value == 0


def document(*pages: Pixels) -> File:
    return File(pages=pages, kind=Kind.DOCUMENT)


def test_a_document_that_shares_one_page_of_two_is_not_a_copy() -> None:
    office = Office()
    office.file(claim("C-1"), document(photo(1), photo(2)))
    found = office.compare(claim("C-2", day=1), [document(photo(3), photo(2))])
    assert finding(found, "copy").value == 0.0
    assert finding(found, "shared_pages").value == 1


def test_a_document_all_of_whose_pages_are_known_is_a_copy() -> None:
    office = Office()
    office.file(claim("C-1"), document(photo(1), photo(2), photo(3)))
    found = office.compare(claim("C-2", day=1), [document(jpeg(photo(3)), jpeg(photo(2)))])
    assert finding(found, "copy").value > 0.9  # type: ignore[operator]
    assert finding(found, "shared_pages").value == 0


def test_an_item_without_pages_is_known_by_its_bytes_alone() -> None:
    office = Office()
    table = File(kind=Kind.TABLE, data=b"name,company\n")
    office.file(claim("C-1"), table)
    found = office.compare(claim("C-2", day=1), [table])
    assert finding(found, "exact").value == 1
    assert finding(found, "copy").status is Status.NOT_APPLICABLE


def test_a_refused_item_is_left_out_and_the_others_are_compared(office: Office) -> None:
    found = office.compare(claim("C-2", day=1), [File(kind=Kind.REFUSED, data=b"?"), of(CUT)])
    assert list(found[0]) == ["C-2/r1/2"]
    assert finding(found, "exact").value == 0


def test_every_code_is_declared(office: Office) -> None:
    items, whole = office.compare(claim("C-2", day=1), [of(CUT), File(kind=Kind.LINK, data=b"x")])
    assert {found.code for entry in (*items.values(), whole) for found in entry.findings} <= CODES


def test_the_answer_at_a_watermark_does_not_change_when_more_is_filed(office: Office) -> None:
    before = office.compare(claim("C-9", day=9), [of(CUT)])
    office.file(claim("C-2", "Kontor Süd", day=1), of(jpeg(photo(1), 80)), of(photo(5)))
    assert finding(office.compare(claim("C-9", day=9), [of(CUT)]), "compared").value == 4
    assert office.compare(claim("C-9", day=9), [of(CUT)], watermark=2) == before
    fresh = Comparison(archive=office.archive, run=office.run)
    office.comparison = fresh
    assert office.compare(claim("C-9", day=9), [of(CUT)], watermark=2) == before


def test_a_pair_that_could_not_be_examined_is_undetermined_and_costs_nobody_else() -> None:
    def hang(task: Any, *arguments: bytes) -> Any:
        raise WorkerTimeout("it ran past 90 s")

    office = Office(run=hang)
    office.file(claim("C-1"), of(photo(1)))
    found = office.compare(claim("C-2", day=1), [of(CUT), of(photo(1))])
    assert finding(found, "copy").status is Status.UNDETERMINED
    assert "90 s" in finding(found, "copy").note
    assert finding(found, "exact", 2).value == 1


class Forgetful(MemoryArchive):
    """Loses the blobs that it is told to lose."""

    lost: frozenset[str] = frozenset()

    def blob(self, digest: str) -> bytes:
        if digest in self.lost:
            raise ArchiveError("lost")
        return super().blob(digest)


def test_a_lost_blob_of_an_old_claim_stops_nobody() -> None:
    archive = Forgetful()
    office = Office(archive=archive)
    office.file(claim("C-1"), of(photo(1)))
    (seen,) = archive.sightings("default")
    assert seen.trace is not None
    archive.lost = frozenset({seen.trace.features, seen.trace.preview})
    found = office.compare(claim("C-2", day=1), [of(jpeg(photo(1))), of(photo(2))])
    assert finding(found, "copy").status is Status.UNDETERMINED
    assert finding(found, "copy", 2).value == 0.0
