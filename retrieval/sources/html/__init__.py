"""Saved web pages: their visible text, and which of it is the release."""
