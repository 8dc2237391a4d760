//! The way from an act to its receipt of the transparency log.

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

/// «Comprobante de integridad»: the link beside an act that says what can be proved of it, to whom it concerns.
#[must_use]
pub fn integrity_receipt(ledger: &str, record: &str) -> Markup {
    html! { a href=(event_address(ledger, record)) { (t("web-integrity")) } }
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
