-- What the registers hold, addressed by the SHA-256 of its canonical form.
CREATE TABLE registers_item (
    register BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (register, hash)
);

-- Written once. A wrong entry is corrected by a later one of the same key.
CREATE TABLE registers_entry (
    register BIGINT NOT NULL,
    -- Counts from 1 without gaps; the entry's place in its log is one less.
    number BIGINT NOT NULL,
    key TEXT NOT NULL,
    item BYTEA NOT NULL,
    at BIGINT NOT NULL,
    -- The institution that decided, or "plataforma".
    decided_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    -- Salted commitment to the persons who proposed and approved; NULL when the platform itself wrote it.
    who BYTEA,
    PRIMARY KEY (register, number)
);
CREATE INDEX registers_entry_key ON registers_entry (register, key, number);

-- The latest entry of each key: made from the entries, and made again with them.
CREATE TABLE registers_record (
    register BIGINT NOT NULL,
    key TEXT NOT NULL,
    -- The order in which keys first came, from 1 without gaps: pages are cut by it.
    ordinal BIGINT NOT NULL,
    number BIGINT NOT NULL,
    item BYTEA NOT NULL,
    -- Key and values without accents and case, to search by.
    folded TEXT NOT NULL,
    PRIMARY KEY (register, key)
);
CREATE UNIQUE INDEX registers_record_ordinal ON registers_record (register, ordinal);

-- What the platform itself last said of a key: only a change there makes an entry, so that a correction stays.
CREATE TABLE registers_known (
    register BIGINT NOT NULL,
    key TEXT NOT NULL,
    item BYTEA NOT NULL,
    PRIMARY KEY (register, key)
);
