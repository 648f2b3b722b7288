"""The services of a session: what it has recorded, nothing else unless the run is live."""
