-- What was posted after a session had ended, encrypted with a key that only the browser's cookie holds.
CREATE TABLE web_rescued_post (
    bucket BIGINT NOT NULL,
    id_hash BYTEA NOT NULL,
    person BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (bucket, id_hash)
);
CREATE INDEX web_rescued_post_expires ON web_rescued_post (expires_at);
