"""Floor 4: look-ups. The search rules are in `search`, the stores behind them in one module each.

`registry` names all types; `model` is what a type of one's own has to provide.
"""
