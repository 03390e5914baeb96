"""The agent: the loop of turns, and `Agent`, its door for people who write Python."""
