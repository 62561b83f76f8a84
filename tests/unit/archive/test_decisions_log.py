"""The log of decisions: numbered, append-only, one at a time, and in the audit trail."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from archived_reports import filed, report

from verifier.archive.decisions import Decisions
from verifier.archive.keys import Keys, Scope
from verifier.archive.sqlite import SqliteArchive
from verifier.archive.users import Users
from verifier.casefile import Decision, Outcome
from verifier.errors import ArchiveError, DecidedMeanwhile

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def decision(outcome: Outcome = Outcome.ACCEPT, **changes) -> Decision:
    facts = {"claim": "C-1", "revision": 1, "report": "f" * 64, "by": "anna", "at": NOON} | changes
    return Decision(outcome=outcome, **facts)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive.db"


@pytest.fixture
def log(path: Path) -> Iterator[Decisions]:
    log = Decisions(path)
    yield log
    log.close()


def test_a_decision_comes_back_as_it_was_kept(log: Decisions, path: Path) -> None:
    wish = decision(amount=Decimal("620.50"), reason="Größe\npasst nicht", item="", undoes=None)
    kept = log.record("acme", wish, after=0)
    assert kept == replace(wish, sequence=1)
    with closing(Decisions(path)) as again:
        assert again.of_claim("acme", "C-1") == (kept,)


def test_lines_are_numbered_and_kept_apart_by_tenant_claim_and_revision(log: Decisions) -> None:
    one = log.record("acme", decision(), after=0)
    two = log.record("other", decision(), after=0)
    three = log.record("acme", decision(claim="C-2"), after=0)
    four = log.record("acme", decision(revision=2), after=0)
    assert [line.sequence for line in (one, two, three, four)] == [1, 2, 3, 4]
    assert log.of_claim("acme", "C-1") == (one, four)
    assert log.of_claim("acme", "C-1", 2) == (four,)
    assert list(log.of_tenant("acme")) == [one, three, four]
    assert list(log.of_tenant("nobody")) == []


def test_a_tenants_log_is_read_in_chunks(log: Decisions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verifier.archive.decisions._CHUNK", 2)
    kept = [log.record("acme", decision(claim=f"C-{number}"), after=0) for number in range(5)]
    assert list(log.of_tenant("acme")) == kept


def test_who_has_not_seen_the_newest_decision_is_told_whose_it_is(log: Decisions) -> None:
    first = log.record("acme", decision(by="bernd"), after=0)
    with pytest.raises(DecidedMeanwhile, match="bernd decided on claim C-1 meanwhile: accept"):
        log.record("acme", decision(Outcome.REJECT, reason="no"), after=0)
    assert log.record("acme", decision(Outcome.REJECT, reason="no"), after=first.sequence).sequence == 2
    with pytest.raises(DecidedMeanwhile, match="reject"):
        log.record("acme", decision(Outcome.ASK, reason="why"), after=first.sequence)


@pytest.mark.parametrize("after", [0, None])
def test_a_request_whose_answer_was_lost_may_be_sent_again(log: Decisions, after: int | None) -> None:
    kept = log.record("acme", decision(), after=after)
    assert log.record("acme", decision(at=NOON.replace(hour=13)), after=after) == kept
    back = log.record("acme", decision(undoes=1), after=kept.sequence)
    assert log.record("acme", decision(undoes=1), after=kept.sequence) == back
    anew = log.record("acme", decision(), after=back.sequence)
    assert [line.sequence for line in log.of_claim("acme", "C-1")] == [1, 2, anew.sequence]


def test_who_has_seen_a_decision_can_confirm_it_later(log: Decisions) -> None:
    first = log.record("acme", decision(), after=0)
    again = log.record("acme", decision(at=NOON.replace(hour=13)), after=first.sequence)
    assert [line.at.hour for line in log.of_claim("acme", "C-1")] == [12, 13]
    assert again.sequence == 2


def test_who_does_not_say_what_they_saw_decides_last(log: Decisions) -> None:
    log.record("acme", decision(by="bernd"), after=0)
    assert log.record("acme", decision(Outcome.REJECT, reason="no"), after=None).sequence == 2


def test_of_two_reviewers_at_once_one_decides(path: Path) -> None:
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def decide(name: str) -> None:
        with closing(Decisions(path)) as log:
            together.wait()
            try:
                outcomes.append(log.record("acme", decision(by=name), after=0).by)
            except DecidedMeanwhile:
                outcomes.append("too late")

    Decisions(path).close()
    threads = [threading.Thread(target=decide, args=(name,)) for name in ("anna", "bernd")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 2
    assert outcomes.count("too late") == 1


def test_a_revision_is_decided_no_more_once_a_later_one_is_filed(log: Decisions, path: Path) -> None:
    with closing(SqliteArchive(path)) as archive:
        filed(archive, report(revision=1))
        log.record("default", decision(), after=0)
        filed(archive, report(revision=2))
    with pytest.raises(DecidedMeanwhile, match="revision 2 of claim C-1 came in"):
        log.record("default", decision(Outcome.REJECT, reason="no"), after=1)
    assert log.record("default", decision(revision=2), after=0).sequence == 2


@pytest.mark.parametrize("statement", ["UPDATE decisions SET amount = '1'", "DELETE FROM decisions"])
def test_no_decision_can_be_rewritten_or_deleted(log: Decisions, path: Path, statement: str) -> None:
    log.record("acme", decision(), after=0)
    with closing(sqlite3.connect(path)) as raw, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute(statement)


def test_a_decision_and_its_audit_entry_are_kept_together_or_not_at_all(
    log: Decisions, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr("verifier.archive.trail.add", full)
        with pytest.raises(OSError, match="disk full"):
            log.record("acme", decision(), after=0)
    assert log.of_claim("acme", "C-1") == ()
    log.record("acme", decision(), after=0)
    with closing(SqliteArchive(path)) as archive:
        assert archive.verify_audit() == 1


INSERTED = (
    "INSERT INTO decisions SELECT 9, tenant, claim, revision, item, report, outcome, '999', reason, decided_by,"
    " decided_at, undoes FROM decisions WHERE sequence = 1"
)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "UPDATE decisions SET amount = '999' WHERE sequence = 2",
            r"decision 2 on claim C-2 was changed: amount is '999' and was '5.00'",
        ),
        ("UPDATE decisions SET decided_by = 'eve' WHERE sequence = 1", r"decision 1 .* decided_by is 'eve'"),
        ("UPDATE decisions SET undoes = 1 WHERE sequence = 3", r"decision 3 .* undoes is 1 and was None"),
        ("UPDATE decisions SET sequence = 7 WHERE sequence = 3", r"decision 3 on claim C-3 was removed"),
        ("DELETE FROM decisions WHERE sequence = 3", r"decision 3 on claim C-3 was removed"),
        (INSERTED, r"decision 9 on claim C-1 was added without a trace"),
        ("UPDATE audit SET detail = replace(detail, '5.00', '6.00') WHERE sequence = 3", r"entry 3 of the audit trail"),
        ("DELETE FROM audit WHERE sequence = 2", r"entry 3 of the audit trail"),
    ],
)
def test_a_tampered_decision_is_named(log: Decisions, path: Path, statement: str, told: str) -> None:
    with closing(SqliteArchive(path)) as archive:
        filed(archive, report("C-1", tenant="acme"))
        for number in (1, 2, 3):
            log.record("acme", decision(claim=f"C-{number}", amount=Decimal("5.00")), after=0)
        assert archive.verify_audit() == 4
        with closing(sqlite3.connect(path)) as raw:
            for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                raw.execute(f"DROP TRIGGER {name}")
            assert raw.execute(statement).rowcount == 1
            raw.commit()
        with pytest.raises(ArchiveError, match=told):
            archive.verify_audit()


def test_keys_users_and_decisions_stand_in_one_chain_with_who_did_it(log: Decisions, path: Path) -> None:
    with closing(Keys(path)) as keys, closing(Users(path)) as users, closing(SqliteArchive(path)) as archive:
        key, _ = keys.create("acme", "portal", {Scope.READ}, NOON)
        keys.revoke(key.id, NOON, by="serve")
        users.add("anna", "acme", "correct horse battery", NOON)
        users.set_password("anna", "staple correct horse", NOON)
        log.record("acme", decision(), after=0)
        users.disable("anna", NOON)
        trail = [(entry.actor, entry.action, entry.subject) for entry in archive.audit()]
        assert trail == [
            ("cli", "key.created", f"acme/{key.id}"),
            ("serve", "key.revoked", f"acme/{key.id}"),
            ("cli", "user.added", "acme/anna"),
            ("cli", "user.password", "acme/anna"),
            ("anna", "decision.recorded", "acme/C-1/r1"),
            ("cli", "user.disabled", "acme/anna"),
        ]
        assert archive.verify_audit() == 6
        assert not any("horse" in entry.detail for entry in archive.audit())
