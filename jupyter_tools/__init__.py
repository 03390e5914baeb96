"""Agents that call tools, in a notebook: `%load_ext jupyter_tools`, then `%%agent`."""

__version__ = "0.1.0"
