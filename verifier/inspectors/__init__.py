"""Inspectors: one file answers one question about one item. They measure and never judge, and do not know each other."""
