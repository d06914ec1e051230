"""Twenty questions about the sample release: the rank of the right paragraph, and the answer.

python -m tests.benchmarks.sample
"""

import tempfile
from pathlib import Path

from bot.settings import Settings, open_archive
from retrieval.question import Question
from tests.benchmarks.parts import Options, Part, Table, run_alone

SEEDS = Path(__file__).parents[2] / "seeds"

QUESTIONS = (
    ("Who did Rep. Takano meet with?", 1),
    ("What is CECOT?", 1),
    ("Who is Andry José Hernández Romero?", 1),
    ("Has Andry been released?", 1),
    ("makeup artist", 1),
    ("Why did Andry come to the United States?", 2),
    ("How many Venezuelans were flown to CECOT?", 2),
    ("What became of his asylum claim?", 2),
    ("How was Andry treated in prison?", 2),
    ("daily assaults and abuses", 2),
    ("What questions remain about due process?", 3),
    ("Does Andry have scars?", 3),
    ("What did Takano say about the Constitution?", 4),
    ("stain on the moral fabric", 4),
    ("What did Andry say about ICE officials?", 5),
    ("For how many men did Takano call for justice?", 5),
    ("What legislation did Takano introduce?", 6),
    ("What did the Congressional letter demand?", 6),
    ("Who asked for a wellness check on Andry?", 6),
    ("special order hour immigrant rights", 6),
)
"""Questions, each with the number of the paragraph that answers it."""


def measure(_: Options) -> Part:
    """Ask each question."""
    rows = []
    with tempfile.TemporaryDirectory() as data:
        archive = open_archive(Settings(data=Path(data)))
        archive.reindex([SEEDS])
        for text, relevant in QUESTIONS:
            answer = archive.ask(Question(text))
            ranked = [passage.paragraph for passage in answer.passages]
            rank = str(ranked.index(relevant) + 1) if relevant in ranked else "> 5"
            answered = "yes" if answer.answered else "no"
            rows.append((text, rank, answered, f"{answer.confidence:.2f}"))
    first = sum(row[1] == "1" for row in rows)
    table = Table(
        f"The right paragraph is first for {first} of {len(rows)}",
        ("question", "rank", "answered", "confidence"),
        tuple(rows),
    )
    return Part("The sample release", "Twenty questions about the page in `seeds/`.", (table,))


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
