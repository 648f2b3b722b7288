"""The drivers of routers, one module each."""
