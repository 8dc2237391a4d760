-- The index: rows are only ever added. `salt` and `detail` may go with an elimination; the chain stays whole.
CREATE TABLE casefiles_entry (
    bucket BIGINT NOT NULL,
    case_id BYTEA NOT NULL,
    n BIGINT NOT NULL,
    class TEXT NOT NULL,
    ref TEXT NOT NULL,
    rec BIGINT NOT NULL,
    inc BIGINT NOT NULL,
    salt BYTEA,
    detail TEXT,
    c TEXT NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (bucket, case_id, n)
);

CREATE TABLE casefiles_document (
    bucket BIGINT NOT NULL,
    case_id BYTEA NOT NULL,
    n BIGINT NOT NULL,
    document TEXT NOT NULL,
    title TEXT NOT NULL,
    kind BIGINT NOT NULL,
    sha256 BYTEA NOT NULL,
    size BIGINT NOT NULL,
    media_type TEXT NOT NULL,
    file_name TEXT,
    direction TEXT NOT NULL,
    stage TEXT NOT NULL,
    origin BIGINT NOT NULL,
    mechanism BIGINT NOT NULL,
    author TEXT NOT NULL,
    holders TEXT NOT NULL,
    privacy TEXT NOT NULL,
    level BIGINT NOT NULL,
    level_until BIGINT,
    granted TEXT NOT NULL,
    condition TEXT NOT NULL,
    source TEXT,
    code TEXT,
    pages BIGINT,
    PRIMARY KEY (bucket, case_id, n)
);

-- Metadata are never overwritten: an edit adds a version (EXP-42). `entity` is the case's or the document's number.
CREATE TABLE casefiles_metadata (
    bucket BIGINT NOT NULL,
    case_id BYTEA NOT NULL,
    entity TEXT NOT NULL,
    version BIGINT NOT NULL,
    json TEXT NOT NULL,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (bucket, case_id, entity, version)
);

CREATE TABLE casefiles_trace (
    bucket BIGINT NOT NULL,
    case_id BYTEA NOT NULL,
    n BIGINT NOT NULL,
    action TEXT NOT NULL,
    actor TEXT NOT NULL,
    actor_id BYTEA,
    at BIGINT NOT NULL,
    commune TEXT,
    detail TEXT NOT NULL,
    prev BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (bucket, case_id, n)
);

CREATE TABLE casefiles_act (
    bucket BIGINT NOT NULL,
    case_id BYTEA NOT NULL,
    document TEXT NOT NULL,
    number TEXT NOT NULL,
    dated TEXT NOT NULL,
    kind BIGINT NOT NULL,
    signers TEXT NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (bucket, case_id, document)
);

CREATE TABLE casefiles_filing (
    bucket BIGINT NOT NULL,
    case_id BYTEA NOT NULL,
    document TEXT NOT NULL,
    code TEXT NOT NULL,
    received BIGINT NOT NULL,
    effective BIGINT NOT NULL,
    certificate TEXT NOT NULL,
    jws TEXT NOT NULL,
    n BIGINT,
    PRIMARY KEY (bucket, case_id, document)
);
