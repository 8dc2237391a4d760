-- What institutions tell the operator of an application of theirs (DS 9/2023 art. 12): a suspicion, or a peak to come.
CREATE TABLE identity_integration_report (
    bucket BIGINT NOT NULL,
    integration BYTEA NOT NULL,
    id BYTEA NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    peak TEXT,
    doer TEXT NOT NULL,
    at BIGINT NOT NULL,
    note TEXT,
    closed_at BIGINT,
    PRIMARY KEY (bucket, integration, id)
);
CREATE INDEX identity_integration_report_open ON identity_integration_report (closed_at, id);
