"""Inspectors: one file answers one question about one item. They measure, never judge, and do not know each other."""
