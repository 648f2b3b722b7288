"""The TOML of a session: what may stand in it, and what it comes to."""
