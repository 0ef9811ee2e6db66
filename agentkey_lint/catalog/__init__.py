"""Read-only knowledge: `compiled` holds what stands in rules/, the other modules answer questions with it."""
