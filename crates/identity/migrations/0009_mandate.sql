-- Those for whom others act: companies, bodies, people. The RUT is sealed: a person's is their RUN.
CREATE TABLE identity_entity (
    bucket BIGINT NOT NULL,
    id BYTEA NOT NULL,
    rut_hash BYTEA NOT NULL,
    rut_sealed BYTEA NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (bucket, id)
);
CREATE UNIQUE INDEX identity_entity_by_rut ON identity_entity (bucket, rut_hash);

-- Powers to act for them, in the bucket of whoever holds them. `parent` is the mandate by which this one was handed on.
CREATE TABLE identity_mandate (
    bucket BIGINT NOT NULL,
    holder BYTEA NOT NULL,
    id BYTEA NOT NULL,
    entity BYTEA NOT NULL,
    capacity TEXT NOT NULL,
    powers TEXT NOT NULL,
    source TEXT NOT NULL,
    state TEXT NOT NULL,
    until_at BIGINT,
    may_delegate BIGINT NOT NULL,
    parent BYTEA,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (bucket, holder, id)
);
CREATE INDEX identity_mandate_by_entity ON identity_mandate (entity, created_at);

-- For whom the person acts at the application, and the words of it in the histories of both.
ALTER TABLE identity_grant ADD COLUMN mandate BYTEA;
ALTER TABLE identity_event ADD COLUMN acting TEXT NOT NULL DEFAULT '';
