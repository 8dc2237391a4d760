-- Who wants to hear of what. A delivery is a job.
CREATE TABLE db_subscription (
    topic TEXT NOT NULL,
    consumer TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (topic, consumer)
);
-- Events of a topic that nobody has subscribed to yet.
CREATE TABLE db_held_event (
    id BYTEA NOT NULL PRIMARY KEY,
    topic TEXT NOT NULL,
    payload TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX db_held_event_topic ON db_held_event (topic, id);
