-- An entry that one person proposes and another decides on.
CREATE TABLE registers_proposal (
    id BYTEA NOT NULL PRIMARY KEY,
    register BIGINT NOT NULL,
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    -- The entry of the key that it was written against; 0 for a new key.
    base BIGINT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    institution TEXT NOT NULL,
    proposed_by BYTEA NOT NULL,
    proposed_at BIGINT NOT NULL,
    decided_by BYTEA,
    decided_at BIGINT,
    decision TEXT,
    -- The entry that it became.
    number BIGINT,
    -- Opens the entry's commitment to the two persons.
    salt BYTEA
);
CREATE INDEX registers_proposal_state ON registers_proposal (state, proposed_at, id);
