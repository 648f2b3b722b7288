"""The settings of a project: ``exim-conf.toml``, where it is found, and what it says."""
