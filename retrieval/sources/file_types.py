"""Which files of a folder are read, by the ending of their name."""

LINES_SUFFIXES = (".jsonl", ".jsonl.gz", ".ndjson")
JSON_SUFFIX = ".json"
DOCUMENT_SUFFIXES = (
    ".txt",
    ".text",
    ".md",
    ".markdown",
    ".html",
    ".htm",
    ".xhtml",
    ".mht",
    ".mhtml",
    ".eml",
    ".pdf",
    ".docx",
)

SUFFIXES: tuple[str, ...] = (*DOCUMENT_SUFFIXES, *LINES_SUFFIXES, JSON_SUFFIX)
"""The file name endings that are read when a folder is searched."""
