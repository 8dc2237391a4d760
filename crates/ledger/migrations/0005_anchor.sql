-- When an authority of time saw a checkpoint: its response (RFC 3161, DER) over the checkpoint's text, and what it says.
CREATE TABLE ledger_anchor (
    family BIGINT NOT NULL,
    size BIGINT NOT NULL,
    response BYTEA NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (family, size)
);
