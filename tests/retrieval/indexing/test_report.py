"""What a report keeps of what there is to note, and what it only counts."""

from retrieval.indexing.report import MAX_NOTED, MAX_NOTES, DocumentNotes
from retrieval.release import DocumentNote


def test_the_first_documents_of_a_note_are_kept_and_all_are_counted() -> None:
    notes = DocumentNotes()
    for number in range(1000):
        notes.add(DocumentNote(f"{number}.html", "captions were left out"))
    notes.add(DocumentNote("news", "passed over: 3 .rtf"))
    assert len(notes.first) == MAX_NOTED + 1
    assert [note.source for note in notes.first[-2:]] == [f"{MAX_NOTED - 1}.html", "news"]
    assert notes.counts == {"captions were left out": 1000, "passed over: 3 .rtf": 1}
    assert notes.others == 0


def test_of_countless_different_notes_the_first_are_kept() -> None:
    notes = DocumentNotes()
    for number in range(1000):
        notes.add(DocumentNote("a.html", f"note {number}"))
    notes.add(DocumentNote("b.html", "note 0"))
    assert [note.text for note in notes.first[:-1]] == [f"note {n}" for n in range(MAX_NOTES)]
    assert notes.first[-1] == DocumentNote("b.html", "note 0")
    assert (notes.counts["note 0"], notes.others) == (2, 1000 - MAX_NOTES)
