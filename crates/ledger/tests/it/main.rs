//! Behaviour of the ledger: what is appended is provable, attacks on its storage are found, on both engines.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod anchors;
mod clocks;
mod copies;
mod crash;
mod deeds;
mod erasure;
mod faults;
mod fsck;
mod http;
mod index;
mod lease;
mod measure;
mod pages;
mod person;
mod receipts;
mod recovery;
mod registers;
mod serving;
mod storage;
mod support;
mod witnesses;
mod witnessing;

#[test]
fn web_09_every_text_is_there_and_used() {
    copihue_web::testing::check_locale(env!("CARGO_MANIFEST_DIR"));
}
