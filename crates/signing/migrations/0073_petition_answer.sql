-- How a petition ended, and why it was refused. One that ended without a word before was granted.
ALTER TABLE signing_petition ADD COLUMN answer TEXT;
ALTER TABLE signing_petition ADD COLUMN reason TEXT;

-- Of each official one petition is open at most. Of those that were doubled the first stays.
UPDATE signing_petition SET done_at = asked_at, answer = 'retirada'
WHERE done_at IS NULL AND EXISTS (
    SELECT 1 FROM signing_petition f
    WHERE f.bucket = signing_petition.bucket AND f.institution = signing_petition.institution
      AND f.official = signing_petition.official AND f.done_at IS NULL AND f.id < signing_petition.id
);
CREATE UNIQUE INDEX signing_petition_open ON signing_petition (bucket, institution, official) WHERE done_at IS NULL;
CREATE INDEX signing_petition_official ON signing_petition (bucket, institution, official, asked_at);
