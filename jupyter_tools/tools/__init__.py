"""Tools: what a model may call. `tool` says what one is, `runner` runs one call, `execution` a whole batch."""
