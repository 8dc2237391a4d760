-- Whether a certificate still counts is asked by its serial number (OCSP).
CREATE INDEX signing_certificate_serial ON signing_certificate (serial);
