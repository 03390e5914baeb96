"""Prompt experiments: a grid of prompts, models and parameters over rows of data, as a tidy DataFrame."""
