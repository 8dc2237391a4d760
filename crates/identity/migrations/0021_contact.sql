-- A change of the address that codes go to. The new one waits here, sealed, while who reads the old one can take it back with a link
-- whose secret is kept hashed; at most one for each person.
CREATE TABLE identity_contact_change (
    bucket BIGINT NOT NULL,
    person BYTEA NOT NULL,
    email_sealed BYTEA NOT NULL,
    cancel_hash BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    effective_at BIGINT NOT NULL,
    PRIMARY KEY (bucket, person)
);
CREATE UNIQUE INDEX identity_contact_change_by_link ON identity_contact_change (bucket, cancel_hash);

-- 1 when the person has shown that they read what is sent there.
ALTER TABLE identity_person ADD COLUMN email_verified BIGINT NOT NULL DEFAULT 0;
