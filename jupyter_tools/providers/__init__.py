"""Providers: whoever answers. One file each; `base` says what a provider is."""
