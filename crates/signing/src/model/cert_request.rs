//! Requests for certificates: `borrador → pendiente → aprobada → vigente → (revocado | expirado)`, and
//! `pendiente → cancelado | rechazado` (specs signing §4); one whose key is not made yet can be cancelled still.

use copihue_core::{Error, Id, Result, Timestamp};
use jiff::ToSpan;
use jiff::civil::Date;

use super::token::Purpose;
use crate::keys::Algorithm;

/// The law allows no longer life (Ley 19.799; SIG-04).
pub const MAX_MONTHS: u16 = 36;
/// One that ends within so many days may be asked for again; it is also what operators see as ending soon.
pub const RENEW_DAYS: i64 = 60;
/// A signature by RSA PKCS#1 v1.5 counts until then (ETSI TS 119 312 v1.5.1).
const RSA_ENDS: Date = jiff::civil::date(2029, 1, 1);

codes! {
    /// Where a request stands; from `vigente` on it is the certificate that does.
    RequestState {
        /// Being written by the holder.
        Draft = "borrador",
        /// Waits for the ministro de fe.
        Pending = "pendiente",
        /// Decided; the key is being made.
        Approved = "aprobada",
        /// The certificate is in force.
        InForce = "vigente",
        /// The certificate was revoked, for good.
        Revoked = "revocado",
        /// The certificate's day came.
        Expired = "expirado",
        /// Taken back before there was a certificate.
        Cancelled = "cancelado",
        /// Refused, with a reason.
        Rejected = "rechazado",
    }
}

codes! {
    /// What may happen to a request.
    RequestStep {
        /// The holder sends it.
        Send = "enviar",
        /// The holder or the operator takes it back, or the platform, when the holder may have no certificate any more.
        Cancel = "cancelar",
        /// The ministro de fe refuses it.
        Reject = "rechazar",
        /// The ministro de fe certifies who the holder is (SIG-03).
        Approve = "aprobar",
        /// The vault made the key, and the authority the certificate.
        Issue = "emitir",
        /// The certificate is revoked.
        Revoke = "revocar",
        /// The certificate's day came.
        Expire = "expirar",
    }
}

codes! {
    /// Who certified the holder.
    Certification {
        /// Somebody else.
        ByAnother = "de_otro",
        /// The ministro de fe certified themself: flagged, and a second person is told.
        OfOneself = "propia",
    }
}

impl RequestState {
    /// The state after a step; `None` where the step is not possible.
    #[must_use]
    pub const fn after(self, step: RequestStep) -> Option<Self> {
        Some(match (self, step) {
            (Self::Draft, RequestStep::Send) => Self::Pending,
            (Self::Draft | Self::Pending | Self::Approved, RequestStep::Cancel) => Self::Cancelled,
            (Self::Pending, RequestStep::Reject) => Self::Rejected,
            (Self::Pending, RequestStep::Approve) => Self::Approved,
            (Self::Approved, RequestStep::Issue) => Self::InForce,
            (Self::InForce, RequestStep::Revoke) => Self::Revoked,
            (Self::InForce, RequestStep::Expire) => Self::Expired,
            _ => return None,
        })
    }

    /// Whether it is still to be decided or carried out.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Draft | Self::Pending | Self::Approved)
    }
}

/// A request, and what became of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CertRequest {
    /// Id, in the institution's bucket.
    pub id: Id,
    /// The institution's code.
    pub institution: String,
    /// The holder's id in the directory.
    pub official: Id,
    /// What it signs.
    pub purpose: Purpose,
    /// Months of life asked for.
    pub months: u16,
    /// Where it stands, as stored: see [`Self::state_at`].
    pub state: RequestState,
    /// The holder's names, as their login said them (SIG-18).
    pub name: String,
    /// The post that goes into the certificate.
    pub post: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
    /// Until when it is to be decided.
    pub due: Option<Timestamp>,
    /// The ministro de fe, or who took it back; when the platform did, whoever decided before.
    pub decided_by: Option<Id>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// Why it was refused or cancelled, or the certificate revoked.
    pub reason: Option<String>,
    /// Who certified the holder, once somebody did.
    pub certification: Option<Certification>,
    /// The certificate's serial number, hex.
    pub serial: Option<String>,
    /// When the certificate ends.
    pub not_after: Option<Timestamp>,
}

impl CertRequest {
    /// Where it stands at an instant: nobody has to write down that a certificate's day came.
    #[must_use]
    pub fn state_at(&self, now: Timestamp) -> RequestState {
        let over = self.not_after.is_some_and(|end| end <= now);
        match self.state.after(RequestStep::Expire) {
            Some(expired) if over => expired,
            _ => self.state,
        }
    }

    /// Takes a step.
    ///
    /// # Errors
    /// `paso_imposible`, where the state does not allow it.
    pub fn take(&mut self, step: RequestStep, now: Timestamp) -> Result<()> {
        let next = self.state_at(now).after(step).ok_or_else(|| {
            Error::conflict("paso_imposible", "La solicitud cambió de estado. Revísela otra vez.")
        })?;
        self.state = next;
        Ok(())
    }

    /// Whether the certificate is in force and ends soon.
    #[must_use]
    pub fn ends_soon(&self, now: Timestamp) -> bool {
        self.state_at(now) == RequestState::InForce
            && self.not_after.is_some_and(|end| end <= now.plus_seconds(RENEW_DAYS * 86_400))
    }
}

/// Checks the reason of a refusal: who asked must be able to do something with it.
///
/// # Errors
/// `motivo_faltante`.
pub fn check_reason(reason: &str) -> Result<String> {
    let reason = reason.trim();
    match reason.chars().count() {
        10..=500 => Ok(reason.to_owned()),
        _ => Err(Error::invalid("motivo_faltante", "Escriba el motivo del rechazo.")
            .field("motivo", "Escriba el motivo, entre 10 y 500 letras: lo lee quien hizo la solicitud.")),
    }
}

/// When a certificate of so many months ends: on the same day of the month, never after three years, after its issuer, or,
/// for RSA, after the day until which such signatures count.
#[must_use]
pub fn ends_at(from: Timestamp, months: u16, algorithm: Algorithm, issuer_end: Timestamp) -> Timestamp {
    let zone = copihue_core::calendar::Zone::Santiago;
    let months = i64::from(months.min(MAX_MONTHS));
    let day = zone.local(from).saturating_add(months.months());
    let end = zone.instant(day).min(issuer_end);
    while_it_counts(end, algorithm)
}

/// The end of a certificate, or the day until which its algorithm counts, whichever is first.
#[must_use]
pub fn while_it_counts(end: Timestamp, algorithm: Algorithm) -> Timestamp {
    match algorithm {
        Algorithm::Rsa2048 | Algorithm::Rsa3072 | Algorithm::Rsa4096 => end.min(rsa_end()),
        Algorithm::P256 | Algorithm::P384 | Algorithm::Ed25519 => end,
    }
}

/// The last instant for a certificate with an RSA PKCS#1 key, of any size.
fn rsa_end() -> Timestamp {
    let end = RSA_ENDS.to_zoned(jiff::tz::TimeZone::UTC).map(|z| z.timestamp().as_millisecond());
    Timestamp::from_millis(end.unwrap_or_default()).plus_seconds(-1)
}

#[cfg(test)]
mod tests {
    use copihue_core::{Bucket, SeededRandom};

    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    #[test]
    fn sig_03_a_request_goes_only_where_the_law_lets_it() {
        use RequestState as S;
        use RequestStep as T;
        let allowed = [
            (S::Draft, T::Send, S::Pending),
            (S::Draft, T::Cancel, S::Cancelled),
            (S::Pending, T::Cancel, S::Cancelled),
            (S::Pending, T::Reject, S::Rejected),
            (S::Pending, T::Approve, S::Approved),
            (S::Approved, T::Issue, S::InForce),
            (S::Approved, T::Cancel, S::Cancelled),
            (S::InForce, T::Revoke, S::Revoked),
            (S::InForce, T::Expire, S::Expired),
        ];
        for state in S::ALL {
            for step in T::ALL {
                let expected = allowed.iter().find(|(s, t, _)| s == state && t == step).map(|(_, _, n)| *n);
                assert_eq!(state.after(*step), expected, "{state:?} {step:?}");
            }
        }
    }

    #[test]
    fn sig_04_no_certificate_lives_longer_than_three_years_or_its_issuer() {
        let from = at("2026-03-02T12:00:00Z");
        let far = at("2036-01-01T00:00:00Z");
        let end = |months, algorithm, issuer| ends_at(from, months, algorithm, issuer).to_string();
        assert_eq!(end(12, Algorithm::P256, far), "2027-03-02T12:00:00.000Z");
        assert_eq!(end(36, Algorithm::P256, far), end(90, Algorithm::P256, far));
        assert_eq!(end(36, Algorithm::P256, at("2027-01-18T00:00:00Z")), "2027-01-18T00:00:00.000Z");
        assert_eq!(end(36, Algorithm::Rsa2048, far), "2028-12-31T23:59:59.000Z");
        assert_eq!(end(36, Algorithm::Rsa4096, far), "2028-12-31T23:59:59.000Z");
        assert_eq!(end(12, Algorithm::Rsa2048, far), "2027-03-02T12:00:00.000Z");
    }

    #[test]
    fn sig_03_an_expired_certificate_can_neither_be_revoked_nor_counted_in_force() {
        let now = at("2026-03-02T12:00:00Z");
        let id = Id::new(now, Bucket::new(1), &SeededRandom::new(1));
        let mut request = CertRequest {
            id,
            institution: "PE-MUN-00345".into(),
            official: id,
            purpose: Purpose::Attended,
            months: 12,
            state: RequestState::InForce,
            name: "María".into(),
            post: "Directora".into(),
            created_at: now,
            sent_at: None,
            due: None,
            decided_by: None,
            decided_at: None,
            reason: None,
            certification: None,
            serial: None,
            not_after: Some(now.plus_seconds(50 * 86_400)),
        };
        assert!(request.ends_soon(now) && request.state_at(now) == RequestState::InForce);
        let later = now.plus_seconds(50 * 86_400);
        assert_eq!(request.state_at(later), RequestState::Expired);
        assert_eq!(request.take(RequestStep::Revoke, later).unwrap_err().code(), "paso_imposible");
        request.take(RequestStep::Revoke, now).unwrap();
        assert_eq!(request.state_at(later), RequestState::Revoked);
    }

    #[test]
    fn a_refusal_says_why() {
        assert!(check_reason("  no ").is_err());
        assert_eq!(check_reason(" El cargo no corresponde. ").unwrap(), "El cargo no corresponde.");
    }
}
