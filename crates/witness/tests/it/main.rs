//! A witness as logs meet it: what it signs, what it refuses, what it costs; on both engines where it keeps something.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod attacks;
mod foreign;
mod http;
mod protocol;
mod support;
