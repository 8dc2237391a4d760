-- A signed checkpoint leaves the house only with the cosignatures that the policy asks for: NULL until then.
ALTER TABLE ledger_checkpoint ADD COLUMN published_at BIGINT;
UPDATE ledger_checkpoint SET published_at = signed_at;
CREATE INDEX ledger_checkpoint_published ON ledger_checkpoint (family, size) WHERE published_at IS NOT NULL;

-- Who may place and sign: one process at a time. What another one began under an older term is refused.
CREATE TABLE ledger_lease (
    id BIGINT NOT NULL PRIMARY KEY,
    holder BYTEA NOT NULL,
    term BIGINT NOT NULL,
    until BIGINT NOT NULL
);
