"""Releases from the web: finding what an address offers, and fetching it with manners."""
