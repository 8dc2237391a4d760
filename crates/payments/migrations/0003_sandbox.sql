-- The test provider's own books: what it was asked and what it answered.
CREATE TABLE payments_sandbox (
    token TEXT NOT NULL PRIMARY KEY,
    buy_order TEXT NOT NULL UNIQUE,
    amount BIGINT NOT NULL,
    description TEXT NOT NULL,
    institution TEXT NOT NULL,
    return_path TEXT NOT NULL,
    state TEXT NOT NULL,
    authorisation_code TEXT,
    paid_at BIGINT,
    commits BIGINT NOT NULL,
    refunded BIGINT NOT NULL,
    refund_key TEXT
);
