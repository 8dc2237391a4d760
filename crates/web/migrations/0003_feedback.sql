-- Answers to «¿Esta página le sirvió?»: of which page (its pattern, never a person's own address), never by whom.
CREATE TABLE web_feedback (
    id BYTEA NOT NULL PRIMARY KEY,
    route TEXT NOT NULL,
    useful BIGINT NOT NULL,
    comment TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX web_feedback_route ON web_feedback (route, created_at);
