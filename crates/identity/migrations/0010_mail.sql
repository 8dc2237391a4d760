-- How the present password came to be: 'correo' when a code by mail alone gave it back. Another code to the same mail proves nothing more.
ALTER TABLE identity_credential ADD COLUMN proof TEXT NOT NULL DEFAULT '';
