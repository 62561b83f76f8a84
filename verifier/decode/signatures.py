"""The first bytes of the pictures and documents that are read. Intake builds on it, and so do messages' attachments."""

from __future__ import annotations

_STARTS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"II+\0", "image/tiff"),  # BigTIFF
    (b"MM\0+", "image/tiff"),
)
_BMP_HEADERS = tuple(size.to_bytes(4, "little") for size in (12, 16, 40, 52, 56, 64, 108, 124))  # "BM" alone is a word
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_AVIF = {b"avif", b"avis"}


def picture_type(data: bytes) -> str | None:
    """The media type of a picture that is read, by content; None for everything else."""
    for start, media_type in _STARTS:
        if data.startswith(start):
            return media_type
    if data[:2] == b"BM" and data[14:18] in _BMP_HEADERS:
        return "image/bmp"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    brands = brands_of(data)
    if brands & _AVIF:
        return "image/avif"
    return "image/heic" if brands & _HEIC else None


def is_pdf(data: bytes) -> bool:
    """Whether a PDF header stands within the first 1,024 bytes, where readers look for it."""
    return b"%PDF-" in data[:1024]


def brands_of(data: bytes) -> frozenset[bytes]:
    """The brands that an ISO base media file (HEIF, AVIF, MP4 ...) declares in its `ftyp` box, the major one too."""
    if data[4:8] != b"ftyp":
        return frozenset()
    size = min(int.from_bytes(data[:4], "big"), 512)
    return frozenset(data[at : at + 4] for at in (8, *range(16, max(16, size - 3), 4)))
