-- Applications that institutions registered: what they asked for, and where each stands.
CREATE TABLE signing_registered (
    bucket BIGINT NOT NULL,
    id BYTEA NOT NULL,
    institution TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    contact TEXT NOT NULL,
    phase TEXT NOT NULL,
    -- Where it goes on when it is no longer suspended.
    before TEXT,
    asked_at BIGINT NOT NULL,
    due BIGINT,
    production_asked_at BIGINT,
    reason TEXT,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX signing_registered_institution ON signing_registered (bucket, institution, id);
CREATE INDEX signing_registered_phase ON signing_registered (phase, asked_at);

-- The key of a registered application in one environment (prueba, produccion), and what it may do there. None of it: as before.
ALTER TABLE signing_application ADD COLUMN registered BYTEA;
ALTER TABLE signing_application ADD COLUMN institution TEXT;
ALTER TABLE signing_application ADD COLUMN environment TEXT;
ALTER TABLE signing_application ADD COLUMN purposes TEXT;
ALTER TABLE signing_application ADD COLUMN kinds TEXT;
ALTER TABLE signing_application ADD COLUMN otp_reuse TEXT;
ALTER TABLE signing_application ADD COLUMN per_minute BIGINT;
ALTER TABLE signing_application ADD COLUMN networks TEXT;
ALTER TABLE signing_application ADD COLUMN secret_shown_at BIGINT;
CREATE INDEX signing_application_registered ON signing_application (registered);
CREATE INDEX signing_act_request ON signing_act (bucket, request, id);
