-- The accounting ledger: rows are only ever added (I2).
CREATE TABLE payments_journal (
    bucket BIGINT NOT NULL,
    institution TEXT NOT NULL,
    n BIGINT NOT NULL,
    at BIGINT NOT NULL,
    business_date TEXT NOT NULL,
    kind TEXT NOT NULL,
    payment BYTEA NOT NULL,
    attempt BYTEA NOT NULL,
    key TEXT NOT NULL,
    prev BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (bucket, institution, n)
);
CREATE UNIQUE INDEX payments_journal_key ON payments_journal (bucket, institution, key);

CREATE TABLE payments_journal_line (
    bucket BIGINT NOT NULL,
    institution TEXT NOT NULL,
    n BIGINT NOT NULL,
    side BIGINT NOT NULL,
    account TEXT NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (bucket, institution, n, side)
);

-- The last entry of each institution; its row orders the writers of one institution, and of no other.
CREATE TABLE payments_journal_head (
    bucket BIGINT NOT NULL,
    institution TEXT NOT NULL,
    n BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (bucket, institution)
);

CREATE TABLE payments_receipt (
    bucket BIGINT NOT NULL,
    payment BYTEA NOT NULL,
    attempt BYTEA NOT NULL,
    institution TEXT NOT NULL,
    year BIGINT NOT NULL,
    number BIGINT NOT NULL,
    code TEXT NOT NULL,
    issued_at BIGINT NOT NULL,
    PRIMARY KEY (bucket, payment)
);
CREATE UNIQUE INDEX payments_receipt_number ON payments_receipt (institution, year, number);
CREATE UNIQUE INDEX payments_receipt_code ON payments_receipt (code);

-- Last receipt number of each institution and year (I4).
CREATE TABLE payments_receipt_counter (
    bucket BIGINT NOT NULL,
    institution TEXT NOT NULL,
    year BIGINT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (bucket, institution, year)
);
