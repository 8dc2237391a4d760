-- Applications that may ask who somebody is.
CREATE TABLE identity_client (
    client_id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    institution TEXT NOT NULL,
    environment TEXT NOT NULL,
    state TEXT NOT NULL,
    scopes TEXT NOT NULL,
    redirect_uris TEXT NOT NULL,
    settings TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Two may be valid at a time, for rotation. A secret is 256 random bits: its hash needs no stretching.
CREATE TABLE identity_client_secret (
    client_id TEXT NOT NULL,
    secret_hash BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    PRIMARY KEY (client_id, secret_hash)
);

-- Where a browser may be sent after log-out: scheme, host and port.
CREATE TABLE identity_client_logout (
    authority TEXT NOT NULL,
    client_id TEXT NOT NULL,
    PRIMARY KEY (authority, client_id)
);

-- The provider's own session, in a cookie whose hash is here.
CREATE TABLE identity_session (
    bucket BIGINT NOT NULL,
    token_hash BYTEA NOT NULL,
    sid BYTEA NOT NULL,
    person BYTEA NOT NULL,
    acr BIGINT NOT NULL,
    amr TEXT NOT NULL,
    auth_time BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (bucket, token_hash)
);
CREATE INDEX identity_session_by_person ON identity_session (bucket, person);
CREATE INDEX identity_session_by_expiry ON identity_session (expires_at);

-- One row for each login to an application, from the code to the last refresh. No code and no token is stored, not even
-- as a hash: each is derived from the row with a key that is not here, and the row counts the generations.
CREATE TABLE identity_grant (
    bucket BIGINT NOT NULL,
    selector BIGINT NOT NULL,
    sid BYTEA NOT NULL,
    person BYTEA NOT NULL,
    epoch BIGINT NOT NULL,
    client_id TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    scope TEXT NOT NULL,
    nonce TEXT,
    challenge TEXT,
    acr BIGINT NOT NULL,
    amr TEXT NOT NULL,
    auth_time BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    code_used_at BIGINT,
    generation BIGINT NOT NULL,
    generation_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    PRIMARY KEY (bucket, selector)
);
CREATE INDEX identity_grant_by_person ON identity_grant (bucket, person);
CREATE INDEX identity_grant_by_expiry ON identity_grant (expires_at);

-- Keys that sign id_tokens, sealed.
CREATE TABLE identity_key (
    kid TEXT NOT NULL PRIMARY KEY,
    sealed BYTEA NOT NULL,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
