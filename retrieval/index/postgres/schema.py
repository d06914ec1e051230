"""The tables of the index.

A row of most tables is of several generations: of those numbered from ``born`` up to, and without,
``died``, as far as they go on from it (`Generation`). So a generation that differs little from the
one before takes few rows, a transaction switches from one to the next, and who reads the old one
goes on. `retrieval.indexing.postgres_writer` writes them. Terms and the words of paragraphs are as
`stored_words` has them, the words of ``word`` and all texts as `stored_text`. What is only looked
up has hash indexes: a B-tree refuses texts of over 2,700 bytes.

The indexes over passages are of the number of dimensions of the model, and of the extensions that
there are, so `create_indexes` makes them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.postgres.database import Connection

SCHEMA = "verbatim"
FOREVER = (1 << 63) - 1
"""The generation in which what has not died yet dies."""

MIGRATIONS: Sequence[str] = (
    f"""
    CREATE EXTENSION IF NOT EXISTS vector SCHEMA public;
    DO $$ BEGIN
        IF (SELECT string_to_array(extversion, '.')::integer[] FROM pg_extension
            WHERE extname = 'vector') < ARRAY[0, 8] THEN
            RAISE EXCEPTION 'the extension vector (pgvector) must be of version 0.8 or newer';
        END IF;
    END $$;
    CREATE TABLE generation (
        number bigint PRIMARY KEY,
        manifest text NOT NULL,        -- JSON, as in a folder, without files
        token text NOT NULL,           -- random: of a data folder that has the same generation
        sources text,                  -- JSON: what it was built from
        readers text,                  -- the version of the readers that it was read by
        terms bigint NOT NULL,         -- of all its passages, repeated ones included
        releases bigint NOT NULL,      -- how many numbers of releases were ever given
        passages bigint NOT NULL,      -- likewise, of passages
        superseded timestamptz         -- when the next one was published
    );
    CREATE TABLE current (
        generation bigint NOT NULL REFERENCES generation (number),
        is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only)
    );
    CREATE TABLE release (
        number bigint PRIMARY KEY,
        born bigint NOT NULL,
        died bigint NOT NULL DEFAULT {FOREVER},
        id text NOT NULL,
        title text NOT NULL,
        folded_title text NOT NULL,
        date date,
        url text,
        newsroom text,
        author text,
        dateline text,
        source text NOT NULL,
        date_source text,
        gone date,                     -- since when it is on no site any more
        digest bytea NOT NULL,
        places text,
        passages integer NOT NULL      -- how many it has
    );
    CREATE INDEX release_id ON release USING hash (id);
    CREATE INDEX release_newest ON release (date DESC NULLS LAST);
    CREATE INDEX release_died ON release (died);
    CREATE TABLE copy (
        release bigint NOT NULL REFERENCES release (number) ON DELETE CASCADE,
        position integer NOT NULL,     -- from 0, the release itself first
        id text NOT NULL,
        url text,
        newsroom text,
        source text NOT NULL,
        PRIMARY KEY (release, position)
    );
    CREATE INDEX copy_id ON copy USING hash (id);
    CREATE INDEX copy_newsroom ON copy USING hash (newsroom);
    CREATE TABLE paragraph (
        release bigint NOT NULL REFERENCES release (number) ON DELETE CASCADE,
        number integer NOT NULL,       -- from 1
        text text NOT NULL,
        words text,                    -- of paragraphs that are passages
        PRIMARY KEY (release, number)
    );
    CREATE TABLE passage (
        number bigint PRIMARY KEY,
        release bigint NOT NULL REFERENCES release (number) ON DELETE CASCADE,
        born bigint NOT NULL,
        died bigint NOT NULL DEFAULT {FOREVER},
        paragraph integer NOT NULL,
        first integer NOT NULL,
        stop integer NOT NULL,
        under integer NOT NULL,
        key bytea NOT NULL,            -- the `passage_key` of the embedded text
        terms text NOT NULL,           -- of title, author and passage, in any order
        vector halfvec NOT NULL
    );
    ALTER TABLE passage ALTER COLUMN vector SET STORAGE PLAIN;  -- read in every exact search
    CREATE INDEX passage_release ON passage (release);
    CREATE TABLE recurring (           -- passages that recur, and answer nothing
        passage bigint NOT NULL REFERENCES passage (number) ON DELETE CASCADE,
        born bigint NOT NULL,
        died bigint NOT NULL DEFAULT {FOREVER},
        PRIMARY KEY (passage, born)
    );
    CREATE TABLE term (
        term text NOT NULL,
        passages integer NOT NULL,     -- that have it
        born bigint NOT NULL,
        died bigint NOT NULL DEFAULT {FOREVER},
        PRIMARY KEY (term, born)
    );
    CREATE TABLE word (
        word text NOT NULL,
        count bigint NOT NULL,         -- how often it occurs
        born bigint NOT NULL,
        died bigint NOT NULL DEFAULT {FOREVER}
    );
    CREATE INDEX word_word ON word USING hash (word);
    CREATE TABLE wording (             -- the earlier wordings of releases that have changed
        number bigint PRIMARY KEY,     -- counted up as changes are seen
        release text NOT NULL,         -- its id
        replaced text NOT NULL,        -- when the change was seen: ISO 8601, UTC
        size integer NOT NULL,
        text bytea NOT NULL            -- JSON, compressed
    );
    CREATE INDEX wording_release ON wording USING hash (release);
    """,
    """
    -- What was born before is not of it: a generation that keeps nothing ends no rows one by one.
    ALTER TABLE generation ADD COLUMN epoch bigint NOT NULL DEFAULT 0;
    """,
)

TABLES = (
    "generation",
    "current",
    "release",
    "copy",
    "paragraph",
    "passage",
    "recurring",
    "term",
    "word",
    "wording",
)
BM25_INDEX = "passage_bm25"
"""The index of ``pg_textsearch``, where there is one."""


@dataclass(frozen=True, slots=True)
class Generation:
    """A generation, and which rows are of it.

    Attributes:
        number: its number.
        epoch: the earliest generation of which it may have kept rows.
    """

    number: int
    epoch: int

    def has(self, table: str) -> str:
        """The condition that a row of a table is of this generation."""
        return (
            f"{table}.born BETWEEN {self.epoch} AND {self.number} AND {table}.died > {self.number}"
        )

    def holds(self, table: str) -> str:
        """The condition that a row of a table is of this generation, the last one, so far."""
        return f"{table}.born >= {self.epoch} AND {table}.died = {FOREVER}"


def code_of(vector: str, dimensions: int) -> str:
    """The expression for the signs of a vector's components, which an index is over."""
    return f"(binary_quantize({vector})::bit({dimensions}))"


def create_indexes(connection: Connection, dimensions: int) -> None:
    """Create the indexes over passages that are not there; first fill the tables: it is faster."""
    has_bm25 = _has_text_search(connection)
    statements = [
        f"CREATE INDEX IF NOT EXISTS passage_code_{dimensions} ON passage"
        f" USING hnsw ({code_of('vector', dimensions)} bit_hamming_ops)",
        "CREATE INDEX IF NOT EXISTS passage_terms ON passage"
        " USING gin (string_to_array(terms, ' '))",
        "CREATE INDEX IF NOT EXISTS paragraph_words ON paragraph"
        " USING gin (string_to_array(words, ' '))",
    ]
    if has_bm25:
        statements.append(
            f"CREATE INDEX IF NOT EXISTS {BM25_INDEX} ON passage"
            " USING bm25 (terms) WITH (text_config = 'simple', k1 = 1.5, b = 0.75)"
        )
    # An index over vectors that outgrows it is built several times slower: this holds those of half
    # a million passages, and a server may be set to more.
    connection.execute(
        "SELECT set_config('maintenance_work_mem', greatest(setting::bigint, 262144) || 'kB', true)"
        " FROM pg_settings WHERE name = 'maintenance_work_mem'"
    )
    for each in statements:
        connection.execute(each.encode())


def drop_other_indexes(connection: Connection, dimensions: int) -> None:
    """Drop the indexes over vectors of other dimensions than these."""
    others = connection.execute(
        "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"
        " AND indexname LIKE 'passage\\_code\\_%%' AND indexname <> %s",
        [f"passage_code_{dimensions}"],
    ).fetchall()
    for (name,) in others:
        connection.execute(f'DROP INDEX "{name}"'.encode())


def has_bm25_index(connection: Connection) -> bool:
    """Whether passages are indexed by ``pg_textsearch``."""
    rows = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [BM25_INDEX]).fetchone()
    return bool(rows and rows[0])


def _has_text_search(connection: Connection) -> bool:
    """Whether ``pg_textsearch`` can be used; it is created if this role may do so."""
    import psycopg

    try:
        with connection.transaction():
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_textsearch SCHEMA public")
    except psycopg.Error:
        return False
    return True
