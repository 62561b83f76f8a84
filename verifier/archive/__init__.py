"""The archive: what was submitted and reported before, behind one small protocol."""
