"""What a report's pipeline digest covers: whatever may change its findings, so that no old report passes for a new."""

from dataclasses import replace
from pathlib import Path

from verifier.assembly import versions
from verifier.casefile import BrandKit, Picture
from verifier.settings import Settings

SETTINGS = Settings()
KIT = BrandKit(id="nordlicht", names=("Nordlicht",), pictures=(Picture(name="a.png", role="logo", data=b"\xff\x00"),))


def pipeline(*kits: BrandKit, settings: Settings = SETTINGS) -> str:
    return versions(settings, {kit.id: kit for kit in kits}).pipeline


def test_the_same_kits_and_settings_are_the_same_pipeline() -> None:
    assert pipeline(KIT) == pipeline(replace(KIT))


def test_other_brand_kits_are_another_pipeline() -> None:
    redrawn = replace(KIT, pictures=(replace(KIT.pictures[0], data=b"\xff\x01"),))
    renamed = replace(KIT, names=("Nordlicht", "NL"))
    badge = replace(KIT, pictures=(replace(KIT.pictures[0], variant="badge"),))
    assert len({pipeline(), *(pipeline(kit) for kit in (KIT, redrawn, renamed, badge))}) == 5


def test_other_limits_on_what_is_looked_at_are_another_pipeline() -> None:
    other = [replace(SETTINGS, max_pages=1), replace(SETTINGS, max_rows=1), replace(SETTINGS, inspection_budget=1.0)]
    assert len({pipeline(settings=settings) for settings in [SETTINGS, *other]}) == 4


def test_another_trust_list_is_another_pipeline(tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_text("-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n")
    assert pipeline(settings=replace(SETTINGS, trust_anchors=tmp_path / "root.pem")) != pipeline()


def test_where_reports_are_kept_and_by_how_many_is_none_of_it() -> None:
    assert pipeline(settings=replace(SETTINGS, archive="memory:", workers=7)) == pipeline()
