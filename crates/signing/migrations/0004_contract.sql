-- Applications that sign by FirmaGob's contract, by their key; the secret is under a data key, as every other secret.
CREATE TABLE signing_application (
    api_key TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    level TEXT NOT NULL,
    sub_filter TEXT NOT NULL,
    zone TEXT NOT NULL,
    strict_checksum BIGINT NOT NULL,
    wrapped_key BYTEA NOT NULL,
    secret BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

-- Institutions by the exact name that the contract's tokens carry.
CREATE TABLE signing_entity (
    name TEXT NOT NULL PRIMARY KEY,
    institution TEXT NOT NULL
);

-- Which applications a holder lets sign unattended, since when, and until when (SIG-07).
CREATE TABLE signing_permission (
    bucket BIGINT NOT NULL,
    institution TEXT NOT NULL,
    official BYTEA NOT NULL,
    application TEXT NOT NULL,
    since BIGINT NOT NULL,
    withdrawn_at BIGINT,
    PRIMARY KEY (bucket, institution, official, application)
);

-- Requests by the contract and their items: written with the signatures' log, before the answer leaves.
CREATE TABLE signing_request (
    id BIGINT NOT NULL PRIMARY KEY,
    application TEXT NOT NULL,
    institution TEXT NOT NULL,
    official BYTEA NOT NULL,
    received_at BIGINT NOT NULL,
    items BIGINT NOT NULL,
    failed BIGINT NOT NULL
);
CREATE TABLE signing_request_item (
    request BIGINT NOT NULL,
    n BIGINT NOT NULL,
    kind TEXT NOT NULL,
    sha256_in BYTEA NOT NULL,
    sha256_out BYTEA,
    level_asked TEXT,
    level_reached TEXT,
    error TEXT,
    PRIMARY KEY (request, n)
);
CREATE TABLE signing_counter (
    name TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);

-- By which application the last code was presented: the same one may present it again within its window.
ALTER TABLE signing_otp ADD COLUMN application TEXT;
CREATE INDEX signing_holder_run ON signing_holder (institution, run);
