-- The largest checkpoint of each log that we cosigned: one row each, and only ever forward.
CREATE TABLE witness_log (
    origin TEXT NOT NULL PRIMARY KEY,
    -- SHA-256 of the origin: its place in the monitoring address.
    origin_hash BYTEA NOT NULL UNIQUE,
    size BIGINT NOT NULL,
    root BYTEA NOT NULL,
    -- With the log's signature and ours.
    note TEXT NOT NULL,
    -- Seconds: of our cosignature.
    cosigned_at BIGINT NOT NULL
);

-- What a log signed and does not continue what we know: may prove that it misbehaves.
CREATE TABLE witness_finding (
    origin TEXT NOT NULL,
    size BIGINT NOT NULL,
    root BYTEA NOT NULL,
    reason TEXT NOT NULL,
    note TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (origin, size, root)
);
