"""The one place that knows every room: settings in, a Verifier out. A new inspector is one line in `inspectors`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from verifier import __version__, codec, comparison, identity, programs
from verifier.archive.opening import open_archive
from verifier.casefile import BrandKit
from verifier.comparison import Comparison, Scope
from verifier.decode import Decoder
from verifier.errors import VerifierError
from verifier.inspection import Inspector, Inspectorate
from verifier.inspectors.campaign import Campaign
from verifier.inspectors.campaign_metrics import CampaignMetrics
from verifier.inspectors.display import Display, load_looks, load_scorecard
from verifier.inspectors.logo import Logo
from verifier.inspectors.metadata import Metadata
from verifier.inspectors.properties import Properties
from verifier.inspectors.provenance import Provenance
from verifier.inspectors.quality import Quality
from verifier.inspectors.registrations import Registrations
from verifier.inspectors.scene import Scene
from verifier.instruments import slot
from verifier.instruments.cards import read_cards
from verifier.instruments.credentials import load_anchors
from verifier.intake import Intake
from verifier.programs import load_kits, load_venues
from verifier.rulebook import load_rulebook
from verifier.scoring import Scoring
from verifier.settings import Settings
from verifier.verify import Verifier, Versions
from verifier.workers import Limits, Pool


def inspectors(settings: Settings) -> tuple[Inspector, ...]:
    """Every inspector, in the order in which an item meets them: the cheap ones first."""
    return (
        Metadata(),
        Properties(),
        Provenance(anchors=load_anchors(settings.trust_anchors)),
        Quality(),
        Registrations(),
        CampaignMetrics(),
        Campaign(),
        Scene(model=settings.models / "scene", faces=settings.models / "faces"),
        _display(settings),
        Logo(),
    )


def _display(settings: Settings) -> Display:
    """With our logo embedding, or with the one in use and the weights that were fitted for it."""
    ours = settings.models / "logo_embedding"
    if settings.embedding is None:
        return Display(scorecard=load_scorecard(settings.models / "brand_presence"), looks=load_looks(ours))
    theirs = settings.embedding.parent
    return Display(scorecard=load_scorecard(theirs / slot.FUSION), looks=load_looks(theirs, ours))


def inspectorate(settings: Settings) -> Inspectorate:
    """What each guarded worker builds once for itself."""
    return Inspectorate(
        decode=Decoder(max_pixels=settings.max_pixels, max_pages=settings.max_pages, max_rows=settings.max_rows),
        inspectors=inspectors(settings),
        budget=settings.inspection_budget,
        faceless=frozenset(filter(None, map(str.strip, settings.blur_faces.split(",")))),
    )


def declared_codes(settings: Settings | None = None) -> Mapping[str, frozenset[str]]:
    """Every finding code that rules may rest on, by who gives it."""
    own = {inspector.name: inspector.codes for inspector in inspectors(settings or Settings.from_environment())}
    return {**own, "duplicates": comparison.CODES, "identity": identity.CODES, "claim": programs.CODES}


@contextmanager
def assemble(settings: Settings) -> Iterator[Verifier]:
    """A Verifier with its workers and archive open; both are closed at the end."""
    settings = slot.settled(settings)
    rulebook = load_rulebook(settings.rules, declared_codes(settings))
    cards = read_cards(settings.models)
    for card in cards:
        card.check()
    limits = Limits(memory=settings.worker_memory, wall=settings.worker_wall, cpu=settings.worker_cpu)
    kits = load_kits(settings.brands) if settings.brands else {}
    venues = load_venues(settings.venues) if settings.venues else {}
    within = _scope(settings.compare_within)
    archive = open_archive(settings.archive)
    with Pool(partial(inspectorate, settings), workers=settings.workers, limits=limits) as pool:
        try:
            yield Verifier(
                intake=Intake(max_bytes=settings.max_item_bytes, max_items=settings.max_claim_items),
                inspect=lambda item, data, brief: pool.submit(Inspectorate.inspect, item, data, brief),
                comparison=Comparison(archive=archive, run=pool.run, scope=within),
                rulebook=rulebook,
                scoring=Scoring(policy=rulebook.policy, requirements=rulebook.requirements),
                archive=archive,
                kits=kits,
                venues=venues,
                versions=versions(settings, kits),
                clock=lambda: datetime.now(UTC),
            )
        finally:
            archive.close()


def versions(settings: Settings, kits: Mapping[str, BrandKit]) -> Versions:
    """Digests of the models, and of the pipeline: all that findings rest on beside the claim and its files.

    That is the package, each inspector's version, the trust list, the models, the brand kits and the limits on what is
    looked at. Kits, artwork and lists in the archive may change while a service runs: `Verifier.pipeline` adds theirs.
    """
    models = {card.name: card.digest for card in read_cards(settings.models)}
    if (choice := slot.of(settings)) is not None:
        models[choice.embedding.name] = choice.digest
    walked = [(inspector.name, inspector.version) for inspector in inspectors(settings)]
    compared = [("duplicates", comparison.VERSION), ("identity", identity.VERSION), ("claim", programs.VERSION)]
    limits = (settings.max_pixels, settings.max_pages, settings.max_rows, settings.inspection_budget)
    within = (settings.compare_within, settings.blur_faces)
    trusted = codec.sha256(load_anchors(settings.trust_anchors).encode())
    searched = [_digest_of(kit) for kit in kits.values()]
    pipeline = codec.digest_of((__version__, walked, compared, within, trusted, models, searched, limits))
    return Versions(pipeline=pipeline, models=models)


def _scope(name: str) -> Scope:
    try:
        return Scope(name)
    except ValueError:
        raise VerifierError(f"VERIFIER_COMPARE_WITHIN={name!r} is no scope", "say partner, program or vendor") from None


def _digest_of(kit: BrandKit) -> str:
    pictures = [(picture.name, picture.role, picture.variant, codec.sha256(picture.data)) for picture in kit.pictures]
    return codec.digest_of((codec.to_data(replace(kit, pictures=())), pictures))
