"""What a configuration is touched by when Exim goes from one version to another."""
