"""A data folder in one file, and back: ``verbatim backup`` and ``verbatim restore``."""
