-- What the registration authority knows of a holder. kind: funcionario or autoridad; person: who they are where they log in.
ALTER TABLE signing_holder ADD COLUMN kind TEXT;
ALTER TABLE signing_holder ADD COLUMN months BIGINT;
ALTER TABLE signing_holder ADD COLUMN purposes TEXT;
ALTER TABLE signing_holder ADD COLUMN person BYTEA;
ALTER TABLE signing_holder ADD COLUMN blocked_at BIGINT;
ALTER TABLE signing_holder ADD COLUMN stopped_at BIGINT;

-- The contract's reason, beside the number that a list of revoked certificates carries.
ALTER TABLE signing_certificate ADD COLUMN motive TEXT;

-- A seed counts from its first good code on. Those that stand here were given by the deployment, and count.
ALTER TABLE signing_otp ADD COLUMN confirmed_at BIGINT;
ALTER TABLE signing_otp ADD COLUMN shown_at BIGINT;
UPDATE signing_otp SET confirmed_at = 0;

-- By which application a key was used, and the person whose event it is.
ALTER TABLE signing_log ADD COLUMN application TEXT;
ALTER TABLE signing_log ADD COLUMN person BYTEA;
CREATE INDEX signing_log_holder ON signing_log (bucket, institution, official, id);
CREATE INDEX signing_log_application ON signing_log (bucket, institution, official, application, id);

-- What a holder accepted when they let an application sign unattended: the SHA-256 of the text (SIG-07).
ALTER TABLE signing_permission ADD COLUMN text_sha256 BYTEA;

-- What a body decided about its signatures.
CREATE TABLE signing_institution (
    institution TEXT NOT NULL PRIMARY KEY,
    fee_staff TEXT NOT NULL,
    fee_act TEXT,
    algorithm TEXT NOT NULL
);

-- Requests for certificates, and the certificates that came of them by their serial numbers.
CREATE TABLE signing_cert_request (
    bucket BIGINT NOT NULL,
    id BYTEA NOT NULL,
    institution TEXT NOT NULL,
    official BYTEA NOT NULL,
    purpose TEXT NOT NULL,
    months BIGINT NOT NULL,
    state TEXT NOT NULL,
    name TEXT NOT NULL,
    post TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    sent_at BIGINT,
    due BIGINT,
    decided_by BYTEA,
    decided_at BIGINT,
    reason TEXT,
    certification TEXT,
    serial TEXT,
    not_after BIGINT,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX signing_cert_request_holder ON signing_cert_request (bucket, institution, official);
CREATE INDEX signing_cert_request_state ON signing_cert_request (bucket, institution, state, id);
CREATE INDEX signing_cert_request_ends ON signing_cert_request (bucket, institution, state, not_after);

-- What the registration authority did, and who did it. Append-only.
CREATE TABLE signing_act (
    bucket BIGINT NOT NULL,
    id BYTEA NOT NULL,
    institution TEXT NOT NULL,
    kind TEXT NOT NULL,
    official BYTEA,
    request BYTEA,
    doer BYTEA,
    note TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX signing_act_holder ON signing_act (bucket, institution, official, id);
