BEGIN TRANSACTION;
CREATE TABLE announcement (
        id INTEGER PRIMARY KEY AUTOINCREMENT,  -- so that no old button means a new one
        server INTEGER NOT NULL,
        channel INTEGER NOT NULL,
        role INTEGER,                  -- to mention; NULL for nobody
        newsroom TEXT,                 -- these three: only such releases; NULL for any
        words TEXT,
        question TEXT,
        calibration TEXT,              -- JSON: from which score a release matches the question
        made REAL NOT NULL,
        kept INTEGER NOT NULL DEFAULT 0  -- 0 until a manager has seen what it would announce
    , digest INTEGER);
INSERT INTO "announcement" VALUES(1,7,8,NULL,NULL,'ferry',NULL,NULL,1793000000.0,1,9);
CREATE TABLE answer (
        id INTEGER PRIMARY KEY,
        asked TEXT NOT NULL,           -- when: ISO 8601, UTC
        server INTEGER,                -- NULL in direct messages
        channel INTEGER,
        message INTEGER,               -- the bot's message, once it is sent
        asker INTEGER,                 -- NULL unless VERBATIM_KEEP_NAMES is yes
        kind TEXT NOT NULL,            -- question, source (of a message), or request
        question TEXT NOT NULL,
        searched TEXT NOT NULL,        -- the question, with what it took from the previous one
        folded TEXT NOT NULL,          -- the question's words: equal for equal questions
        answered INTEGER NOT NULL,
        confidence REAL NOT NULL,
        generation TEXT NOT NULL,
        passages TEXT NOT NULL         -- JSON: the passages, best first
    );
INSERT INTO "answer" VALUES(1,'2026-11-01T10:00:00+00:00',7,8,9,NULL,'question','How much was it?','How much was it?','how much was it',0,0.1,'g000001','[]');
CREATE TABLE membership (
        server INTEGER PRIMARY KEY,
        gone REAL                      -- since when the bot is not in it; NULL while it is
    );
INSERT INTO "membership" VALUES(7,1793000000.0);
CREATE TABLE note (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) WITHOUT ROWID;
INSERT INTO "note" VALUES('commands','abc');
CREATE TABLE offer (
        id INTEGER PRIMARY KEY AUTOINCREMENT,  -- so that no old button means a new offer
        made TEXT NOT NULL,
        plan TEXT NOT NULL             -- JSON: how the site would be read
    );
INSERT INTO "offer" VALUES(1,'2026-11-01T10:00:00+00:00','{}');
CREATE TABLE outbox (
        id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used again while somebody may hold it
        server INTEGER NOT NULL,
        channel INTEGER NOT NULL,
        nonce INTEGER NOT NULL,
        total INTEGER NOT NULL,        -- of the releases announced, not all of which are listed
        queued REAL NOT NULL,          -- when, like all times here: seconds since 1970
        due REAL,                      -- when to go on with it; NULL if nothing is left to do
        attempts INTEGER NOT NULL DEFAULT 0,  -- of the next step
        first_tried REAL,              -- when it was first tried to send it
        tried_revision INTEGER,        -- the revision that was tried then
        message INTEGER,               -- the id of the message, once it is known to be sent
        sent REAL,
        publish INTEGER NOT NULL DEFAULT 0,   -- whether it is still to be published to followers
        revision INTEGER NOT NULL DEFAULT 1,  -- counts the corrections
        shown INTEGER NOT NULL DEFAULT 0      -- the revision that the message shows
    , roles TEXT NOT NULL DEFAULT '[]', scopes TEXT NOT NULL DEFAULT '[]', digest INTEGER, post INTEGER NOT NULL DEFAULT 0, subscriptions TEXT NOT NULL DEFAULT '[]');
INSERT INTO "outbox" VALUES(1,7,8,123,1,1793000000.0,1793000000.0,0,NULL,NULL,NULL,NULL,0,1,0,'[]','[]',NULL,0,'[]');
CREATE TABLE outbox_release (
        item INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
        release TEXT NOT NULL,
        checksum TEXT NOT NULL,        -- of its title and text
        changed REAL,                  -- when it was seen to have changed after it was sent
        PRIMARY KEY (item, release)
    ) WITHOUT ROWID;
INSERT INTO "outbox_release" VALUES(1,'bridge','c0ffee',NULL);
CREATE TABLE refresh (
        site TEXT PRIMARY KEY,         -- the name of the folder of its copy
        due TEXT NOT NULL,             -- when it is read next: ISO 8601, UTC
        failures INTEGER NOT NULL DEFAULT 0,  -- in a row
        failing_since TEXT,            -- NULL unless the last reading failed
        reason TEXT NOT NULL DEFAULT '',
        told TEXT,                     -- when the managers were told that it fails
        reading INTEGER NOT NULL DEFAULT 0,   -- whether a reading began and has not ended
        unbuilt INTEGER NOT NULL DEFAULT 0    -- whether the index lacks what was read
    ) WITHOUT ROWID;
INSERT INTO "refresh" VALUES('harbor.example-1a2b','2026-11-01T10:00:00+00:00',0,NULL,'',NULL,0,0);
CREATE TABLE seen (
        release TEXT PRIMARY KEY
    ) WITHOUT ROWID;
INSERT INTO "seen" VALUES('bridge');
CREATE TABLE server (
        id INTEGER PRIMARY KEY,
        settings TEXT NOT NULL         -- JSON
    );
INSERT INTO "server" VALUES(7,'{"passages": 2}');
CREATE TABLE subscription (
        id INTEGER PRIMARY KEY AUTOINCREMENT,  -- so that no old button means a new one
        user INTEGER NOT NULL,
        channel INTEGER,               -- the direct messages with the user; NULL until it is kept
        locale TEXT NOT NULL,          -- of the user
        newsroom TEXT,                 -- these three: only such releases; NULL for any
        words TEXT,
        question TEXT,
        calibration TEXT,              -- JSON: from which score a release matches the question
        made REAL NOT NULL,            -- when it was offered, or, once it is kept, since when
        unannounced TEXT NOT NULL DEFAULT '[]'  -- JSON: ids that the index had, unannounced, then
    );
INSERT INTO "subscription" VALUES(1,5,6,'en-US',NULL,'ferry',NULL,NULL,1793000000.0,'[]');
CREATE TABLE verdict (
        answer INTEGER NOT NULL REFERENCES answer (id) ON DELETE CASCADE,
        voter BLOB NOT NULL,           -- keyed hash of the user, different for each answer
        helpful INTEGER NOT NULL,
        reason TEXT,
        given TEXT NOT NULL,
        PRIMARY KEY (answer, voter)
    ) WITHOUT ROWID;
INSERT INTO "verdict" VALUES(1,X'0102',1,NULL,'2026-11-01T10:01:00+00:00');
CREATE INDEX answer_message ON answer (message);
CREATE INDEX answer_channel ON answer (channel, id);
CREATE INDEX answer_unanswered ON answer (server, answered, kind, folded);
CREATE INDEX answer_asked ON answer (asked);
CREATE INDEX outbox_due ON outbox (channel, due);
CREATE INDEX outbox_release_id ON outbox_release (release);
CREATE INDEX announcement_server ON announcement (server);
CREATE INDEX subscription_user ON subscription (user);
CREATE INDEX subscription_channel ON subscription (channel);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('outbox',1);
INSERT INTO "sqlite_sequence" VALUES('offer',1);
INSERT INTO "sqlite_sequence" VALUES('announcement',1);
INSERT INTO "sqlite_sequence" VALUES('subscription',1);
COMMIT;
PRAGMA user_version = 7;
