"""Floor 5: access control lists: statements compiled to callables, and the engine that runs them."""
