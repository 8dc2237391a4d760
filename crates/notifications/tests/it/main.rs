//! Notices on both engines, dated by the law's vectors, read by their recipient alone.

mod dates;
mod mail;
mod notices;
mod pages;
mod statements;
mod support;
