-- Documents that an application sent before the batch that names them.
CREATE TABLE signing_upload (
    bucket BIGINT NOT NULL,
    application TEXT NOT NULL,
    sha256 BYTEA NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (bucket, application, sha256)
);
