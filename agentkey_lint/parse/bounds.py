"""Bounds that hold for every parser: the repository is hostile input."""

MAX_DEPTH = 200
"""Nesting beyond this is a problem at that place; what stands deeper is not read."""

MAX_ENTRIES = 200_000
"""Entries beyond this are a problem; the rest of the file is not read as configuration (its text is still matched)."""

MAX_BYTES = 16 * 1024 * 1024
"""Larger files are not read as configuration."""
