-- Who asked to be made a holder, and whose institution has nobody yet to ask: the terms of operator and platform run from here.
CREATE TABLE signing_petition (
    bucket BIGINT NOT NULL,
    id BYTEA NOT NULL,
    institution TEXT NOT NULL,
    kind TEXT NOT NULL,
    official BYTEA NOT NULL,
    name TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    due BIGINT NOT NULL,
    done_at BIGINT,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX signing_petition_institution ON signing_petition (bucket, institution, done_at);
CREATE INDEX signing_petition_kind ON signing_petition (kind, done_at, asked_at);
