"""The fingerprint index: immutable segments of sightings made searchable, beside the archive that is the truth.

It finds candidates and decides nothing. Whatever is in it was read from the archive and can be read again: a segment
that is damaged, foreign or of another version is set aside and made anew.
"""
