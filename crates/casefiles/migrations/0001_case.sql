-- Case files, in the institution's bucket. `version` moves with every change: readers' caches go by it.
CREATE TABLE casefiles_case (
    bucket BIGINT NOT NULL,
    id BYTEA NOT NULL,
    institution TEXT NOT NULL,
    institution_name TEXT NOT NULL,
    institution_number BIGINT,
    iuie TEXT NOT NULL,
    procedure_code TEXT NOT NULL,
    procedure_name TEXT NOT NULL,
    title TEXT NOT NULL,
    subject TEXT NOT NULL,
    state TEXT NOT NULL,
    level BIGINT NOT NULL,
    sensitivity BIGINT NOT NULL,
    commune TEXT,
    zone TEXT NOT NULL,
    responsible_official BYTEA,
    responsible_run BIGINT,
    responsible_name TEXT NOT NULL,
    responsible_post TEXT NOT NULL,
    responsible_unit TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    closed_at BIGINT,
    n BIGINT NOT NULL,
    head BYTEA NOT NULL,
    trace_n BIGINT NOT NULL,
    trace_head BYTEA NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (bucket, id)
);
CREATE UNIQUE INDEX casefiles_case_number ON casefiles_case (bucket, institution, iuie);
-- For the log of attempts on somebody else's case, whose institution the address doesn't say.
CREATE INDEX casefiles_case_iuie ON casefiles_case (iuie);

CREATE TABLE casefiles_party (
    bucket BIGINT NOT NULL,
    case_id BYTEA NOT NULL,
    person BYTEA NOT NULL,
    run BIGINT NOT NULL,
    name TEXT NOT NULL,
    kind BIGINT NOT NULL,
    PRIMARY KEY (bucket, case_id, person)
);

-- A person's own list, in the person's bucket; kept with each change of state.
CREATE TABLE casefiles_person_case (
    bucket BIGINT NOT NULL,
    person BYTEA NOT NULL,
    case_id BYTEA NOT NULL,
    institution TEXT NOT NULL,
    institution_name TEXT NOT NULL,
    iuie TEXT NOT NULL,
    title TEXT NOT NULL,
    state TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (bucket, person, case_id)
);
CREATE INDEX casefiles_person_case_number ON casefiles_person_case (bucket, person, iuie);

-- Units and officials who process the case (EXP-29).
CREATE TABLE casefiles_assignment (
    bucket BIGINT NOT NULL,
    case_id BYTEA NOT NULL,
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (bucket, case_id, kind, code)
);

-- Last number of each institution, series and civil day: no institution waits for another.
CREATE TABLE casefiles_counter (
    bucket BIGINT NOT NULL,
    institution TEXT NOT NULL,
    series TEXT NOT NULL,
    day TEXT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (bucket, institution, series, day)
);
