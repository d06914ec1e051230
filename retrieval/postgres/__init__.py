"""Verbatim's schemas in a PostgreSQL database: connections, errors and migrations."""
