-- What left, or is about to leave, by e-mail.
CREATE TABLE notifications_mail (
    id BYTEA NOT NULL PRIMARY KEY,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    notice BYTEA,
    state TEXT NOT NULL,
    response TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    sent_at BIGINT
);
