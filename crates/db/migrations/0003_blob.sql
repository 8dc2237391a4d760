-- Bytes by their SHA-256: small ones here, large ones in files.
CREATE TABLE db_blob (
    sha256 BYTEA NOT NULL PRIMARY KEY,
    size BIGINT NOT NULL,
    content BYTEA,
    created_at BIGINT NOT NULL
);
