"""Parsing of questions: the times, names and phrases in them, and the answer they expect."""
