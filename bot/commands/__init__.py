"""What people can do in Discord: ask, see what was published, and run it."""
