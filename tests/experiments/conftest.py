"""Fixtures of this folder."""

from tests.experiments.models import calls, store

__all__ = ["calls", "store"]
