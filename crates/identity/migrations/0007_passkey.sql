-- Passkeys: what is public of them. The make is the authenticator's own word; synced says whether the key may leave its device.
CREATE TABLE identity_passkey (
    bucket BIGINT NOT NULL,
    person BYTEA NOT NULL,
    id BYTEA NOT NULL,
    public_key BYTEA NOT NULL,
    counter BIGINT NOT NULL,
    synced BIGINT NOT NULL,
    aaguid BYTEA NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (bucket, person, id)
);
-- No key is two people's.
CREATE UNIQUE INDEX identity_passkey_by_id ON identity_passkey (id);
