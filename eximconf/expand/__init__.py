"""Floor 5: expansion trees compiled to callables; items, operators, conditions, variables."""
