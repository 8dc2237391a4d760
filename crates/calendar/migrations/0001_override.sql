-- Holidays added, removed or moved. A row is never changed except to say who withdrew it, when and why.
CREATE TABLE calendar_override (
    id BYTEA NOT NULL PRIMARY KEY,
    n BIGINT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    reason TEXT NOT NULL,
    withdrawn_by TEXT,
    withdrawn_at BIGINT,
    withdrawn_reason TEXT
);

-- Each version of the calendar. Two writers collide on n, so there is one order of changes.
CREATE TABLE calendar_version (
    n BIGINT NOT NULL PRIMARY KEY,
    day TEXT NOT NULL,
    version TEXT NOT NULL UNIQUE,
    hash TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    changed_by TEXT NOT NULL,
    reason TEXT NOT NULL
);
