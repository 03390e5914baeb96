"""Recordings: what models and tools said in a run, in a file that people can read and that answers in their place."""
