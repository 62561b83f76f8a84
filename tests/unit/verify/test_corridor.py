"""The corridor keeps walking when one item takes its worker down."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import pytest

from verifier.archive.memory import MemoryArchive
from verifier.archive.references import Artwork
from verifier.assembly import assemble
from verifier.casefile import Brief, Item, Kind, Route, Submission
from verifier.comparison import Comparison
from verifier.errors import ArchiveError, WorkerTimeout
from verifier.inspection import Inspected
from verifier.intake import bare_claim
from verifier.settings import Settings
from verifier.verify import Verifier

LINK = Submission(name="recording", link="https://example.com/recording", slot="recording")
LIST = Submission(name="list.csv", data=b"Name,E-mail\nA,a@example.com\nB,b@example.com\n", slot="registration_list")


def hanging(item: Item, data: bytes, brief: Brief) -> Future[Inspected]:
    answer: Future[Inspected] = Future()
    if item.kind is Kind.TABLE:
        answer.set_exception(WorkerTimeout("it ran past its limit of 90 s"))
    else:
        answer.set_result(Inspected(inspections=()))
    return answer


@pytest.fixture
def verifier() -> Iterator[Verifier]:
    with assemble(replace(Settings(), archive="memory:")) as standing:
        yield replace(standing, inspect=hanging)


def test_an_item_that_hangs_its_worker_is_refused_by_name_and_the_other_goes_on(verifier: Verifier) -> None:
    report = verifier.verify(bare_claim("webinar", (LIST, LINK)), (LIST, LINK))
    refused, link = report.items
    assert refused.item.kind is Kind.REFUSED
    assert refused.item.problem is not None
    assert refused.item.problem.code == "WorkerTimeout"
    assert "list.csv" in refused.item.problem.message
    assert refused.item.problem.remedy
    assert refused.assessment.route is Route.NEEDS_INPUT
    assert link.item.kind is Kind.LINK


def test_progress_hears_of_every_item(verifier: Verifier) -> None:
    heard: list[str] = []
    verifier.verify(bare_claim("webinar", (LIST, LINK)), (LIST, LINK), progress=lambda item: heard.append(item.id))
    assert len(heard) == 2


def test_a_report_is_on_the_disk_when_it_is_handed_over(verifier: Verifier, monkeypatch: pytest.MonkeyPatch) -> None:
    filed: list[bool] = []
    claim = bare_claim("webinar", (LINK,))

    def sync(archive: MemoryArchive) -> None:
        filed.append(archive.report(claim.tenant, claim.id) is not None)

    monkeypatch.setattr(MemoryArchive, "sync", sync)
    verifier.verify(claim, (LINK,))
    assert filed == [True]


def test_a_link_leaves_no_file(verifier: Verifier) -> None:
    report = verifier.verify(bare_claim("webinar", (LINK,)), (LINK,))
    with pytest.raises(ArchiveError):
        verifier.archive.blob(report.items[0].item.digest)


def test_artwork_that_became_known_while_the_service_runs_is_in_the_pipeline_of_the_next_report(
    verifier: Verifier,
) -> None:
    claim = bare_claim("webinar", (LINK,))
    before = verifier.verify(claim, (LINK,))
    assert before.pipeline == verifier.pipeline
    poster = Artwork(tenant="default", program="p", digest="0", name="a.png", traces=(), added_at=before.made_at)
    verifier.archive.references.put_artwork(poster)
    assert verifier.filed(claim, (LINK,)) is None
    after = verifier.verify(claim, (LINK,))
    assert after.pipeline == verifier.pipeline != before.pipeline
    assert verifier.filed(claim, (LINK,)) == after


def test_a_claim_that_another_process_overtakes_is_compared_with_that_one_too(
    verifier: Verifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare, others = Comparison.compare, [LIST]

    def overtaken(self: Comparison, *arguments: Any) -> Any:
        while others:
            other = others.pop()
            verifier.verify(bare_claim("webinar", (LINK, other)), (LINK, other))
        return compare(self, *arguments)

    monkeypatch.setattr(Comparison, "compare", overtaken)
    report = verifier.verify(bare_claim("webinar", (LINK,)), (LINK,))
    (item,) = report.items
    found = {finding.code: finding.value for entry in item.inspections for finding in entry.findings}
    assert found["duplicates.exact"] == 1
    assert report.watermark == 1
