"""Key manifests as files that people keep: found, drafted from a repository, edited in place."""
