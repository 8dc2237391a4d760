-- What was asked of FirmaGob, one row each time, whatever came of it: written before its signature leaves.
CREATE TABLE signing_firmagob_request (
    bucket BIGINT NOT NULL,
    id BYTEA NOT NULL,
    institution TEXT NOT NULL,
    run BIGINT NOT NULL,
    purpose TEXT NOT NULL,
    -- SHA-256 of what was to be signed.
    digest BYTEA NOT NULL,
    asked_at BIGINT NOT NULL,
    answered_at BIGINT NOT NULL,
    -- The HTTP status; none when there was no answer.
    status BIGINT,
    -- idSolicitud
    number BIGINT,
    outcome TEXT NOT NULL,
    -- The certificate that signed.
    certificate BYTEA,
    PRIMARY KEY (bucket, id)
);
