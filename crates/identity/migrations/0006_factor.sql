-- Second factors. The seed is sealed; last_step is the last one in which a code was spent.
CREATE TABLE identity_factor (
    bucket BIGINT NOT NULL,
    person BYTEA NOT NULL,
    kind TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    last_step BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (bucket, person, kind)
);

-- Codes on paper, for whoever loses the other factor: hashed like passwords, each good for once.
CREATE TABLE identity_backup_code (
    bucket BIGINT NOT NULL,
    person BYTEA NOT NULL,
    place BIGINT NOT NULL,
    secret TEXT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (bucket, person, place)
);

-- The browser of a session, in words.
ALTER TABLE identity_session ADD COLUMN label TEXT NOT NULL DEFAULT '';
