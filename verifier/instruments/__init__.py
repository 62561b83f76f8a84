"""Instruments take readings from evidence: text, layout, EXIF, fingerprints, features; they know no claim."""
