"""Floor 6: recorded sessions: read, played against a configuration, compared, covered, imported."""
