//! Ground floor under every page and every own API: shell, components, forms, sessions, errors, assets, translations.
//!
//! A service declares [`Routes`], each with its [`Access`]; [`Web::router`] puts them behind the one layer that knows
//! who asks, may refuse, and gives every answer its headers. Handlers take [`Cx`] first and answer with [`Cx::page`];
//! posts come as [`FormData`], are parsed by [`Fields`], and shown again with what was typed by [`FormState`].
//! Everything works without script.

mod assets;
mod builtin;
pub mod components;
mod compress;
pub mod config;
mod cookies;
mod csrf;
mod cx;
mod drain;
mod error_page;
mod failure;
mod finish;
pub mod format;
mod forms;
mod gallery;
mod guard;
mod headers;
mod health;
pub mod locale;
mod log_head;
mod once;
mod page;
mod prefs;
mod proof_file;
mod public;
mod rates;
mod rescue;
mod routes;
mod serve;
mod service;
mod session;
mod shell;
#[cfg(feature = "testing")]
pub mod testing;
mod web;

pub use assets::{budgets, weight};
pub use config::{Limits, Logo, NavLink, Rates, SessionTimes, Show, Timeouts, WebConfig};
pub use cx::Cx;
pub use failure::{Failure, see_other, see_other_host};
pub use forms::{Fields, FileKind, FormData, FormState, JsonBody, Parsed, Upload};
pub use log_head::LogHead;
pub use page::Page;
pub use prefs::{Contrast, Prefs, Size};
pub use proof_file::proof_file;
pub use public::PublicPages;
pub use routes::{Access, RouteEntry, RouteSet, Routes, Verb};
pub use serve::serve;
pub use session::{NewSession, Session, SessionCookie, Sessions, Which, end_every_session};
pub use web::{Banner, HatSource, MIGRATIONS, NoHats, Web};

pub use maud;
pub use maud::{Markup, html};

#[doc(hidden)]
pub use inventory;

crate::locale!("web", include_str!("../locales/es-CL.ftl"));
