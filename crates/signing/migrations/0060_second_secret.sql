-- A second secret of an application counts beside the first while whoever runs it changes from one to the other.
ALTER TABLE signing_application ADD COLUMN second_wrapped_key BYTEA;
ALTER TABLE signing_application ADD COLUMN second_secret BYTEA;
