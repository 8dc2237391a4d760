-- An order: who ordered it, by id, whether it was stopped, and what keeps it from going on.
ALTER TABLE procedures_batch ADD COLUMN official BYTEA;
ALTER TABLE procedures_batch ADD COLUMN stopped_at BIGINT;
ALTER TABLE procedures_batch ADD COLUMN trouble TEXT;

-- Whose document a row is: what its first cell says.
ALTER TABLE procedures_batch_item ADD COLUMN label TEXT;
