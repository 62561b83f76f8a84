"""Reporting turns a claim's report into what a person reads: a page, a terminal summary, a partner's extract."""
