-- Whom a record that waits concerns: 16 bytes each. The sequencer moves it into the table below.
ALTER TABLE ledger_record ADD COLUMN concerns BYTEA;

-- What happened to each person, in the person's bucket, in order of arrival: what their own page lists. Goes with their keys.
CREATE TABLE ledger_person_event (
    bucket BIGINT NOT NULL,
    person BYTEA NOT NULL,
    seq BIGINT NOT NULL,
    family BIGINT NOT NULL,
    record_id TEXT NOT NULL,
    PRIMARY KEY (bucket, person, seq, family, record_id)
);
