"""One verb one file."""
