-- Hash trees over issued documents, each under one timestamp (RFC 4998). What is signed today must be shown to be from today
-- when its algorithms no longer count.
CREATE TABLE signing_ers_tree (
    id BYTEA NOT NULL PRIMARY KEY,
    size BIGINT NOT NULL,
    -- Documents registered before this instant were looked at.
    until BIGINT NOT NULL
);
CREATE INDEX signing_ers_tree_until ON signing_ers_tree (until);

CREATE TABLE signing_ers_leaf (
    sha256 BYTEA NOT NULL PRIMARY KEY,
    tree BYTEA NOT NULL,
    position BIGINT NOT NULL
);

-- The nodes of a level, 256 to a row: a path is read in as many rows as the tree is high.
CREATE TABLE signing_ers_node (
    tree BYTEA NOT NULL,
    level BIGINT NOT NULL,
    chunk BIGINT NOT NULL,
    hashes BYTEA NOT NULL,
    PRIMARY KEY (tree, level, chunk)
);

-- The timestamps over a tree, the first over its root and each next one over the one before, through the tree of all that were
-- renewed together: its path, lists of hashes in DER.
CREATE TABLE signing_ers_stamp (
    tree BYTEA NOT NULL,
    seq BIGINT NOT NULL,
    path BYTEA NOT NULL,
    token BYTEA NOT NULL,
    at BIGINT NOT NULL,
    -- When the authority's certificate ends: to be renewed before.
    ends BIGINT NOT NULL,
    PRIMARY KEY (tree, seq)
);
CREATE INDEX signing_document_registered ON signing_document (registered_at);
