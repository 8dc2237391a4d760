-- Work that must be done after a transaction, and survives whatever happens in between.
CREATE TABLE db_job (
    id BYTEA NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    key TEXT,
    payload TEXT NOT NULL,
    -- When to run it; while a worker has it, when its lease ends.
    run_at BIGINT NOT NULL,
    -- The worker that has it.
    lease BYTEA,
    -- Asked for again while it ran: run it once more then.
    again_at BIGINT,
    attempts BIGINT NOT NULL,
    first_attempt_at BIGINT,
    -- Given up at; kept for an operator.
    parked_at BIGINT,
    error TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX db_job_due ON db_job (kind, run_at) WHERE parked_at IS NULL;
CREATE UNIQUE INDEX db_job_key ON db_job (kind, key) WHERE key IS NOT NULL AND parked_at IS NULL;
CREATE INDEX db_job_parked ON db_job (parked_at) WHERE parked_at IS NOT NULL;
