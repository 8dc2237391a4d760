-- Who read what, and who was refused (EXP-14). Rows are only ever added; equal readings of one batch are one row.
CREATE TABLE casefiles_access (
    bucket BIGINT NOT NULL,
    id BYTEA NOT NULL,
    at BIGINT NOT NULL,
    case_id BYTEA,
    person BYTEA,
    official BYTEA,
    unit TEXT,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    n BIGINT,
    outcome TEXT NOT NULL,
    rule BIGINT NOT NULL,
    reason TEXT,
    trace TEXT NOT NULL,
    times BIGINT NOT NULL,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX casefiles_access_of_case ON casefiles_access (bucket, case_id, id);
