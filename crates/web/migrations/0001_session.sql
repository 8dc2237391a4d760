-- A browser's login. The token is stored hashed; its first bytes say the bucket of the person.
CREATE TABLE web_session (
    bucket BIGINT NOT NULL,
    token_hash BYTEA NOT NULL,
    id BYTEA NOT NULL,
    person BYTEA NOT NULL,
    run BIGINT NOT NULL,
    name TEXT NOT NULL,
    acr BIGINT NOT NULL,
    amr TEXT NOT NULL,
    sid TEXT,
    hat_institution TEXT,
    hat_official BYTEA,
    created_at BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (bucket, token_hash)
);
CREATE INDEX web_session_person ON web_session (bucket, person);
-- Other processes learn from it which sessions have ended.
CREATE INDEX web_session_ended ON web_session (ended_at);
CREATE INDEX web_session_expires ON web_session (expires_at);
