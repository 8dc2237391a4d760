-- Every table is append-only: a change adds a version, and the last version recorded by an instant is what was known then.
-- Days are ISO dates in the body's own zone; valid_to is the first day that no longer counts.

-- One row: counts the changes, so that every process knows when its picture is old. Writers take it first, one after the other.
CREATE TABLE directory_version (
    one BIGINT NOT NULL PRIMARY KEY,
    n BIGINT NOT NULL
);
INSERT INTO directory_version (one, n) VALUES (1, 0);

CREATE TABLE directory_institution (
    bucket BIGINT NOT NULL,
    code TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    version BIGINT NOT NULL,
    valid_to TEXT,
    gescode_id BIGINT,
    rut BIGINT,
    name TEXT NOT NULL,
    sigla TEXT NOT NULL,
    kind TEXT NOT NULL,
    adoption_group TEXT,
    commune TEXT,
    zone TEXT NOT NULL,
    parent TEXT,
    family TEXT NOT NULL,
    domains TEXT NOT NULL,
    authority TEXT NOT NULL,
    state TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by TEXT NOT NULL,
    PRIMARY KEY (bucket, code, valid_from, version)
);

CREATE TABLE directory_alias (
    value TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by TEXT NOT NULL
);

CREATE TABLE directory_unit (
    bucket BIGINT NOT NULL,
    id BYTEA NOT NULL,
    valid_from TEXT NOT NULL,
    version BIGINT NOT NULL,
    valid_to TEXT,
    institution TEXT NOT NULL,
    code TEXT NOT NULL,
    parent BYTEA,
    name TEXT NOT NULL,
    superior_post BYTEA,
    recorded_at BIGINT NOT NULL,
    recorded_by TEXT NOT NULL,
    PRIMARY KEY (bucket, id, valid_from, version)
);
CREATE INDEX directory_unit_by_institution ON directory_unit (bucket, institution);

CREATE TABLE directory_post (
    bucket BIGINT NOT NULL,
    id BYTEA NOT NULL,
    valid_from TEXT NOT NULL,
    version BIGINT NOT NULL,
    valid_to TEXT,
    institution TEXT NOT NULL,
    unit BYTEA NOT NULL,
    name TEXT NOT NULL,
    authority TEXT NOT NULL,
    seats TEXT NOT NULL,
    superior_post BYTEA,
    recorded_at BIGINT NOT NULL,
    recorded_by TEXT NOT NULL,
    PRIMARY KEY (bucket, id, valid_from, version)
);

-- The bucket is the person's; the RUN and the mail are sealed, the hash finds the RUN again.
CREATE TABLE directory_official (
    bucket BIGINT NOT NULL,
    id BYTEA NOT NULL,
    version BIGINT NOT NULL,
    run_hash BYTEA NOT NULL,
    run_sealed BYTEA NOT NULL,
    email_sealed BYTEA,
    name TEXT NOT NULL,
    name_source TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by TEXT NOT NULL,
    PRIMARY KEY (bucket, id, version)
);
CREATE INDEX directory_official_by_run ON directory_official (bucket, run_hash);

CREATE TABLE directory_membership (
    bucket BIGINT NOT NULL,
    id BYTEA NOT NULL,
    version BIGINT NOT NULL,
    official BYTEA NOT NULL,
    institution TEXT NOT NULL,
    unit BYTEA NOT NULL,
    post BYTEA NOT NULL,
    bond TEXT NOT NULL,
    state TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    recorded_at BIGINT NOT NULL,
    recorded_by TEXT NOT NULL,
    PRIMARY KEY (bucket, id, version)
);
CREATE INDEX directory_membership_by_institution ON directory_membership (bucket, institution);

CREATE TABLE directory_role (
    code TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    service TEXT NOT NULL
);

CREATE TABLE directory_designation (
    bucket BIGINT NOT NULL,
    id BYTEA NOT NULL,
    version BIGINT NOT NULL,
    institution TEXT NOT NULL,
    role TEXT NOT NULL,
    unit BYTEA,
    official BYTEA NOT NULL,
    quality TEXT NOT NULL,
    post_text TEXT NOT NULL,
    act_kind TEXT,
    act_number TEXT,
    act_date TEXT,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    ending TEXT,
    recorded_at BIGINT NOT NULL,
    recorded_by TEXT NOT NULL,
    PRIMARY KEY (bucket, id, version)
);
CREATE INDEX directory_designation_by_institution ON directory_designation (bucket, institution, role);

CREATE TABLE directory_substitution (
    bucket BIGINT NOT NULL,
    id BYTEA NOT NULL,
    version BIGINT NOT NULL,
    institution TEXT NOT NULL,
    holder BYTEA NOT NULL,
    substitute BYTEA NOT NULL,
    act_kind TEXT,
    act_number TEXT,
    act_date TEXT,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    recorded_at BIGINT NOT NULL,
    recorded_by TEXT NOT NULL,
    PRIMARY KEY (bucket, id, version)
);
CREATE INDEX directory_substitution_by_institution ON directory_substitution (bucket, institution);
