"""The command line: what each command takes, and how its result is shown."""
