"""Releases about a topic over time."""
