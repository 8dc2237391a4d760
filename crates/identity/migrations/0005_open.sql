-- The key that a grant's tokens are bound to (RFC 9449), and whether the grant outlives the provider's session.
ALTER TABLE identity_grant ADD COLUMN jkt TEXT;
ALTER TABLE identity_grant ADD COLUMN offline BIGINT NOT NULL DEFAULT 0;

-- The last time that a session answered in the person's place.
ALTER TABLE identity_session ADD COLUMN last_seen BIGINT NOT NULL DEFAULT 0;

-- What a signing key signs with.
ALTER TABLE identity_key ADD COLUMN alg TEXT NOT NULL DEFAULT 'RS256';

-- Requests that applications leave with us before they send the browser (RFC 9126), by the hash of their name.
CREATE TABLE identity_pushed (
    id BYTEA NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL,
    query TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    opened_at BIGINT,
    used_at BIGINT
);
CREATE INDEX identity_pushed_by_time ON identity_pushed (created_at);

-- What counts once: assertions and proofs that were used, by the hour in which they expire. Whole hours are deleted by a daily job.
CREATE TABLE identity_once (
    slot BIGINT NOT NULL,
    id BYTEA NOT NULL,
    PRIMARY KEY (slot, id)
);

-- What a person has agreed to let an application know.
CREATE TABLE identity_consent (
    bucket BIGINT NOT NULL,
    person BYTEA NOT NULL,
    client_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    PRIMARY KEY (bucket, person, client_id)
);

-- Devices without a browser that wait for somebody (RFC 8628): by the hashes of their code and of the code that the person types.
CREATE TABLE identity_device_request (
    id BYTEA NOT NULL PRIMARY KEY,
    user_code BYTEA NOT NULL,
    client_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    place TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    polled_at BIGINT NOT NULL,
    pause BIGINT NOT NULL,
    state TEXT NOT NULL,
    grant_bucket BIGINT,
    grant_selector BIGINT
);
CREATE UNIQUE INDEX identity_device_request_by_code ON identity_device_request (user_code);
CREATE INDEX identity_device_request_by_expiry ON identity_device_request (expires_at);
