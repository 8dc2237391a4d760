-- Legal notices, in the recipient's bucket.
CREATE TABLE notifications_notice (
    bucket BIGINT NOT NULL,
    id BYTEA NOT NULL,
    code TEXT NOT NULL,
    institution TEXT NOT NULL,
    sender_name TEXT NOT NULL,
    recipient BYTEA NOT NULL,
    recipient_run BIGINT NOT NULL,
    recipient_name TEXT NOT NULL,
    case_iuie TEXT,
    procedure_code TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    content_sha256 BYTEA NOT NULL,
    first_notice BIGINT NOT NULL,
    domicile TEXT NOT NULL,
    domicile_version BIGINT NOT NULL,
    state TEXT NOT NULL,
    result TEXT NOT NULL,
    sent_at BIGINT NOT NULL,
    sent_on TEXT NOT NULL,
    made_on TEXT NOT NULL,
    made_rule TEXT NOT NULL,
    calendar_version TEXT NOT NULL,
    zone TEXT NOT NULL,
    read_at BIGINT,
    PRIMARY KEY (bucket, id)
);
CREATE UNIQUE INDEX notifications_notice_code ON notifications_notice (code);
CREATE INDEX notifications_notice_inbox ON notifications_notice (bucket, recipient, sent_at, id);
CREATE INDEX notifications_notice_of_case ON notifications_notice (bucket, recipient, institution, case_iuie);

CREATE TABLE notifications_attachment (
    bucket BIGINT NOT NULL,
    notice BYTEA NOT NULL,
    n BIGINT NOT NULL,
    title TEXT NOT NULL,
    href TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (bucket, notice, n)
);

-- Every step and every reading (NOT-07, NTF-12). Rows are only ever added.
CREATE TABLE notifications_event (
    bucket BIGINT NOT NULL,
    notice BYTEA NOT NULL,
    n BIGINT NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (bucket, notice, n)
);

-- Certificates of sending; a correction is a new version.
CREATE TABLE notifications_certificate (
    bucket BIGINT NOT NULL,
    notice BYTEA NOT NULL,
    version BIGINT NOT NULL,
    json TEXT NOT NULL,
    sha256 BYTEA NOT NULL,
    jws TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (bucket, notice, version)
);

-- Where each person is notified; every change is a row (DDU-01). No row: the casilla (DDU-03).
CREATE TABLE notifications_domicile (
    bucket BIGINT NOT NULL,
    person BYTEA NOT NULL,
    version BIGINT NOT NULL,
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    set_by TEXT NOT NULL,
    PRIMARY KEY (bucket, person, version)
);
