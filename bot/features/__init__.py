"""What people can do in Discord, a folder a feature."""
