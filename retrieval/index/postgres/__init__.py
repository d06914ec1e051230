"""The index in PostgreSQL: its tables, and a generation in them, opened to be read."""
