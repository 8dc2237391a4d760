-- Drafts by the time of their last change: those that nobody touches are warned of, and then deleted.
CREATE INDEX procedures_case_draft ON procedures_case (updated, id) WHERE filed IS NULL AND closed IS NULL;
