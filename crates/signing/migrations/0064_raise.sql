-- Signed files that stayed below the level asked for, because a timestamp or what proves that the certificates counted could not be had
-- then: they are raised later.
CREATE TABLE signing_raise (
    bucket BIGINT NOT NULL,
    -- Of the file as it was signed, which never changes.
    sha256 BYTEA NOT NULL,
    institution TEXT NOT NULL,
    level_asked TEXT NOT NULL,
    level_reached TEXT NOT NULL,
    signed_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    tries BIGINT NOT NULL,
    PRIMARY KEY (bucket, sha256)
);
-- The same signature with more around it. Each is a file of its own, by its hash.
CREATE TABLE signing_rendition (
    bucket BIGINT NOT NULL,
    original BYTEA NOT NULL,
    level TEXT NOT NULL,
    sha256 BYTEA NOT NULL,
    size BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (bucket, original, level)
);
CREATE INDEX signing_rendition_sha256 ON signing_rendition (sha256);
CREATE INDEX signing_rendition_original ON signing_rendition (original);
