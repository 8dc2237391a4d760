-- Authorities of the deployment. The key is under a data key of its own, which the master key wraps.
CREATE TABLE signing_authority (
    name TEXT NOT NULL PRIMARY KEY,
    certificate BYTEA NOT NULL,
    algorithm TEXT NOT NULL,
    wrapped_key BYTEA NOT NULL,
    secret BYTEA NOT NULL,
    crl_number BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Officials who sign, by their id in the directory.
CREATE TABLE signing_holder (
    bucket BIGINT NOT NULL,
    institution TEXT NOT NULL,
    official BYTEA NOT NULL,
    run BIGINT NOT NULL,
    name TEXT NOT NULL,
    post TEXT NOT NULL,
    email TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (bucket, institution, official)
);

-- Certificates with their keys: an institution's seal (its owner is "sello") or a holder's.
CREATE TABLE signing_certificate (
    bucket BIGINT NOT NULL,
    institution TEXT NOT NULL,
    owner TEXT NOT NULL,
    serial TEXT NOT NULL,
    certificate BYTEA NOT NULL,
    algorithm TEXT NOT NULL,
    wrapped_key BYTEA NOT NULL,
    secret BYTEA NOT NULL,
    not_after BIGINT NOT NULL,
    revoked_at BIGINT,
    reason BIGINT,
    PRIMARY KEY (bucket, institution, owner, serial)
);
CREATE INDEX signing_certificate_revoked ON signing_certificate (revoked_at);

-- The second factor of a holder. last_step is the last thirty seconds in which a code was accepted: never again.
CREATE TABLE signing_otp (
    bucket BIGINT NOT NULL,
    institution TEXT NOT NULL,
    official BYTEA NOT NULL,
    wrapped_key BYTEA NOT NULL,
    secret BYTEA NOT NULL,
    last_step BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    locked_until BIGINT,
    PRIMARY KEY (bucket, institution, official)
);

-- Every use of a key. Append-only.
CREATE TABLE signing_log (
    bucket BIGINT NOT NULL,
    id BYTEA NOT NULL,
    institution TEXT NOT NULL,
    serial TEXT NOT NULL,
    official BYTEA,
    format TEXT NOT NULL,
    digest BYTEA NOT NULL,
    result TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (bucket, id)
);

-- What was issued, by its verification code. Rows stay for ever: codes never expire.
CREATE TABLE signing_document (
    code TEXT NOT NULL PRIMARY KEY,
    sha256 BYTEA NOT NULL,
    institution TEXT NOT NULL,
    institution_name TEXT NOT NULL,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    case_file TEXT,
    signers TEXT NOT NULL,
    issued_at BIGINT NOT NULL,
    registered_at BIGINT NOT NULL,
    shows TEXT NOT NULL,
    state TEXT NOT NULL,
    state_at BIGINT NOT NULL,
    reason TEXT,
    replaced_by TEXT
);
CREATE INDEX signing_document_hash ON signing_document (sha256);
