"""The sources of the releases, and reading web sites again."""
