-- Published versions: immutable, named by the hash of their content.
CREATE TABLE procedures_version (
  hash TEXT NOT NULL PRIMARY KEY,
  id TEXT NOT NULL,
  version BIGINT NOT NULL,
  json TEXT NOT NULL,
  published_at BIGINT NOT NULL
);

-- The version that an institution offers now.
CREATE TABLE procedures_offer (
  institution TEXT NOT NULL,
  procedure TEXT NOT NULL,
  hash TEXT NOT NULL REFERENCES procedures_version (hash),
  PRIMARY KEY (institution, procedure)
);

-- A case, in the bucket of the person who asks. `state` is the whole machine.
CREATE TABLE procedures_case (
  bucket BIGINT NOT NULL,
  id BYTEA NOT NULL,
  institution TEXT NOT NULL,
  procedure TEXT NOT NULL,
  hash TEXT NOT NULL,
  person BYTEA NOT NULL,
  run BIGINT NOT NULL,
  person_name TEXT NOT NULL,
  iuie TEXT,
  casefile BYTEA,
  legal TEXT NOT NULL,
  status TEXT NOT NULL,
  open_key TEXT,
  rev BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  head BYTEA NOT NULL,
  state TEXT NOT NULL,
  opened BIGINT NOT NULL,
  filed BIGINT,
  updated BIGINT NOT NULL,
  closed BIGINT,
  PRIMARY KEY (bucket, id)
);
CREATE INDEX procedures_case_person ON procedures_case (bucket, person, updated);
CREATE UNIQUE INDEX procedures_case_iuie ON procedures_case (institution, iuie) WHERE iuie IS NOT NULL;
CREATE UNIQUE INDEX procedures_case_open ON procedures_case (institution, procedure, open_key) WHERE open_key IS NOT NULL;

-- What somebody has to do.
CREATE TABLE procedures_task (
  bucket BIGINT NOT NULL,
  case_id BYTEA NOT NULL,
  token BIGINT NOT NULL,
  node TEXT NOT NULL,
  doer TEXT NOT NULL,
  institution TEXT NOT NULL,
  unit TEXT NOT NULL,
  role TEXT NOT NULL,
  state TEXT NOT NULL,
  title TEXT NOT NULL,
  procedure TEXT NOT NULL,
  procedure_title TEXT NOT NULL,
  iuie TEXT,
  person_name TEXT NOT NULL,
  assignee BYTEA,
  assignee_name TEXT,
  opened BIGINT NOT NULL,
  arrived BIGINT NOT NULL,
  due_day TEXT,
  expires BIGINT,
  closed BIGINT,
  PRIMARY KEY (bucket, case_id, token)
);
CREATE INDEX procedures_task_desk ON procedures_task (institution, arrived, case_id) WHERE state <> 'done' AND doer = 'official';

-- What happened, each line chained to the one before.
CREATE TABLE procedures_event (
  bucket BIGINT NOT NULL,
  case_id BYTEA NOT NULL,
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  kind TEXT NOT NULL,
  detail TEXT NOT NULL,
  hash BYTEA NOT NULL,
  PRIMARY KEY (bucket, case_id, seq)
);

-- What is typed and not yet sent. Starts no legal clock.
CREATE TABLE procedures_draft (
  bucket BIGINT NOT NULL,
  case_id BYTEA NOT NULL,
  token BIGINT NOT NULL,
  data TEXT NOT NULL,
  typed TEXT NOT NULL,
  updated BIGINT NOT NULL,
  PRIMARY KEY (bucket, case_id, token)
);

-- Things of which an institution issues one only.
CREATE TABLE procedures_unique (
  institution TEXT NOT NULL,
  unique_key TEXT NOT NULL,
  case_id BYTEA NOT NULL,
  code TEXT NOT NULL,
  issued_at BIGINT NOT NULL,
  PRIMARY KEY (institution, unique_key)
);
