-- People and what they prove themselves with. The bucket is that of the RUN.
CREATE TABLE identity_person (
    bucket BIGINT NOT NULL,
    id BYTEA NOT NULL,
    run_hash BYTEA NOT NULL,
    run_sealed BYTEA NOT NULL,
    email_sealed BYTEA,
    names TEXT NOT NULL,
    surnames TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    proofing TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (bucket, id)
);
CREATE UNIQUE INDEX identity_person_by_run ON identity_person (bucket, run_hash);

-- A password is a PHC string over HMAC(pepper, password); which pepper is written beside it, the pepper is not here.
CREATE TABLE identity_credential (
    bucket BIGINT NOT NULL,
    person BYTEA NOT NULL,
    kind TEXT NOT NULL,
    secret TEXT NOT NULL,
    pepper TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (bucket, person, kind)
);

-- A browser from which the person has logged in before: strangers' failures never stop it.
CREATE TABLE identity_device (
    bucket BIGINT NOT NULL,
    person BYTEA NOT NULL,
    token_hash BYTEA NOT NULL,
    label TEXT NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (bucket, person, token_hash)
);

-- Failures: of a RUN from unknown browsers, of a known browser, of an address prefix. Rows go when they are old.
CREATE TABLE identity_counter (
    bucket BIGINT NOT NULL,
    subject BYTEA NOT NULL,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    wait_until BIGINT NOT NULL,
    PRIMARY KEY (bucket, subject)
);
CREATE INDEX identity_counter_by_last ON identity_counter (last_at);
