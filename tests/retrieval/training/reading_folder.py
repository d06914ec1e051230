"""A folder like ``qa/reading``, of a few rows."""

import gzip
import json

PASSAGES = (
    (
        "p0",
        "Chess",
        "The world cup was won by a Norwegian, who had never lost a game of it before.",
    ),
    ("p1", "Novels", "Emma was written by Jane Austen, who also wrote the novel Persuasion."),
    ("p2", "Venus", "The surface of Venus is hotter than an oven."),
    ("p3", "Novels", "Ulysses was written in Trieste, Zurich and Paris."),
)
QUESTIONS = (
    ("q0", "Who won the chess world cup?", "p0", "a Norwegian"),
    ("q1", "Who wrote Emma?", "p1", "Jane Austen"),
    ("q2", "How hot is the surface of Venus?", "p2", None),
)
UNANSWERABLE = (("u0", "Who printed Emma?", "p1"),)


def write_reading_folder(folder):
    """Write it; returns the folder."""
    folder.mkdir()
    answered = [(id, passage, answer) for id, _, passage, answer in QUESTIONS if answer]
    files = {
        "passages": [dict(zip(("id", "title", "text"), row, strict=True)) for row in PASSAGES],
        "questions": [
            {"id": id, "question": text, "passages": [passage]}
            for id, text, passage, _ in QUESTIONS
        ],
        "answers": [{"id": id, "answers": {passage: [answer]}} for id, passage, answer in answered],
        "unanswerable": [
            {"id": id, "question": text, "passages": [passage]}
            for id, text, passage in UNANSWERABLE
        ],
    }
    for name, rows in files.items():
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
    return folder
