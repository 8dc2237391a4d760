//! The request to complete an application (LBPA 31): five business days, with the warning that the law demands.

use copihue_core::{Result, Timestamp};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::dates;

/// Business days to answer (`lbpa31_subsanacion`).
pub const CORRECTION_DAYS: u16 = 5;

/// What a person is asked to complete.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CorrectionRequest {
    /// What is missing, in the official's words.
    pub what: String,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// Day on which its notice counts as made.
    pub made_on: Date,
    /// Last day to answer.
    pub due: Date,
    /// When the term is over: the midnight that ends `due`.
    pub expires: Timestamp,
}

/// The last day to answer a request whose notice is made on `made_on`.
///
/// # Errors
/// When the calendar does not reach that far.
pub fn correction_due(made_on: Date) -> Result<Date> {
    dates::add_business_days(made_on, CORRECTION_DAYS)
}
