"""Reading press releases from folders and files."""
