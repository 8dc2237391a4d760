-- Wordings of documents: each version whole. `writers` are the officials who wrote some of it.
CREATE TABLE procedures_template (
  institution TEXT NOT NULL,
  procedure TEXT NOT NULL,
  document TEXT NOT NULL,
  version BIGINT NOT NULL,
  state TEXT NOT NULL,
  template TEXT NOT NULL,
  sample TEXT NOT NULL,
  step BIGINT NOT NULL,
  writers TEXT NOT NULL,
  saved_by TEXT NOT NULL,
  saved_at BIGINT NOT NULL,
  decided_by TEXT,
  decided_at BIGINT,
  reason TEXT,
  PRIMARY KEY (institution, procedure, document, version)
);
CREATE UNIQUE INDEX procedures_template_open ON procedures_template (institution, procedure, document)
  WHERE state IN ('borrador', 'propuesta');
CREATE UNIQUE INDEX procedures_template_force ON procedures_template (institution, procedure, document) WHERE state = 'vigente';

-- What each step of a draft changed from: to take it back.
CREATE TABLE procedures_template_step (
  institution TEXT NOT NULL,
  procedure TEXT NOT NULL,
  document TEXT NOT NULL,
  version BIGINT NOT NULL,
  step BIGINT NOT NULL,
  template TEXT NOT NULL,
  sample TEXT NOT NULL,
  PRIMARY KEY (institution, procedure, document, version, step)
);

-- Documents issued in bulk: one wording, many rows of data.
CREATE TABLE procedures_batch (
  institution TEXT NOT NULL,
  id BYTEA NOT NULL,
  procedure TEXT NOT NULL,
  document TEXT NOT NULL,
  title TEXT NOT NULL,
  template TEXT NOT NULL,
  ordered_by TEXT NOT NULL,
  total BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  finished_at BIGINT,
  PRIMARY KEY (institution, id)
);
CREATE INDEX procedures_batch_list ON procedures_batch (institution, created_at, id);

-- A row: 0 to be issued, 1 issued, 2 can't be. An issued one keeps its hash and its code, and no longer its data.
CREATE TABLE procedures_batch_item (
  batch BYTEA NOT NULL,
  n BIGINT NOT NULL,
  state BIGINT NOT NULL,
  data TEXT,
  code TEXT,
  sha256 BYTEA,
  error TEXT,
  PRIMARY KEY (batch, n)
);
CREATE INDEX procedures_batch_item_due ON procedures_batch_item (batch, n) WHERE state = 0;
