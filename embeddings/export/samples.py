"""Sample texts to compare an export with its original on, of many lengths and kinds."""

from collections.abc import Sequence

_SENTENCES = (
    "Mayor Ada Quill opened the rebuilt Harbor Bridge on Monday.",
    "The bridge cost $48 million and carries 31,000 vehicles a day.",
    "“This bridge belongs to the people who waited for it,” said Mayor Quill.",
    "All four branches of the city library will open on Sundays from noon to five.",
    "The Coast Authority will not raise ferry fares before January 2026.",
    "Senators reintroduced H.R. 1234, the Clean Rivers and Safe Drinking Water Act.",
    "The grant, awarded by the Department of Agriculture, supports 17 rural hospitals.",
    "Volunteers are wanted to count harbor seals on the north beach at low tide.",
    "El senador pidió una investigación sobre las tarifas de la electricidad.",
    "For immediate release: March 18, 2024. Contact: press@harbor.example.",
    "Veterans who were exposed to burn pits can now apply for care without a waiting period.",
    "The committee voted 21–4 to send the nomination to the full Senate.",
)
_ODD = (
    "",
    " ",
    "?",
    "HOW MUCH DID IT COST",
    "½ € 漢字 🌉 naïve café",
    "tab\tline\nfeed\u200bnothing",
    "https://www.harbor.example/news/bridge?id=7#:~:text=bridge",
    "supercalifragilisticexpialidocious" * 8,
)
QUESTIONS: Sequence[str] = (
    "How much did the bridge cost?",
    "When is the library open?",
    "Who counts seals?",
    "What did the senator say about electricity?",
)


def sample_texts() -> list[str]:
    """A few dozen texts, from an empty one to one longer than models take."""
    paragraphs = [
        " ".join(_SENTENCES[at : at + size]) for size in (1, 2, 4) for at in range(0, 12, size)
    ]
    return [*_ODD, *QUESTIONS, *paragraphs, " ".join(_SENTENCES * 4)]


def sample_answers() -> list[str]:
    """Texts of which some answer one of `QUESTIONS`."""
    return [*_SENTENCES, *_ODD, " ".join(_SENTENCES * 2)]
