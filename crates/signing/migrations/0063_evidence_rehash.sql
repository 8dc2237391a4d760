-- When a hash no longer counts, documents are covered anew under a stronger one, together with the timestamps that they have: the path
-- from a document to the root, and under which timestamp that is (its timestamps are rows of signing_ers_stamp, as a tree's).
CREATE TABLE signing_ers_rehash (
    sha256 BYTEA NOT NULL,
    n BIGINT NOT NULL,
    hash TEXT NOT NULL,
    path BYTEA NOT NULL,
    stamp BYTEA NOT NULL,
    -- How many timestamps of the chain before it covers: those that come later belong to it no more.
    covers BIGINT NOT NULL,
    -- The document's digest by that hash: what shows it is then judged without the document.
    digest BYTEA NOT NULL,
    PRIMARY KEY (sha256, n)
);
CREATE INDEX signing_ers_rehash_stamp ON signing_ers_rehash (stamp);
