"""Damaged and hostile inputs for every reader: ``python -m tests.fuzz`` (``make fuzz``)."""
