-- When the person gave their password, or what stands for it. A session is newer than that where the identity provider's own
-- answered in their place; where nobody knows, it is no fresh login.
ALTER TABLE web_session ADD COLUMN authenticated_at BIGINT;
