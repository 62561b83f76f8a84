"""Traces: what is kept of a page so that later claims can be compared with it."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.casefile.marks import Box

_PAGES = 1_000_000  # more than any item has


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Something a file says of its making that only files of one making share: personal data, for reviewers' eyes.

    `kind` is image (an id of one exposure), exposure (a body and the fraction of a second), document and instance (ids
    of an edited file and of one saved state of it), file (a PDF, however often it was saved since), device (a camera
    body) or roll (a series of file numbers, in which this one has `number`).
    """

    kind: str
    value: str
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a file says of where it came from. `earliest` and `latest` bound the capture in UTC (ISO 8601, "" unknown);
    degrees are WGS 84, `error` metres; None where the file says no position that can be believed.
    """

    identities: tuple[Identity, ...] = ()
    earliest: str = ""
    latest: str = ""
    latitude: float | None = None
    longitude: float | None = None
    error: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A printed figure (normalised like words), where it stands on the page, and its label if one was told."""

    text: str
    box: Box
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The fingerprints of one page. Hashes are hex texts; `features` is the digest of a blob, "" where there is none.

    `pdq` is 256 bits (64 hex digits); `pdq_quality` 0..100, below 50 the hash must not be used for matching.
    `panel` counts 1, 2 ... the photos set into a page (collages, slides), each with a trace of its own that follows the
    page's; `box` is where on the page it is, and width and height are its own. 0: the whole page.
    `words` are the normalised words and figures read on the page (templates are compared by what they say); `figures`
    are the figures among them with their places. `places` are left, top, right and bottom of each of `words` in pixels;
    empty where they are not known.
    `sheet` is the name of a table that this is the trace of, None for a page: a table has no pixels, so no hashes count
    and nothing is shown; its words are its cells, places are counted in cells, and `pixel_digest` is that of its texts.
    """

    page: int
    width: int
    height: int
    pixel_digest: str
    pdq: str
    pdq_quality: int
    phash: str
    dhash: str
    preview: str = ""
    features: str = ""
    words: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    places: tuple[tuple[int, int, int, int], ...] = ()
    device: str = ""  # an identity that the camera wrote (serial number, ImageUniqueID ...), "" where there is none
    origin: Origin | None = None  # of the item, on its first page
    panel: int = 0
    box: Box | None = None
    sheet: str | None = None

    @property
    def place(self) -> int:
        """A number that no other trace of the item has; of a whole page, the page's."""
        return self.page + _PAGES * self.panel
