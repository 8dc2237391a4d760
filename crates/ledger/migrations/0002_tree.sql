-- The committed state of each log.
CREATE TABLE ledger_tree (
    family BIGINT NOT NULL PRIMARY KEY,
    size BIGINT NOT NULL,
    root BYTEA NOT NULL,
    -- Roots of the complete subtrees, largest first.
    frontier BYTEA NOT NULL
);

-- 256 hashes each; the last of a level grows in place, and a shorter one that was published is its beginning.
CREATE TABLE ledger_tile (
    family BIGINT NOT NULL,
    level BIGINT NOT NULL,
    n BIGINT NOT NULL,
    hashes BYTEA NOT NULL,
    PRIMARY KEY (family, level, n)
);

-- Every checkpoint that was ever signed, kept before it was shown.
CREATE TABLE ledger_checkpoint (
    family BIGINT NOT NULL,
    size BIGINT NOT NULL,
    root BYTEA NOT NULL,
    note TEXT NOT NULL,
    signed_at BIGINT NOT NULL,
    PRIMARY KEY (family, size)
);
