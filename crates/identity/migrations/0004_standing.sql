-- Whether the person lives, as the civil registry or an officer says. Who is dead gets nothing by any grant.
ALTER TABLE identity_person ADD COLUMN vital TEXT NOT NULL DEFAULT 'vive';

-- The words of an act of the operator, for the person to read.
ALTER TABLE identity_event ADD COLUMN note TEXT NOT NULL DEFAULT '';
