"""The command line: the commands, and their results as text and as JSON."""
