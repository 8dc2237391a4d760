-- What nobody used is put away once a day: by these it is found.
CREATE INDEX signing_upload_at ON signing_upload (at);
CREATE INDEX signing_batch_unauthorised ON signing_batch (created_at) WHERE authorisation IS NULL;
