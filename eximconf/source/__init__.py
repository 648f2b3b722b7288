"""Floor 0: texts that know where they came from, and findings about them."""
