"""Tools: what a model may call. `tool` says what one is, `invocation` runs one call, `execution` a message's calls.

`runner` is the door for programs that call one tool at a time; both doors lead to the same engine.
"""
