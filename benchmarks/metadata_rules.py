"""How often metadata rules accuse the honest, and how surely they find what was put into files.

    python -m benchmarks.metadata_rules --data DIR

DIR holds `labels.jsonl` (file, source, bad_suite) and camera files, as for `benchmarks.metadata`; or it is the folder
above, in which case `scenes` and a sample of `photos`, whose files mostly say nothing, are taken, too. A file is honest
if it names a camera and no pixel editor. Around each, claims are generated that are true as far as the file tells: the
window holds the capture (on its edges, too), the venue lies where the position is, the submission follows. A rule's
false alarms are counted by claim, and by file with 95% bounds, since claims about one file are not independent. Then
violations are put in (`benchmarks.violations`), and each must be found by its rule. What this cannot show: cameras
whose clocks were never set, since no real claims are at hand.
"""

from __future__ import annotations

import json
import random
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.record import parser, progress, share, tell
from benchmarks.violations import Honest, makings, violations
from verifier.archive.memory import MemoryArchive
from verifier.assembly import declared_codes
from verifier.casefile import (
    Bearing,
    Brief,
    Claim,
    Inspection,
    Item,
    Kind,
    Origin,
    Trace,
    Truth,
    Venue,
    Window,
)
from verifier.decode import Decoder
from verifier.errors import ItemError
from verifier.identity import relate
from verifier.inspectors.metadata import Metadata
from verifier.inspectors.provenance import Provenance
from verifier.instruments import exif, maker_notes, origin, software, taken, xmp
from verifier.instruments.readings import Readings
from verifier.instruments.software import Role
from verifier.intake import sniff
from verifier.rulebook import Rulebook, load_rulebook
from verifier.settings import Settings

CLAIMS = 10  # generated about each honest file
PHOTOS = 100  # of `photos`: one shop, one camera, and no metadata
HIGH = 8.0  # decibans from which a rule counts as of high weight
PLACES = (  # zone, latitude, longitude: where claims are when the file does not say
    ("Europe/Berlin", 53.8669, 10.6848), ("America/New_York", 40.7484, -73.9857), ("Asia/Tokyo", 35.6595, 139.7005),
    ("Australia/Lord_Howe", -31.5553, 159.0821), ("America/St_Johns", 47.5615, -52.7126),
    ("Asia/Kathmandu", 27.7172, 85.3240), ("Pacific/Auckland", -36.8485, 174.7633),
    ("Pacific/Apia", -13.8333, -171.7667),
)  # fmt: skip
_DECODER = Decoder(max_pixels=80_000_000, max_pages=1, max_rows=1)
_SETTINGS = Settings()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A file that could be read: its item, what instruments remember of it, and where it came from."""

    item: Item
    readings: Readings


class Judge:
    """Tells which rules of metadata, provenance and identity speak on a file in a display claim."""

    def __init__(self) -> None:
        self.book: Rulebook = load_rulebook(_SETTINGS.rules, declared_codes(_SETTINGS))
        self.rules = {
            rule.id: rule
            for rule in self.book.rules
            if rule.id.partition(".")[0] in ("metadata", "provenance", "identity")
        }

    def see(self, name: str, raw: bytes) -> Seen | None:
        """The file, decoded; None where it cannot be."""
        try:
            content = sniff(name, raw)
            item = Item(
                id="C-1/r1/1", name=name, kind=content.kind, media_type=content.media_type, digest="", size=len(raw),
                slot="context_photo",
            )  # fmt: skip
            return Seen(item=item, readings=Readings(_DECODER(item, raw))) if content.kind is Kind.IMAGE else None
        except ItemError:
            return None

    def spoke(self, seen: Seen, brief: Brief) -> set[str]:
        """The rules that speak on what the two inspectors find."""
        found = []
        for one in (Metadata(), Provenance()):
            findings = tuple(one.inspect(seen.item, brief, seen.readings))
            found.append(Inspection(inspector=one.name, version=one.version, findings=findings))
        return self.judged(seen.item, found)

    def judged(self, item: Item, found: Sequence[Inspection]) -> set[str]:
        """The rules that speak on these findings."""
        hits = self.book.judge_item(self.book.activity("in_store_display"), item, found)
        return {hit.rule for hit in hits if hit.truth is Truth.HOLDS and hit.rule in self.rules}


def truthful(seen: Seen, raw: bytes, chance: random.Random) -> Honest:
    """The file with a claim that is true of it: its place, or else one by lot; a window that holds the capture."""
    made = taken.of(seen.readings.take(exif.read, seen.readings.evidence))
    if made.zone is not None and made.here is not None:
        zone, latitude, longitude = made.zone, made.here.latitude, made.here.longitude
    else:
        key, latitude, longitude = chance.choice(PLACES)
        zone = ZoneInfo(key)
    wall, moment = made.wall(zone), made.moment(zone)
    clock = wall.start if wall else datetime(2020, 5, 13, 12)  # noqa: DTZ001 - the venue's wall
    early, late = (chance.choice((0, chance.randint(0, 21))) for _ in range(2))
    filed = (moment.end if moment else clock.replace(tzinfo=UTC)) + timedelta(hours=chance.uniform(0.2, 1500))
    venue = Venue(
        name="venue",
        latitude=latitude + chance.uniform(-400, 400) / 111_195,
        longitude=longitude,
        timezone=zone.key if chance.random() < 0.7 else None,
    )
    window = Window(start=clock.date() - timedelta(days=early), end=clock.date() + timedelta(days=late))
    return Honest(
        name=seen.item.name,
        raw=raw,
        brief=Brief(activity="in_store_display", window=window, submitted_at=filed, venue=venue),
        taken=wall.start if wall else None,
        thumbnail=bool(seen.readings.take(exif.read, seen.readings.evidence).thumbnail),
    )


def is_untouched(seen: Seen) -> bool:
    """Whether the file names a camera and no pixel editor or generator, as far as it says."""
    evidence = seen.readings.evidence
    fields, packet = seen.readings.take(exif.read, evidence), seen.readings.take(xmp.read, evidence)
    programs = (fields.software, packet.creator_tool, *packet.agents)
    return bool(fields.make or fields.model) and not any(
        software.role_of(program) in (Role.EDITOR, Role.GENERATOR) for program in programs
    )


def files(data: Path, seed: int) -> Iterator[tuple[str, bytes, bool]]:
    """Name, bytes, and whether the file comes from a camera collection; then those that mostly say nothing."""
    folder = data / "metadata" if (data / "metadata").is_dir() else data
    for line in (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        if not label.get("bad_suite"):
            name = label.get("source", label["file"]).rpartition("/")[2]
            yield name, (folder / label["file"]).read_bytes(), True
    for room, most in (("scenes", None), ("photos", PHOTOS)):
        paths = sorted(p for p in (data / room).rglob("*") if p.suffix.lower() in (".jpg", ".jpeg", ".png", ".webp"))
        random.Random(seed).shuffle(paths)
        for path in paths[:most]:
            yield path.name, path.read_bytes(), False


def alarms(judge: Judge, honest: Mapping[str, Sequence[set[str]]]) -> dict[str, Any]:
    """By contradicting rule: the share of claims it accuses, and of files, with what it weighs."""
    claims: Counter[str] = Counter()
    accused: Counter[str] = Counter()
    for spoken in honest.values():
        claims.update(rule for rules in spoken for rule in rules)
        accused.update(set().union(*spoken))
    total = sum(map(len, honest.values()))
    return {
        id_: {"weight": rule.weight, "claims": share(claims[id_], total), "files": share(accused[id_], len(honest))}
        for id_, rule in sorted(judge.rules.items())
        if rule.bearing is Bearing.CONTRADICTS
    }


def related(archive: MemoryArchive, judge: Judge, seen: Seen, number: int) -> set[str]:
    """The identity rules that speak on a file which another partner files after all before it; then it is archived."""
    claim = Claim(
        id=f"C-{number}",
        activity="in_store_display",
        partner=f"partner {number}",
        submitted_at=datetime(2030, 1, 1, tzinfo=UTC) + timedelta(hours=number),
    )
    item = Item(
        id=f"{claim.id}/r1/1", name=seen.item.name, kind=Kind.IMAGE, media_type="", digest=str(number), size=1,
        slot="context_photo",
    )  # fmt: skip
    evidence = seen.readings.evidence
    said = origin.of(exif.read(evidence), xmp.read(evidence), maker_notes.read(evidence), seen.item.name)
    traces = {item.id: [_trace(said)]}
    found = relate(archive, claim, [item], traces, archive.watermark("default"))
    archive.remember(claim, [item], traces, datetime(2030, 1, 1, tzinfo=UTC))
    return judge.judged(item, [found[item.id]])


def _trace(said: Origin) -> Trace:
    return Trace(
        page=0, width=1, height=1, pixel_digest="", pdq="0" * 64, pdq_quality=0, phash="", dhash="", origin=said
    )


def injected(judge: Judge, honest: Sequence[Honest], chance: random.Random) -> dict[str, Any]:
    """By rule: the share of injected violations that it found, of those files that could carry one."""
    hits: defaultdict[str, Counter[bool]] = defaultdict(Counter)
    missed: defaultdict[str, list[str]] = defaultdict(list)
    for number, one in enumerate(progress(honest if len(honest) > 1 else (), "violations")):
        other = honest[(number + 1 + chance.randrange(len(honest) - 1)) % len(honest)].raw
        for violation in violations(one, other, chance):
            seen = judge.see(violation.name, violation.raw)
            found = seen is not None and violation.rule in judge.spoke(seen, violation.brief)
            hits[violation.rule][found] += 1
            if not found:
                missed[violation.rule].append(one.name)
        for rule, first, second in makings(one, other, chance):
            archive = MemoryArchive()
            pair = [judge.see(name, raw) for name, raw in (first, second)]
            spoken = [related(archive, judge, file, n) for n, file in enumerate(pair, 1) if file is not None]
            hits[rule][len(spoken) == 2 and rule in spoken[1]] += 1
    return {
        rule: share(both[True], both.total()) | ({"missed": missed[rule][:5]} if missed[rule] else {})
        for rule, both in sorted(hits.items())
    }


def main() -> None:
    """Run and print."""
    options = parser(__doc__ or "").parse_args()
    warnings.simplefilter("ignore")  # Pillow's, on blocks that it cannot read whole
    judge, chance = Judge(), random.Random(options.seed)
    untouched: dict[str, list[set[str]]] = {}
    silent: dict[str, list[set[str]]] = {}
    carriers: list[Honest] = []
    archive, identity, edited = MemoryArchive(), {}, 0
    given = list(files(options.data, options.seed))[: options.limit]
    for number, (name, raw, camera) in enumerate(progress(given, "files")):
        seen = judge.see(name, raw)
        if seen is None:
            continue
        if camera and not is_untouched(seen):
            edited += bool(exif.read_bytes(raw).model)
            continue
        claims = [truthful(seen, raw, chance) for _ in range(CLAIMS)]
        (untouched if is_untouched(seen) else silent)[f"{number} {name}"] = [judge.spoke(seen, c.brief) for c in claims]
        if is_untouched(seen):
            identity[f"{number} {name}"] = [related(archive, judge, seen, number)]
        if seen.item.media_type == "image/jpeg" and is_untouched(seen):
            carriers.append(claims[0])
    told = alarms(judge, untouched)
    told |= {rule: figures for rule, figures in alarms(judge, identity).items() if rule.startswith("identity.")}
    recall = injected(judge, carriers, chance)
    heavy = [rule for rule, figures in told.items() if figures["weight"] >= HIGH]
    figures = {
        "files": {"untouched": len(untouched), "without camera data": len(silent), "edited by their own word": edited},
        "claims about each file": CLAIMS,
        "false_alarms": {rule: figures["claims"]["share"] for rule, figures in told.items()},
        "false alarms": told,
        "false alarms without camera data": alarms(judge, silent),
        "recall": {rule: figures["share"] for rule, figures in recall.items()},
        "violations": recall,
        "high weight": {
            "rules": heavy,
            "worst false alarm": max((told[rule]["claims"]["share"] or 0.0, rule) for rule in heavy),
            "worst recall": min(((recall[rule]["share"], rule) for rule in heavy if rule in recall), default=None),
            "not injected": [rule for rule in heavy if rule not in recall],
        },
    }
    tell("metadata_rules", figures, data=options.data.name, write=options.record)


if __name__ == "__main__":
    main()
