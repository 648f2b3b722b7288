"""Floor 4: values, context and services that every evaluation uses."""
