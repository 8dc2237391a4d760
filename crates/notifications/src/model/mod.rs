//! Notices as data: kinds, states, results, and the day on which they count as made. No SQL, no mail.

pub(crate) mod certificate;
pub(crate) mod domicile;
pub(crate) mod mail;
pub(crate) mod notice;
