-- How often what happened, by hour since 1970: what the keepers' panel shows. Counts of acts; of whom, nothing.
CREATE TABLE identity_tally (
    hour BIGINT NOT NULL,
    kind TEXT NOT NULL,
    outcome TEXT NOT NULL,
    -- Empty where no application was concerned.
    client_id TEXT NOT NULL,
    factors TEXT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (hour, kind, outcome, client_id, factors)
);

-- What was unusual, once an hour each; open until somebody says what it was.
CREATE TABLE identity_alarm (
    kind TEXT NOT NULL,
    hour BIGINT NOT NULL,
    n BIGINT NOT NULL,
    usual BIGINT NOT NULL,
    raised_at BIGINT NOT NULL,
    closed_at BIGINT,
    closed_by TEXT,
    note TEXT,
    PRIMARY KEY (kind, hour)
);
