-- Papers that wait for signatures, in the order of their signers.
CREATE TABLE signing_paper (
    bucket BIGINT NOT NULL,
    id BYTEA NOT NULL,
    institution TEXT NOT NULL,
    title TEXT NOT NULL,
    file_name TEXT NOT NULL,
    sender BYTEA NOT NULL,
    sender_name TEXT NOT NULL,
    message TEXT NOT NULL,
    original BYTEA NOT NULL,
    sha256 BYTEA NOT NULL,
    size BIGINT NOT NULL,
    findings TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    code TEXT,
    -- While a batch signs it nobody else does.
    locked_by BYTEA,
    locked_until BIGINT,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX signing_paper_sender ON signing_paper (bucket, institution, sender, id);

CREATE TABLE signing_turn (
    bucket BIGINT NOT NULL,
    paper BYTEA NOT NULL,
    n BIGINT NOT NULL,
    institution TEXT NOT NULL,
    level BIGINT NOT NULL,
    official BYTEA NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    acted_by BYTEA,
    acted_name TEXT,
    acted_at BIGINT,
    reason TEXT,
    since BIGINT,
    reminded_at BIGINT,
    place TEXT NOT NULL,
    PRIMARY KEY (bucket, paper, n)
);
CREATE INDEX signing_turn_official ON signing_turn (bucket, institution, official, state, paper);

-- Who opened which version of a paper, and when for the first time.
CREATE TABLE signing_opened (
    bucket BIGINT NOT NULL,
    paper BYTEA NOT NULL,
    official BYTEA NOT NULL,
    sha256 BYTEA NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (bucket, paper, official, sha256)
);

-- Documents that one holder signs under one authorisation.
CREATE TABLE signing_batch (
    bucket BIGINT NOT NULL,
    id BYTEA NOT NULL,
    institution TEXT NOT NULL,
    official BYTEA NOT NULL,
    application TEXT,
    request TEXT,
    purpose TEXT NOT NULL,
    state TEXT NOT NULL,
    level TEXT NOT NULL,
    when_short TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    authorisation TEXT,
    authorised_until BIGINT,
    ended_at BIGINT,
    PRIMARY KEY (bucket, id)
);
-- A request that comes twice is one request.
CREATE UNIQUE INDEX signing_batch_request ON signing_batch (bucket, institution, official, application, request);

CREATE TABLE signing_batch_item (
    bucket BIGINT NOT NULL,
    batch BYTEA NOT NULL,
    n BIGINT NOT NULL,
    item TEXT NOT NULL,
    name TEXT NOT NULL,
    paper BYTEA,
    sha256 BYTEA NOT NULL,
    place TEXT NOT NULL,
    reason TEXT,
    state TEXT NOT NULL,
    signed_sha256 BYTEA,
    signed_size BIGINT,
    signed_at BIGINT,
    level_reached TEXT,
    shortfall TEXT,
    attempts BIGINT NOT NULL,
    error_code TEXT,
    error_message TEXT,
    -- The use of the key in the log.
    key_use BYTEA,
    PRIMARY KEY (bucket, batch, n)
);
