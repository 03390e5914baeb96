"""Traces: events become spans, spans become rows, rows become a DataFrame."""
