"""Text to facts: one module a format, each `parse(data) -> (entries, problems)`."""
