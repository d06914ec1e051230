"""What people can do in Discord, in a folder for each feature."""
