//! The way from an act to its receipt of the transparency log.

use http::{HeaderName, header};
use maud::{Markup, html};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::locale::t;

/// What may stand in a path as it is; a record's id is itself written in parts.
const PART: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Where the persons whom an event concerns find it with its receipt: the event's ledger and its record's id.
#[must_use]
pub fn event_address(ledger: &str, record: &str) -> String {
    format!("/mi/actividad/{ledger}/{}", utf8_percent_encode(record, PART))
}

/// The same for programs: where the event and its receipt are as JSON.
#[must_use]
pub fn receipt_address(ledger: &str, record: &str) -> String {
    format!("/api/receipts/{ledger}/{}", utf8_percent_encode(record, PART))
}

/// A `Link` header from an act told as JSON to its receipt, where the JSON itself is sealed or registered as it is.
#[must_use]
pub fn receipt_link(ledger: &str, record: &str) -> (HeaderName, String) {
    (header::LINK, format!("<{}>; rel=\"https://c2sp.org/tlog-proof\"", receipt_address(ledger, record)))
}

/// «Comprobante de integridad»: the link beside an act that says what can be proved of it, to whom it concerns.
#[must_use]
pub fn integrity_receipt(ledger: &str, record: &str) -> Markup {
    html! { a href=(event_address(ledger, record)) { (t("web-integrity")) } }
}

/// The same in a list, where its name must tell of which act it is.
#[must_use]
pub fn integrity_receipt_of(ledger: &str, record: &str, what: &str) -> Markup {
    html! { a href=(event_address(ledger, record)) { (t("web-integrity")) span.hidden { ": " (what) } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_its_parts_and_hides_nothing_from_the_router() {
        let address = event_address("casefile", "casefile.entry/PE-MUN-00345/EXP-1/3?a#b ñ");
        assert_eq!(address, "/mi/actividad/casefile/casefile.entry/PE-MUN-00345/EXP-1/3%3Fa%23b%20%C3%B1");
    }
}
