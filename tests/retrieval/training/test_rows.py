import gzip

from retrieval.training.rows import read_rows, write_rows

# Both characters end a line for `str.splitlines`, and neither does in JSON Lines.
ROWS = [{"id": "a", "text": "a\u2028b\x85\n"}, {"id": "ü"}]


def test_rows_are_read_as_they_were_written(tmp_path):
    path = tmp_path / "new" / "rows.jsonl"
    write_rows(path, ROWS)
    assert read_rows(path) == ROWS


def test_compressed_rows_are_read(tmp_path):
    path, compressed = tmp_path / "rows.jsonl", tmp_path / "rows.jsonl.gz"
    write_rows(path, ROWS)
    compressed.write_bytes(gzip.compress(path.read_bytes()))
    assert read_rows(compressed) == ROWS
