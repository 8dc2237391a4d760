-- Wrong codes that an application presented on a day, of whichever holders: beyond a number nothing of it is judged until the next day.
ALTER TABLE signing_application ADD COLUMN wrong_codes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE signing_application ADD COLUMN wrong_codes_day BIGINT NOT NULL DEFAULT 0;
