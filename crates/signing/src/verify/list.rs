//! Lists of trusted authorities (ETSI TS 119 612), read from a file whose signer is known beforehand.

use copihue_core::Timestamp;
use roxmltree::Node;

use super::trust::{Anchor, AnchorKind, TrustedFor};
use super::xml::{self, base64_of, child, children};
use crate::pki::Certificate;
use crate::xml::parse;

const TSL: &str = "http://uri.etsi.org/02231/v2#";
const XML: &str = "http://www.w3.org/XML/1998/namespace";
/// Those of whole Europe have a few thousand.
const MOST: usize = 10_000;

/// Why a list is not believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ListError {
    /// It is not signed as a whole by the certificate that is believed.
    #[error("la lista no está firmada por el certificado indicado")]
    Signer,
    /// It is no list, or one that can't be read.
    #[error("no es una lista de confianza que se pueda leer")]
    Content,
    /// The next one is overdue: what was withdrawn since is not in it.
    #[error("la lista está vencida")]
    Old,
}

/// The authorities of a list that is signed by exactly this certificate, each for the time in which its service was granted.
/// `kind`: what a signature under them counts as.
///
/// # Errors
/// When it is not to be believed.
pub fn read_trust_list(
    list: &[u8],
    signer: &Certificate,
    kind: AnchorKind,
    now: Timestamp,
) -> Result<Vec<Anchor>, ListError> {
    if !xml::is_whole_signed_by(list, signer) {
        return Err(ListError::Signer);
    }
    let text = std::str::from_utf8(list).map_err(|_| ListError::Content)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document = parse(text).map_err(|_| ListError::Content)?;
    let root = document.root_element();
    if !root.has_tag_name((TSL, "TrustServiceStatusList")) {
        return Err(ListError::Content);
    }
    let next = child(root, (TSL, "SchemeInformation")).and_then(|n| child(n, (TSL, "NextUpdate")));
    let next = next.and_then(|n| child(n, (TSL, "dateTime"))).and_then(time).ok_or(ListError::Content)?;
    if now >= next {
        return Err(ListError::Old);
    }
    let providers = child(root, (TSL, "TrustServiceProviderList"));
    let providers = providers.into_iter().flat_map(|n| children(n, (TSL, "TrustServiceProvider")));
    Ok(providers.flat_map(|provider| authorities(provider, kind)).take(MOST).collect())
}

fn authorities(provider: Node<'_, '_>, kind: AnchorKind) -> Vec<Anchor> {
    let name =
        child(provider, (TSL, "TSPInformation")).and_then(|n| child(n, (TSL, "TSPName"))).and_then(named);
    let services = child(provider, (TSL, "TSPServices"));
    let services = services.into_iter().flat_map(|n| children(n, (TSL, "TSPService")));
    services.flat_map(|service| of_service(service, name.unwrap_or_default(), kind)).collect()
}

fn of_service(service: Node<'_, '_>, provider: &str, kind: AnchorKind) -> Vec<Anchor> {
    let Some(current) = child(service, (TSL, "ServiceInformation")) else { return Vec::new() };
    let text =
        |name: &'static str| child(current, (TSL, name)).and_then(|n| n.text()).unwrap_or_default().trim();
    let trusted_for = match text("ServiceTypeIdentifier") {
        "http://uri.etsi.org/TrstSvc/Svctype/CA/QC" | "http://uri.etsi.org/TrstSvc/Svctype/CA/PKC" => {
            TrustedFor::Signing
        }
        "http://uri.etsi.org/TrstSvc/Svctype/TSA/QTST" | "http://uri.etsi.org/TrstSvc/Svctype/TSA" => {
            TrustedFor::Stamping
        }
        _ => return Vec::new(),
    };
    let name = child(current, (TSL, "ServiceName")).and_then(named).unwrap_or_default();
    let source = format!("{provider}: {name}");
    let identity = child(current, (TSL, "ServiceDigitalIdentity"));
    let ids = identity.into_iter().flat_map(|n| children(n, (TSL, "DigitalId")));
    let certificates: Vec<Certificate> = ids
        .filter_map(|id| Certificate::from_der(&base64_of(child(id, (TSL, "X509Certificate"))?)?).ok())
        .collect();
    let Some((from, until)) = granted(service, current) else { return Vec::new() };
    let anchor = |certificate: Certificate| Anchor {
        certificate,
        kind,
        source: source.clone(),
        trusted_for,
        from: Some(from),
        until,
    };
    certificates.into_iter().map(anchor).collect()
}

type Interval = (Timestamp, Option<Timestamp>);

/// When a service was granted: the latest interval without a gap.
fn granted(service: Node<'_, '_>, current: Node<'_, '_>) -> Option<Interval> {
    let history = child(service, (TSL, "ServiceHistory"));
    let past = history.into_iter().flat_map(|n| children(n, (TSL, "ServiceHistoryInstance")));
    let state = |n: Node<'_, '_>| {
        let status = child(n, (TSL, "ServiceStatus"))?.text()?.trim();
        let start = child(n, (TSL, "StatusStartingTime")).and_then(time)?;
        let is_granted = ["/granted", "/recognisedatnationallevel", "/undersupervision", "/accredited"];
        Some((start, is_granted.iter().any(|end| status.ends_with(end))))
    };
    let mut states: Vec<(Timestamp, bool)> = std::iter::once(current).chain(past).filter_map(state).collect();
    states.sort_unstable();
    let mut interval: Option<Interval> = None;
    for (start, is_granted) in states {
        interval = match (interval, is_granted) {
            (Some((from, None)), true) => Some((from, None)),
            (_, true) => Some((start, None)),
            (Some((from, None)), false) => Some((from, Some(start))),
            (ended, false) => ended,
        };
    }
    interval
}

/// A name in Spanish, else the first one.
fn named<'a>(node: Node<'a, '_>) -> Option<&'a str> {
    let all = || children(node, (TSL, "Name"));
    all().find(|n| n.attribute((XML, "lang")) == Some("es")).or_else(|| all().next())?.text()
}

fn time(node: Node<'_, '_>) -> Option<Timestamp> {
    node.text()?.trim().parse::<jiff::Timestamp>().ok().map(Timestamp::from)
}
