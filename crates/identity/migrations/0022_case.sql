-- «No fui yo», for the support desk: a number that person and desk call it by, when it was, and what became of it.
CREATE TABLE identity_case (
    bucket BIGINT NOT NULL,
    person BYTEA NOT NULL,
    number TEXT NOT NULL,
    disputed_at BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    resolution TEXT,
    note TEXT NOT NULL,
    handled_by TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (bucket, person, number)
);
CREATE UNIQUE INDEX identity_case_by_number ON identity_case (number);
CREATE INDEX identity_case_by_state ON identity_case (state, opened_at);
