//! The kernel of Ley 19.880: the same for every procedure. Definitions only say which node causes which event.

mod appeals;
mod correction;
mod entry;
mod resolution;
mod state;

pub use appeals::{Appeal, Authority, Office, appeals};
pub use correction::{CORRECTION_DAYS, CorrectionRequest, correction_due};
pub use entry::{Arrival, skipped};
pub use resolution::{Petition, Resolution, validate};
pub use state::{LegalEvent, LegalState, NotAllowed, apply};
