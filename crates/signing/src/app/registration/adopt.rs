//! Certificates from before there were requests: each takes its place among those of its holder, who then sees it, is warned before it ends,
//! and can have it revoked as any other.

use copihue_core::{Id, Result};
use copihue_db::Tx;

use super::Registration;
use crate::model::cert_request::{CertRequest, MAX_MONTHS, RequestState};
use crate::model::token::Purpose;
use crate::store::cert_request;
use crate::store::certificate::{self, Unasked};

/// So many in one transaction, which others wait behind.
const TOGETHER: usize = 200;

impl Registration {
    /// Gives each official's certificate that has no request one. Answers how many there were; the next time there are none.
    ///
    /// # Errors
    /// When the database does not answer, or a stored certificate can't be read.
    pub async fn adopt(&self) -> Result<usize> {
        let mut adopted = 0;
        loop {
            let registration = self.clone();
            let write = move |tx: &mut Tx<'_>| {
                let found = certificate::unasked(tx, TOGETHER)?;
                found
                    .iter()
                    .try_for_each(|one| cert_request::add_given(tx, &registration.request_of(one)))?;
                Ok(found.len())
            };
            let count = self.signing().db().write(write).await?;
            adopted += count;
            if count < TOGETHER {
                return Ok(adopted);
            }
        }
    }

    fn request_of(&self, one: &Unasked) -> CertRequest {
        let (from, until) = one.certificate.validity();
        let bucket = self.signing().bucket(&one.institution);
        CertRequest {
            // By when it was issued: that is its place in the list.
            id: Id::new(from, bucket, self.signing().random()),
            institution: one.institution.clone(),
            official: one.official,
            purpose: if one.is_unattended { Purpose::Unattended } else { Purpose::Attended },
            months: MAX_MONTHS,
            state: if one.is_revoked { RequestState::Revoked } else { RequestState::InForce },
            name: one.certificate.common_name(),
            post: one.certificate.title().unwrap_or_default(),
            created_at: from,
            sent_at: None,
            due: None,
            decided_by: None,
            decided_at: None,
            reason: None,
            certification: None,
            serial: Some(one.certificate.serial()),
            not_after: Some(until),
        }
    }
}
