"""Which logo embedding is in use: ours, or another that an operator put there (`verifier models use CARD`).

The choice is kept in a file beside the archive, with a digest of all that it rests on, so that nothing is exchanged
behind the reports' back. Another embedding brings its own weights of brand presence: `FUSION` beside its card, made by
`models/brand_presence/fit.py`; ours stay as they are.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from verifier.archive.opening import database_of
from verifier.errors import ArchiveError, ModelError
from verifier.instruments import tower
from verifier.instruments.cards import Card
from verifier.instruments.looks import CARD, FUSION
from verifier.instruments.scorecard import load_scorecard
from verifier.settings import Settings

__all__ = ["FUSION", "Choice", "checked", "of", "settled", "use", "weights"]
_OURS, _FUSED = "logo_embedding", "brand_presence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Another embedding's card, and the digest (SHA-256, hex) of it, of its fusion's card and of all their files."""

    embedding: Card
    digest: str


def checked(path: Path, models: Path) -> Choice:
    """Another embedding that may be used. Raises ModelError, in one line, where it may not."""
    embedding = tower.check(path)
    fusion = path.parent / FUSION / CARD
    if not fusion.is_file():
        raise ModelError(
            f"{path}: brand presence was not fitted for it", f"python -m models.brand_presence.fit --embedding {path}"
        )
    load_scorecard(fusion.parent)
    if _fitted_for(fusion) != embedding.card.digest:
        raise ModelError(f"{fusion}: fitted for other files than those of {path}", "fit it again")
    if embedding.card.name in {one.parent.name for one in models.glob(f"*/{CARD}")}:
        raise ModelError(f"{path}: {embedding.card.name} is the name of a model that comes along", "give it another")
    parts = (path.read_bytes(), fusion.read_bytes())
    digest = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
    return Choice(embedding=embedding.card, digest=digest)


def use(settings: Settings, path: Path) -> Choice | None:
    """Put an embedding in use for the settings' archive; None when it is ours. Raises ModelError, ArchiveError."""
    kept = _kept(settings.archive)
    if kept is None:
        raise ArchiveError(f"{settings.archive!r} keeps nothing", "name an archive that does: sqlite:///PATH")
    if path.resolve() == (settings.models / _OURS / CARD).resolve():
        kept.unlink(missing_ok=True)
        return None
    choice = checked(path, settings.models)
    kept.parent.mkdir(parents=True, exist_ok=True)
    waiting = kept.with_suffix(".new")
    text = json.dumps({"card": str(path.resolve()), "name": choice.embedding.name, "digest": choice.digest})
    waiting.write_text(text + "\n", encoding="utf-8")
    waiting.replace(kept)
    return choice


def settled(settings: Settings) -> Settings:
    """The settings with the embedding that was put in use for their archive, where one was; `embedding` goes before.

    Raises ModelError when it is not what it was then.
    """
    path, digest = (None, "") if settings.embedding else _noted(settings)
    if path is None:
        return settings
    if checked(path, settings.models).digest != digest:
        raise ModelError(f"{path}: changed since it was put in use", "restore it, or `verifier models use` it again")
    return replace(settings, embedding=path)


def of(settings: Settings) -> Choice | None:
    """What is in use by these settings as they are; None when it is ours."""
    return checked(settings.embedding, settings.models) if settings.embedding else None


def weights(settings: Settings) -> Path:
    """The folder of the scorecard of the embedding in use, which is not checked here. Raises ModelError."""
    path = settings.embedding or _noted(settings)[0]
    return path.parent / FUSION if path else settings.models / _FUSED


def _noted(settings: Settings) -> tuple[Path | None, str]:
    """The card that was put in use for the settings' archive, and its digest then; None and "" for ours."""
    kept = _kept(settings.archive)
    if kept is None or not kept.is_file():
        return None, ""
    try:
        noted = json.loads(kept.read_text(encoding="utf-8"))
        return Path(noted["card"]), str(noted["digest"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{kept}: names no embedding: {error!r}", "`verifier models use CARD` again") from None


def _fitted_for(fusion: Path) -> str:
    return str(yaml.safe_load(fusion.read_text(encoding="utf-8")).get("embedding"))


def _kept(archive: str) -> Path | None:
    """Where the choice is kept; None for an archive that keeps nothing."""
    return None if archive == "memory:" else database_of(archive).with_suffix(".embedding.json")
