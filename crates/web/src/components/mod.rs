//! Components of pages: functions that answer builders, builders that render. Patterns follow GOV.UK Frontend.
//!
//! ```
//! use copihue_web::components::*;
//! use copihue_web::{FormState, html};
//! let state = FormState::new();
//! let form = html! {
//!     (run_input("run", "RUN").state(&state))
//!     (text_input("plate", "Patente").hint("Por ejemplo: BBCL60").state(&state))
//!     (button("Continuar"))
//! };
//! assert!(form.into_string().contains("for=\"run\""));
//! ```
//! Names of fields are ids of their inputs too, so that the error summary can lead to them.

mod action;
mod chart;
mod choices;
mod date;
mod errors;
mod field;
mod file;
mod input;
mod integrity;
mod list;
mod notice;
mod qr;
mod select;
mod table;
mod task;
mod timeline;
mod verification;

pub use action::{Button, button, button_link, copy_button, pagination};
pub use chart::{Bar, bar_chart};
pub use choices::{Choices, checkboxes, declaration, radios, yes_no};
pub use date::{DateInput, date_input};
pub use errors::error_summary;
pub use file::{FileInput, file_upload};
pub use input::{
    Input, address_input, email_input, money_input, number_input, otp_input, password_input, phone_input,
    run_input, search_input, text_input, textarea,
};
pub use integrity::{event_address, integrity_receipt, integrity_receipt_of, receipt_address, receipt_link};
pub use list::{CheckAnswers, Fact, check_answers, fact, facts, summary_list};
pub use notice::{details, inset, notification_banner, panel, success_banner, tabs, warning};
pub use qr::qr_code;
pub use select::{Select, commune_select, datalist_input, select};
pub use table::{Column, Table, table};
pub use task::{Task, TaskState, task, task_list};
pub use timeline::{Event, Tone, event, tag, timeline};
pub use verification::verification_block;

use std::borrow::Cow;

/// Text of a component: borrowed or made for it.
pub type Text<'a> = Cow<'a, str>;
