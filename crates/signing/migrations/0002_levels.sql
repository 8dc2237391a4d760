-- The level asked for and the level reached (SIG-19); none for what has no levels.
ALTER TABLE signing_log ADD COLUMN level_asked TEXT;
ALTER TABLE signing_log ADD COLUMN level_reached TEXT;
