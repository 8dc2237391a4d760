CREATE TABLE payments_payment (
    bucket BIGINT NOT NULL,
    id BYTEA NOT NULL,
    institution TEXT NOT NULL,
    payer BYTEA NOT NULL,
    payer_run BIGINT NOT NULL,
    payer_name TEXT NOT NULL,
    lines TEXT NOT NULL,
    amount BIGINT NOT NULL,
    description TEXT NOT NULL,
    reference TEXT NOT NULL,
    obligation TEXT NOT NULL,
    case_iuie TEXT,
    return_to TEXT NOT NULL,
    fulfil_within_s BIGINT NOT NULL,
    state TEXT NOT NULL,
    failure TEXT,
    refund TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX payments_payment_of_payer ON payments_payment (bucket, payer, id);
CREATE INDEX payments_payment_waiting ON payments_payment (expires_at) WHERE finished_at IS NULL;

-- One live or paid payment for each obligation (PAY-10), in the institution's bucket.
CREATE TABLE payments_obligation (
    bucket BIGINT NOT NULL,
    institution TEXT NOT NULL,
    obligation TEXT NOT NULL,
    payment BYTEA NOT NULL,
    PRIMARY KEY (bucket, institution, obligation)
);

CREATE TABLE payments_attempt (
    bucket BIGINT NOT NULL,
    id BYTEA NOT NULL,
    payment BYTEA NOT NULL,
    provider TEXT NOT NULL,
    buy_order TEXT NOT NULL,
    amount BIGINT NOT NULL,
    token TEXT,
    redirect TEXT,
    state TEXT NOT NULL,
    lease_until BIGINT,
    proof TEXT,
    asked BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    next_check BIGINT,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX payments_attempt_of_payment ON payments_attempt (bucket, payment, id);
CREATE INDEX payments_attempt_due ON payments_attempt (next_check) WHERE next_check IS NOT NULL;
CREATE UNIQUE INDEX payments_attempt_order ON payments_attempt (provider, buy_order);
CREATE UNIQUE INDEX payments_attempt_token ON payments_attempt (provider, token) WHERE token IS NOT NULL;

-- What came to us about an attempt, as it came. Append only.
CREATE TABLE payments_attempt_event (
    bucket BIGINT NOT NULL,
    id BYTEA NOT NULL,
    attempt BYTEA NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX payments_attempt_event_of_attempt ON payments_attempt_event (bucket, attempt, id);

CREATE TABLE payments_refund (
    bucket BIGINT NOT NULL,
    id BYTEA NOT NULL,
    payment BYTEA NOT NULL,
    attempt BYTEA NOT NULL,
    amount BIGINT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    asked BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    next_check BIGINT,
    PRIMARY KEY (bucket, id)
);
-- One full refund for each charge (I5).
CREATE UNIQUE INDEX payments_refund_of_attempt ON payments_refund (bucket, attempt);
CREATE INDEX payments_refund_due ON payments_refund (next_check) WHERE next_check IS NOT NULL;
