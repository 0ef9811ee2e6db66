"""The one core: sources in, a report out."""
