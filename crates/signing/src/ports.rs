//! What the registration authority needs of services above it.

use std::sync::Arc;

use copihue_core::calendar::Calendar;

/// The calendar of today: a snapshot that may be renewed while the platform runs.
pub type Calendars = Arc<dyn Fn() -> Arc<Calendar> + Send + Sync>;
