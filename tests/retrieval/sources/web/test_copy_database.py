import threading

import pytest

from retrieval.sources.web.copy_database import CopyDatabase, format_of
from retrieval.sources.web.page_files import CopyUnusable

NAME = "some.sqlite"


@pytest.fixture
def database(tmp_path):
    database = CopyDatabase(tmp_path, NAME, 3)
    with database.transaction() as connection:
        assert format_of(connection) == 0
        connection.execute("CREATE TABLE word (text TEXT)")
        connection.execute("PRAGMA user_version = 3")
    yield database
    database.close()


def words(database):
    with database.reading() as connection:
        return [text for (text,) in connection.execute("SELECT text FROM word ORDER BY rowid")]


def test_what_a_transaction_wrote_is_there_when_it_is_opened_again(database, tmp_path):
    with database.transaction() as connection:
        connection.execute("INSERT INTO word VALUES ('ferry')")
    again = CopyDatabase(tmp_path, NAME, 3)
    assert words(again) == ["ferry"]
    again.close()


@pytest.mark.parametrize("error", [ValueError("x"), TypeError("x"), OverflowError("x")])
def test_a_value_that_is_not_what_was_stored_says_so(database, tmp_path, error):
    damaged = pytest.raises(CopyUnusable, match="one of its values is damaged: x")
    with damaged as raised, database.parsing():
        raise error
    assert str(tmp_path) in str(raised.value)


def test_an_error_takes_a_transaction_back(database):
    def fail():
        with database.transaction() as connection:
            connection.execute("INSERT INTO word VALUES ('ferry')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert words(database) == []


@pytest.mark.parametrize(
    "statement", ["INSERT INTO nowhere VALUES (1)", "INSERT INTO word VALUES ('\udc80')"]
)
def test_what_goes_wrong_says_that_the_copy_cannot_be_used(database, tmp_path, statement):
    with pytest.raises(CopyUnusable) as raised, database.transaction() as connection:
        connection.execute(statement)
    assert str(tmp_path) in str(raised.value)
    assert words(database) == []


def test_a_transaction_sees_no_other_one_half_done(database, tmp_path):
    entered = threading.Event()

    def write():
        other = CopyDatabase(tmp_path, NAME, 3)
        with other.transaction() as connection:
            connection.execute("INSERT INTO word VALUES ('ferry')")
            entered.set()
            connection.execute("INSERT INTO word VALUES ('fare')")
        other.close()

    writer = threading.Thread(target=write)
    writer.start()
    entered.wait()
    assert words(database) in ([], ["ferry", "fare"])
    writer.join()
    assert words(database) == ["ferry", "fare"]


def test_what_a_newer_version_wrote_is_refused_and_stays_as_it_is(database, tmp_path):
    with pytest.raises(CopyUnusable, match="newer version"):
        CopyDatabase(tmp_path, NAME, 2)
    assert words(database) == []


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"\xff" * 5000])
def test_a_damaged_file_is_refused_and_stays_as_it_is(tmp_path, content):
    (tmp_path / NAME).write_bytes(content)
    with pytest.raises(CopyUnusable):
        CopyDatabase(tmp_path, NAME, 3)
    assert (tmp_path / NAME).read_bytes() == content


def test_a_folder_that_is_not_there_is_reported(tmp_path):
    with pytest.raises(CopyUnusable):
        CopyDatabase(tmp_path / "nowhere", NAME, 3)


def test_a_closed_database_is_not_read(database):
    database.close()
    with pytest.raises(CopyUnusable), database.reading() as connection:
        connection.execute("SELECT 1")
