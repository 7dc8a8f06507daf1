"""Metrics: what a table of samples says. One metric a file."""
