-- What services append, in the transaction of the act. Written once; only idx is set later, by the sequencer.
CREATE TABLE ledger_record (
    family BIGINT NOT NULL,
    record_id TEXT NOT NULL,
    -- Order of arrival: milliseconds shifted by 20 bits, and a counter.
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    -- What the public log holds.
    entry TEXT NOT NULL,
    -- 32 bytes for each field, by name. NULL in open ledgers, like the next one.
    commitments BYTEA,
    -- K_record under the deployment's master key, then the fields under K_record and the persons' keys.
    sealed BYTEA,
    created_at BIGINT NOT NULL,
    -- Place in the log; NULL until sequenced.
    idx BIGINT,
    PRIMARY KEY (family, record_id)
);
CREATE INDEX ledger_record_pending ON ledger_record (family, seq) WHERE idx IS NULL;
CREATE UNIQUE INDEX ledger_record_idx ON ledger_record (family, idx) WHERE idx IS NOT NULL;

-- One key for each person and ledger, under the master key. Deleting it erases what it protects.
CREATE TABLE ledger_subject_key (
    bucket BIGINT NOT NULL,
    person BYTEA NOT NULL,
    family BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (bucket, person, family)
);
