//! The logs in people's words.

use copihue_web::Cx;

use crate::record::Family;

/// What a log is about, in two or three words; its own name when there are none.
pub(super) fn title(cx: &Cx, family: Family) -> &'static str {
    key(family).map_or(family.name(), |key| cx.t(key))
}

/// As in the page's address: without a slash.
pub(super) fn slug(family: Family) -> String {
    family.name().replace('/', "-")
}

/// The log of an address.
pub(super) fn of_slug(name: &str) -> Option<Family> {
    Family::ALL.into_iter().find(|family| slug(*family) == name)
}

/// By name, not by variant: a log that is added later shows under its own name until it is given one here.
fn key(family: Family) -> Option<&'static str> {
    Some(match family.name() {
        "identity" => "ledger-of-identity",
        "consent" => "ledger-of-consent",
        "interop" => "ledger-of-interop",
        "directory" => "ledger-of-directory",
        "notification" => "ledger-of-notification",
        "casefile" => "ledger-of-casefile",
        "signature" => "ledger-of-signature",
        "communications" => "ledger-of-communications",
        "payment" => "ledger-of-payment",
        "participation" => "ledger-of-participation",
        "vote" => "ledger-of-vote",
        "access" => "ledger-of-access",
        "admin" => "ledger-of-admin",
        "index" => "ledger-of-index",
        "register/regions" => "ledger-of-regions",
        "register/provinces" => "ledger-of-provinces",
        "register/communes" => "ledger-of-communes",
        "register/institutions" => "ledger-of-institutions",
        "register/holidays" => "ledger-of-holidays",
        "register/procedures" => "ledger-of-procedures",
        _ => return None,
    })
}
