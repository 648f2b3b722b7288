"""Exim's configuration language and ACL engine: check, test and explain a mail server's configuration.

The library's face is in `eximconf.api`; `load` and its companions can be had from here.
"""

from typing import Any

__all__ = ["Config", "Ending", "Expanded", "expand", "load", "new_context"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name in __all__:
        from eximconf import api

        return getattr(api, name)
    raise AttributeError(f"module 'eximconf' has no attribute {name!r}")
