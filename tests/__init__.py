"""The tests of Verbatim."""
