"""`verifier batch run` as an operator meets it, through the whole corridor."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from verifier import cli
from verifier.archive.opening import open_archive
from verifier.settings import Settings

FIXTURES = Settings().fixtures


@pytest.fixture
def run(monkeypatch, capsys):
    """Runs `verifier batch run ARGS...`; answers (exit code, stdout, stderr)."""

    def run(*args: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["verifier", "batch", "run", *map(str, args)])
        try:
            cli.main()
            code = 0
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
        out, err = capsys.readouterr()
        return code, out, err

    return run


def claim_file(folder: Path, case: str, *, items: int) -> str:
    """The first items of a sample claim, with a claim file beside them; its path below the folder."""
    facts: dict[str, Any] = yaml.safe_load((FIXTURES / case / "case.yaml").read_text())["claim"]
    facts["items"] = facts["items"][:items]
    place = folder / case
    place.mkdir(parents=True)
    for item in facts["items"]:
        shutil.copy(FIXTURES / case / item["file"], place)
    (place / "claim.yaml").write_text(yaml.safe_dump(facts))
    return f"{case}/claim.yaml"


def codes_of(archive: str, claim: str) -> dict[str, list[Any]]:
    opened = open_archive(archive)
    try:
        report = opened.report("default", claim)
        assert report is not None
        inspections = [each for entry in report.items for each in entry.inspections]
        return {f.code: list(f.marks) for each in inspections for f in each.findings if f.value}
    finally:
        opened.close()


def test_a_run_is_resumed_compared_and_told(run, tmp_path):
    archive = f"sqlite:///{tmp_path}/archive.db"
    export = FIXTURES / "email/export_csv/campaign-export.csv"
    rows = ["claim,file,slot,activity,partner,window.start,window.end,submitted_at,stated.sent"]
    for number in range(4):
        (tmp_path / f"{number}.csv").write_text(export.read_text().replace("days 2026", f"days {number}"))
        facts = f'email_campaign,Holsten,2026-06-15,2026-06-28,2026-07-0{number + 1}T09:40:00+02:00,"3,940"'
        rows.append(f"C-{number},{number}.csv,send_report,{facts}")
    manifest = tmp_path / "claims.csv"
    manifest.write_text("\n".join(rows) + "\n")

    code, out, _ = run(manifest, "--archive", archive, "--json", tmp_path / "first.json")
    first = json.loads((tmp_path / "first.json").read_text())
    assert code == 0
    assert (first["claims"], first["done_now"], first["rejected"], first["rejects"]) == (4, 4, 0, None)
    assert sum(first["routes"].values()) == 4
    assert f"run {first['run']}" in out
    assert not (tmp_path / "claims.rejects.jsonl").exists()

    rows[4] = rows[4].replace('"3,940"', '"9,940"').replace("Holsten", "Petersen")
    rows.append(rows[1].replace("C-0", "C-9").replace("0.csv", "gone.csv"))
    manifest.write_text("\n".join(rows) + "\n")
    code, out, err = run(manifest, "--archive", archive, "--json", "-", "--against", first["run"])
    second = json.loads(out)
    assert code == 2
    assert (second["done_now"], second["done_before"], second["rejected"]) == (1, 3, 1)
    assert [change["claim"] for change in second["changes"]] == ["C-3"]
    assert re.search(r"C-3 r1: \d+ .* -> \d+", err)
    assert second["against"] == {"run": first["run"], "changed": 1, "same": 3, "new": 0, "gone": 0}
    (reject,) = map(json.loads, (tmp_path / "claims.rejects.jsonl").read_text().splitlines())
    assert (reject["line"], reject["claim"], reject["code"]) == (6, "C-9", "MissingItem")
    assert reject["remedy"]


@pytest.mark.slow
def test_what_was_backfilled_is_known_when_it_comes_again(run, tmp_path):
    archive = f"sqlite:///{tmp_path}/archive.db"
    (tmp_path / "old.csv").write_text("claim_file\n" + claim_file(tmp_path, "display/honest", items=1) + "\n")
    (tmp_path / "new.csv").write_text("claim_file\n" + claim_file(tmp_path, "display/recycled", items=1) + "\n")
    brands = ("--brands", FIXTURES / "brands")

    code, _, _ = run(tmp_path / "old.csv", "--archive", archive, "--backfill", "--json", tmp_path / "old.json")
    assert code == 0
    assert json.loads((tmp_path / "old.json").read_text())["run"] is None
    code, _, _ = run(tmp_path / "new.csv", "--archive", archive, *brands)
    assert code == 0
    marks = codes_of(archive, "NL-2026-0533")
    twins = {mark.other_claim for found in marks.values() for mark in found if hasattr(mark, "other_claim")}
    assert twins == {"NL-2026-0412"}
    opened = open_archive(archive)
    assert [report.claim.id for report in opened.reports("default")] == ["NL-2026-0533"]
    assert opened.verify_audit() == 2
    opened.close()


@pytest.mark.parametrize(
    ("args", "told", "exit_code"),
    [
        (["none.csv", "--archive", "sqlite:///{}/a.db"], "cannot be opened", 2),
        (["m.jsonl", "--archive", "memory:"], "names no archive that can be kept", 4),
        (["m.jsonl", "--archive", "sqlite:///{}/a.db", "--against", "x-y-z"], "there is no run x-y-z", 2),
        (["m.jsonl", "--archive", "sqlite:///{}/a.db", "--rejects", "m.jsonl"], "is the manifest", 2),
        (["m.jsonl", "--archive", "sqlite:///{}/a.db", "--backfill", "--against", "x"], "judges nothing", 2),
    ],
)
def test_a_command_that_cannot_work_is_refused_in_one_line(run, tmp_path, monkeypatch, args, told, exit_code):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.jsonl").write_text("")
    code, _, err = run(*(arg.format(tmp_path) for arg in args))
    assert code == exit_code
    assert told in err
    assert "Traceback" not in err
    assert (tmp_path / "m.jsonl").exists()
