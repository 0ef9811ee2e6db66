"""Judgement: one rule one file. A rule is a function from one fact to claims; it imports model and catalog, never a sibling."""
