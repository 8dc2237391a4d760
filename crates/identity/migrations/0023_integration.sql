-- Applications of institutions on their way to production (§3.8): one row each, with the request as it stands and the term that runs.
CREATE TABLE identity_integration (
    bucket BIGINT NOT NULL,
    id BYTEA NOT NULL,
    institution TEXT NOT NULL,
    phase TEXT NOT NULL,
    request TEXT NOT NULL,
    clock TEXT,
    due_at BIGINT,
    sent_at BIGINT,
    asked_by BYTEA,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX identity_integration_by_institution ON identity_integration (bucket, institution);
CREATE INDEX identity_integration_by_phase ON identity_integration (phase, due_at);

-- Its applications at the provider: one for each environment.
CREATE TABLE identity_integration_client (
    bucket BIGINT NOT NULL,
    integration BYTEA NOT NULL,
    stage TEXT NOT NULL,
    client_id TEXT NOT NULL,
    PRIMARY KEY (bucket, integration, stage)
);
CREATE UNIQUE INDEX identity_integration_client_by_id ON identity_integration_client (client_id);

-- What was done, by whom and why: append only. Both sides read it.
CREATE TABLE identity_integration_event (
    bucket BIGINT NOT NULL,
    integration BYTEA NOT NULL,
    id BYTEA NOT NULL,
    act TEXT NOT NULL,
    doer TEXT NOT NULL,
    note TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (bucket, integration, id)
);

-- What the institution declares for its certification, with where it can be seen.
CREATE TABLE identity_integration_declared (
    bucket BIGINT NOT NULL,
    integration BYTEA NOT NULL,
    requirement TEXT NOT NULL,
    evidence TEXT NOT NULL,
    doer TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (bucket, integration, requirement)
);

-- Changes of an address or a name that wait for a decision: at most one of each kind.
CREATE TABLE identity_integration_change (
    bucket BIGINT NOT NULL,
    integration BYTEA NOT NULL,
    kind TEXT NOT NULL,
    wanted TEXT NOT NULL,
    clock TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    doer TEXT NOT NULL,
    asked_by BYTEA,
    at BIGINT NOT NULL,
    PRIMARY KEY (bucket, integration, kind)
);

-- What an application was seen to do while it is tested: one row for each kind of thing, and one for each value that has to differ,
-- by its keyed hash.
CREATE TABLE identity_client_sign (
    client_id TEXT NOT NULL,
    what TEXT NOT NULL,
    mark BYTEA NOT NULL,
    n BIGINT NOT NULL,
    size BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, what, mark)
);
