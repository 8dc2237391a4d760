-- The person's history, and by client the institution's access log (DS 9/2023 art. 13). Ids sort by time.
CREATE TABLE identity_event (
    bucket BIGINT NOT NULL,
    person BYTEA NOT NULL,
    id BYTEA NOT NULL,
    kind TEXT NOT NULL,
    outcome TEXT NOT NULL,
    client_id TEXT,
    client_name TEXT,
    institution TEXT,
    acr BIGINT,
    factors TEXT NOT NULL,
    device TEXT NOT NULL,
    delivered TEXT NOT NULL,
    trace TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (bucket, person, id)
);
CREATE INDEX identity_event_by_client ON identity_event (client_id, at);
