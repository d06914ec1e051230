"""Lists of releases, and whole releases."""
