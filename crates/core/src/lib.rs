//! Ground types of Copihue: RUN, ids, time, money, territory, calendar arithmetic, errors.
//!
//! Nothing here does I/O. Time and randomness come in as [`Clock`] and [`Random`], so that every
//! rule of the platform can be tested at any instant and with the same bytes.

pub mod actor;
pub mod calendar;
pub mod clock;
pub mod error;
pub mod id;
pub mod json;
pub mod money;
pub mod random;
pub mod run;
pub mod secret;
pub mod territory;
pub mod text;
pub mod totp;
pub mod verification_code;

pub use actor::{Acr, Actor, Hat, PersonRef, Subject};
pub use clock::{Clock, ManualClock, SystemClock, Timestamp};
pub use error::{Error, FieldError, Kind, Result};
pub use id::{Bucket, BucketKey, Id};
pub use money::Clp;
pub use random::{Random, SeededRandom, SystemRandom};
pub use run::{Run, RunError};
pub use secret::Secret;
pub use verification_code::VerificationCode;
