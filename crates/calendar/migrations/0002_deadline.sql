-- The terms that run in every service. body is the deadline with its explanation, as JSON; the columns beside it are
-- what is searched by. checked_n is the last version of the calendar that it was compared with. The bucket is the subject's.
CREATE TABLE calendar_deadline (
    bucket BIGINT NOT NULL,
    id BYTEA NOT NULL,
    subject_kind TEXT NOT NULL,
    subject BYTEA NOT NULL,
    label TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    due TEXT NOT NULL,
    expires BIGINT NOT NULL,
    suspended_from TEXT,
    suspended_cause TEXT,
    suspended_act TEXT,
    proposed TEXT,
    checked_n BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX calendar_deadline_subject ON calendar_deadline (bucket, subject, subject_kind);
CREATE INDEX calendar_deadline_expires ON calendar_deadline (state, expires, id);
CREATE INDEX calendar_deadline_checked ON calendar_deadline (state, checked_n, id);

CREATE TABLE calendar_deadline_event (
    bucket BIGINT NOT NULL,
    deadline BYTEA NOT NULL,
    n BIGINT NOT NULL,
    kind TEXT NOT NULL,
    act TEXT NOT NULL,
    by_whom TEXT NOT NULL,
    at BIGINT NOT NULL,
    due_before TEXT,
    due_after TEXT,
    PRIMARY KEY (bucket, deadline, n)
);
