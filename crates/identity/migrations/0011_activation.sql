-- Codes that officials give to people whose card they have seen: at most one for each person, hashed. One that opens the highest level
-- waits for a second official.
CREATE TABLE identity_activation (
    bucket BIGINT NOT NULL,
    person BYTEA NOT NULL,
    code_hash BYTEA,
    series_hash BYTEA NOT NULL,
    proofing TEXT NOT NULL,
    factors TEXT NOT NULL,
    officer BYTEA NOT NULL,
    office TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    PRIMARY KEY (bucket, person)
);
