-- Timestamps that our authority gave, summed up by the hour: anybody may ask for one, and what is kept must not grow with that. `chain` is
-- SHA-256 of the chain before and the digest of each token given since, in their order: nothing can be taken out or put in later.
CREATE TABLE signing_stamp_hour (
    serial TEXT NOT NULL,
    hour BIGINT NOT NULL,
    given BIGINT NOT NULL,
    chain BYTEA NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    -- 1 when the hour is over and the ledger holds it.
    closed BIGINT NOT NULL,
    PRIMARY KEY (serial, hour)
);
CREATE INDEX signing_stamp_hour_open ON signing_stamp_hour (closed, hour);
