"""A run: concluded in the manifest's order, resumed without doing anything twice, and compared with another."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from light_corridor import light_verifier, rulebook

from verifier import codec
from verifier.archive.queue import Queue
from verifier.archive.sqlite import SqliteArchive
from verifier.batch import Batch, Comparison, Manifest, Outcome, Reject, Remembered, Tally, Verified
from verifier.batch.run import AHEAD
from verifier.casefile import Brief, ClaimReport, Item, JobState, Trace
from verifier.errors import ArchiveError, DamagedItem, WorkerCrash
from verifier.inspection import Inspected
from verifier.verify import Versions

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


@dataclass
class Inspection:
    """Stands in for the pool: takes its time, keeps what it was asked, and fails at the claims it was told to."""

    slow: bool = False
    failing: dict[str, Exception] = field(default_factory=dict)
    asked: list[tuple[str, Brief]] = field(default_factory=list)

    def __call__(self, item: Item, data: bytes, brief: Brief) -> Future[Inspected]:
        self.asked.append((item.id, brief))
        if self.slow:
            time.sleep(int(item.digest[:2], 16) / 255 * 0.03)
        done: Future[Inspected] = Future()
        fault = self.failing.get(item.id.partition("/")[0])
        if isinstance(fault, DamagedItem):
            done.set_exception(fault)
        elif fault is not None:
            raise fault
        else:
            done.set_result(Inspected(inspections=(), traces=(trace(data),)))
        return done

    @property
    def claims(self) -> list[str]:
        return [id_.partition("/")[0] for id_, _ in self.asked]


def trace(data: bytes) -> Trace:
    size = {"width": 4, "height": 3, "pdq_quality": 0}
    return Trace(page=0, pixel_digest=codec.sha256(data), pdq="0" * 64, phash="0" * 16, dhash="0" * 16, **size)


def write_manifest(folder: Path, claims: int, *, changed: dict[int, dict[str, object]] | None = None) -> Path:
    """Claims C-0, C-1 ... a minute apart, each with a table of its own."""
    lines = []
    for number in range(claims):
        (folder / f"{number}.csv").write_text(f"Campaign,Sent\nC{number},{number}\n")
        facts = {
            "id": f"C-{number}",
            "activity": "email_campaign",
            "partner": "Holsten",
            "window": None,
            "submitted_at": (NOON + timedelta(minutes=number)).isoformat(),
            "items": [{"file": f"{number}.csv", "slot": "send_report"}],
        }
        lines.append(json.dumps(facts | (changed or {}).get(number, {})))
    path = folder / "manifest.jsonl"
    path.write_text("\n".join(lines) + "\n")
    return path


@contextmanager
def batch_over(folder: Path, inspection: Inspection, *, workers: int = 2, backfill: bool = False) -> Iterator[Batch]:
    path = folder / "archive.db"
    with closing(SqliteArchive(path)) as archive, closing(Queue(path)) as ledger:
        verifier = light_verifier(archive, inspection)
        yield Batch(verifier=verifier, ledger=ledger, workers=workers, backfill=backfill)


def run(batch: Batch, path: Path) -> list[Outcome]:
    with Manifest(path) as manifest:
        return list(batch.outcomes(manifest))


def timeless(outcomes: list[Outcome]) -> list[ClaimReport]:
    return [replace(outcome.report, made_at=NOON) for outcome in outcomes if isinstance(outcome, Verified)]


def test_claims_are_concluded_in_the_order_of_the_manifest_whoever_is_faster(tmp_path: Path) -> None:
    path = write_manifest(tmp_path, 30)
    found = []
    for workers in (1, 3):
        with batch_over(tmp_path / str(workers), Inspection(slow=True), workers=workers) as batch:
            found.append(timeless(run(batch, path)))
            assert [job.claim.id for job in batch.ledger.of_run(run_of(batch, path))] == [f"C-{n}" for n in range(30)]
    one, three = found
    assert one == three
    assert [report.watermark for report in one] == list(range(30))


def run_of(batch: Batch, path: Path) -> str:
    with Manifest(path) as manifest:
        return batch.name(manifest)


def test_what_is_filed_is_not_verified_again(tmp_path: Path) -> None:
    path = write_manifest(tmp_path, 5)
    with batch_over(tmp_path, first := Inspection()) as batch:
        fresh = run(batch, path)
    with batch_over(tmp_path, second := Inspection()) as batch:
        again = run(batch, path)
        assert batch.verifier.archive.verify_audit() == 5
    assert sorted(first.claims) == [f"C-{n}" for n in range(5)]
    assert second.claims == []
    assert timeless(again) == timeless(fresh)
    assert [outcome.fresh for outcome in again if isinstance(outcome, Verified)] == [False] * 5


def test_a_run_that_broke_off_does_what_is_missing_and_ends_as_it_would_have(tmp_path: Path) -> None:
    path = write_manifest(tmp_path, 12)
    with batch_over(tmp_path / "whole", Inspection()) as batch:
        whole = timeless(run(batch, path))
    with batch_over(tmp_path / "torn", Inspection()) as batch, Manifest(path) as manifest:
        outcomes = batch.outcomes(manifest)
        for _ in range(5):
            next(outcomes)
        outcomes.close()
    with batch_over(tmp_path / "torn", rest := Inspection()) as batch:
        assert timeless(run(batch, path)) == whole
    assert sorted(rest.claims) == sorted(f"C-{n}" for n in range(5, 12))


def test_a_changed_file_or_slot_is_verified_anew(tmp_path: Path) -> None:
    path = write_manifest(tmp_path, 3)
    with batch_over(tmp_path, Inspection()) as batch:
        run(batch, path)
        (tmp_path / "1.csv").write_text("Campaign,Sent\nother,9\n")
        assert [outcome.fresh for outcome in run(batch, path)] == [False, True, False]  # type: ignore[union-attr]
        write_manifest(tmp_path, 3, changed={2: {"items": [{"file": "2.csv", "slot": "final_email"}]}})
        (tmp_path / "1.csv").write_text("Campaign,Sent\nother,9\n")
        assert [outcome.fresh for outcome in run(batch, path)] == [False, False, True]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("fault", "code"), [(WorkerCrash("it died", "try again"), "WorkerCrash"), (ZeroDivisionError("ours"), "Fault")]
)
def test_a_claim_that_cannot_be_verified_costs_itself(tmp_path: Path, fault: Exception, code: str) -> None:
    path = write_manifest(tmp_path, 4)
    with batch_over(tmp_path, Inspection(failing={"C-1": fault})) as batch:
        outcomes = run(batch, path)
    bad = outcomes[1]
    assert isinstance(bad, Reject)
    assert (bad.line, bad.claim, bad.code) == (2, "C-1", code)
    assert bad.remedy
    assert [isinstance(outcome, Verified) for outcome in outcomes] == [True, False, True, True]


def test_a_run_without_an_archive_stops(tmp_path: Path) -> None:
    path = write_manifest(tmp_path, 4)
    with batch_over(tmp_path, Inspection(failing={"C-1": ArchiveError("disk full")})) as batch:
        with Manifest(path) as manifest, pytest.raises(ArchiveError):
            list(batch.outcomes(manifest))
        assert batch.verifier.archive.report("default", "C-0") is not None


def test_a_file_that_is_not_there_rejects_its_claim_and_names_its_row(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Sent\n1\n")
    path = tmp_path / "m.csv"
    path.write_text(
        "claim,file,activity,partner,window.start,window.end,submitted_at\n"
        "C-1,a.csv,email_campaign,H,,,\nC-1,gone.csv,,,,,\nC-2,../a.csv,email_campaign,H,,,\nC-3,a.csv,nothing,H,,,\n"
    )
    with batch_over(tmp_path, inspection := Inspection()) as batch:
        outcomes = run(batch, path)
    assert inspection.asked == []
    assert [(bad.line, bad.claim) for bad in outcomes if isinstance(bad, Reject)] == [
        (3, "C-1"),
        (4, "C-2"),
        (5, "C-3"),
    ]
    assert all(isinstance(bad, Reject) and bad.remedy for bad in outcomes)


def test_a_manifest_is_read_no_further_than_a_few_claims_ahead(tmp_path: Path) -> None:
    path = write_manifest(tmp_path, 100)
    with batch_over(tmp_path, Inspection(), workers=2) as batch, Manifest(path) as manifest:
        read = []
        lines = manifest.lines()
        manifest.lines = lambda: (read.append(line) or line for line in lines)  # type: ignore[method-assign]
        for number, _ in enumerate(batch.outcomes(manifest), 1):
            assert len(read) <= number + AHEAD * 3


def test_a_backfill_keeps_fingerprints_and_judges_nothing(tmp_path: Path) -> None:
    path = write_manifest(tmp_path, 3)
    inspection = Inspection(failing={"C-1": DamagedItem("it breaks off", "send it again")})
    with batch_over(tmp_path, inspection, backfill=True) as batch:
        outcomes = run(batch, path)
        archive = batch.verifier.archive
        assert list(archive.reports("default")) == []
        assert [sighting.claim for sighting in archive.sightings("default")] == ["C-0", "C-2"]
        assert archive.verify_audit() == 2
    assert all(not brief.questions and not brief.brand_kits for _, brief in inspection.asked)
    assert [isinstance(each, Remembered) and each.fresh for each in outcomes] == [True, False, True]
    (told,) = outcomes[1].rejects  # type: ignore[union-attr]
    assert (told.line, told.claim, told.code) == (2, "C-1", "DamagedItem")


def test_a_backfill_resumes_and_a_later_verification_adds_no_second_sighting(tmp_path: Path) -> None:
    path = write_manifest(tmp_path, 3)
    with batch_over(tmp_path, Inspection(), backfill=True) as batch:
        run(batch, path)
    with batch_over(tmp_path, again := Inspection(), backfill=True) as batch:
        assert [outcome.fresh for outcome in run(batch, path)] == [False] * 3  # type: ignore[union-attr]
    assert again.asked == []
    with batch_over(tmp_path, Inspection()) as batch:
        reports = timeless(run(batch, path))
        assert [report.watermark for report in reports] == [3, 3, 3]
        assert len(list(batch.verifier.archive.sightings("default"))) == 3


def test_the_tally_counts_routes_and_claims_that_stand_too_late(tmp_path: Path) -> None:
    early = (NOON - timedelta(days=1)).isoformat()
    path = write_manifest(tmp_path, 4, changed={2: {"submitted_at": early}, 3: {"activity": "nothing"}})
    with batch_over(tmp_path, Inspection()) as batch:
        tally = Tally(total=4)
        for outcome in run(batch, path):
            tally.add(outcome)
    assert (tally.done, tally.fresh, tally.before, tally.rejected, tally.belated) == (4, 3, 0, 1, 1)
    assert sum(tally.routes.values()) == 3


def test_a_run_is_compared_with_another_claim_by_claim(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    path = write_manifest(folder, 4)
    with batch_over(tmp_path, Inspection()) as batch:
        run(batch, path)
        first = run_of(batch, path)
        mild = replace(rulebook(), rules=(), digest="f" * 64)
        later = replace(batch, verifier=replace(batch.verifier, rulebook=mild, versions=Versions(pipeline="light")))
        write_manifest(folder, 5, changed={0: {"activity": "nothing"}})
        outcomes = run(later, path)
        second = run_of(later, path)
        comparison = Comparison(batch.verifier.archive, batch.ledger, second, first)
        changes = list(comparison.changes())
    scores = {each.report.claim.id: each.report.assessment.score for each in outcomes if isinstance(each, Verified)}
    assert first.split("-")[1] != second.split("-")[1]
    assert [change.claim for change in changes] == ["C-1", "C-2", "C-3"]
    assert all(change.after.score == scores[change.claim] != change.before.score for change in changes)
    assert comparison.counts == {"changed": 3, "same": 0, "new": 1, "gone": 1}


def test_a_run_is_compared_with_what_that_run_saw_and_not_with_what_came_later(tmp_path: Path) -> None:
    path = write_manifest(tmp_path, 2)
    with batch_over(tmp_path, Inspection()) as batch:
        before = timeless(run(batch, path))
        first = run_of(batch, path)
        write_manifest(tmp_path, 2, changed={1: {"items": [{"file": "1.csv"}, {"file": "0.csv"}]}})
        after = timeless(run(batch, path))
        comparison = Comparison(batch.verifier.archive, batch.ledger, run_of(batch, path), first)
        changed = [change.claim for change in comparison.changes()]
    differs = before[1].assessment.score != after[1].assessment.score or (
        before[1].assessment.route != after[1].assessment.route
    )
    assert changed == (["C-1"] if differs else [])
    assert before[1].digest != after[1].digest


def test_the_ledger_says_what_a_run_had(tmp_path: Path) -> None:
    path = write_manifest(tmp_path, 3)
    with batch_over(tmp_path, Inspection()) as batch:
        run(batch, path)
        run(batch, path)
        assert batch.ledger.runs() == {run_of(batch, path): 3}
        assert batch.ledger.counts(run="")[JobState.COMPLETED] == 0
        assert batch.ledger.lease(NOON, 60) is None
        job = batch.ledger.in_run(run_of(batch, path), "default", "C-2")
        assert job is not None
        assert job.state in (JobState.COMPLETED, JobState.NEEDS_INPUT)
        assert job.deposits[0].name == "2.csv"
        assert batch.verifier.archive.blob(job.deposits[0].digest) == (tmp_path / "2.csv").read_bytes()
