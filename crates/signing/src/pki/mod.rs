//! Certificates: read, issue and revoke (RFC 5280, DS 181/2002, specs signing §7).

mod certificate;
mod crl;
mod issue;
mod names;
mod ocsp;

pub use certificate::Certificate;
pub use crl::{Crl, Revocation, RevocationReason, issue_crl};
pub use issue::{Issuer, Profile, issue, issue_root};
pub use names::{mask_run, rut_other_name};
pub use ocsp::{CertificateId, OcspAnswer, OcspQuestion, OcspRefusal, Standing, answer_ocsp, refuse_ocsp};
