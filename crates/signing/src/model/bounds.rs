//! What an application may do, and from where.

use std::net::IpAddr;

use super::holder::Purposes;
use super::registered::Environment;
use super::ticket::Kind;
use super::token::Purpose;

/// Networks of an application at most.
const MOST_NETWORKS: usize = 50;

codes! {
    /// Whether an application may present a code again within its window.
    OtpReuse {
        /// It may: clients by contract send one request for each document.
        Window = "ventana",
        /// Each code signs one request.
        Once = "una_vez",
    }
}

codes! {
    /// What kinds of content are signed.
    Content {
        /// PDF.
        Pdf = "pdf",
        /// XML.
        Xml = "xml",
        /// JSON.
        Json = "json",
        /// Digests.
        Hash = "hash",
        /// Files of any type, in formats that the contract does not know.
        Files = "archivos",
    }
}

impl Content {
    /// What an item is; `None` for what nobody signs.
    #[must_use]
    pub const fn of(kind: Kind) -> Option<Self> {
        Some(match kind {
            Kind::Pdf => Self::Pdf,
            Kind::Xml => Self::Xml,
            Kind::Json => Self::Json,
            Kind::Hash => Self::Hash,
            Kind::Shaped(_) => Self::Files,
            Kind::Other => return None,
        })
    }
}

/// The bounds of an application.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bounds {
    /// The institution that registered it, and where its key counts; `None` for those that a deployment gives.
    pub home: Option<(String, Environment)>,
    /// What it may sign for.
    pub purposes: Purposes,
    /// What it may sign.
    pub contents: Vec<Content>,
    /// Whether a code may come again.
    pub otp_reuse: OtpReuse,
    /// Requests a minute; `None`: as many as come.
    pub per_minute: Option<u32>,
    /// From where it asks; empty: from anywhere.
    pub networks: Vec<Network>,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            home: None,
            purposes: Purposes::Both,
            contents: Content::ALL.to_vec(),
            otp_reuse: OtpReuse::Window,
            per_minute: None,
            networks: Vec::new(),
        }
    }
}

impl Bounds {
    /// Whether it may ask from this address.
    #[must_use]
    pub fn admits(&self, peer: IpAddr) -> bool {
        self.networks.is_empty() || self.networks.iter().any(|network| network.holds(peer))
    }

    /// Whether it may sign this kind of item.
    #[must_use]
    pub fn signs(&self, kind: Kind) -> bool {
        Content::of(kind).is_some_and(|content| self.contents.contains(&content))
    }

    /// Whether it may sign for this purpose.
    #[must_use]
    pub fn serves(&self, purpose: Purpose) -> bool {
        self.purposes.has(purpose)
    }

    /// Whether it signs for test signers only.
    #[must_use]
    pub fn is_test(&self) -> bool {
        matches!(self.home, Some((_, Environment::Test)))
    }

    /// The institution whose holders it signs for, where a token names `entity`; `None` when it is another's.
    #[must_use]
    pub fn signers_of(&self, entity: &str) -> Option<String> {
        match &self.home {
            None => Some(entity.to_owned()),
            Some((home, _)) if home != entity => None,
            Some((home, Environment::Production)) => Some(home.clone()),
            Some((home, Environment::Test)) => Some(test_institution(home)),
        }
    }
}

/// In a line, as the history of an application has it.
impl std::fmt::Display for Bounds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let contents: Vec<&str> = self.contents.iter().map(|c| c.code()).collect();
        let networks: Vec<String> = self.networks.iter().map(ToString::to_string).collect();
        let from = if networks.is_empty() { "cualquier red".to_owned() } else { networks.join(" ") };
        write!(f, "{}; {}; código {}; ", self.purposes.code(), contents.join(" "), self.otp_reuse.code())?;
        if let Some(n) = self.per_minute {
            write!(f, "{n} por minuto; ")?;
        }
        write!(f, "desde {from}")
    }
}

/// Under which code an institution's test signers stand: apart from its holders.
#[must_use]
pub fn test_institution(institution: &str) -> String {
    format!("PRUEBA-{institution}")
}

/// Addresses with the same first bits: `200.1.2.0/24`, or a single one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    /// Reads one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text.trim().split_once('/').unwrap_or((text.trim(), ""));
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = if bits.is_empty() { most } else { bits.parse().ok().filter(|b| *b <= most)? };
        // `::ffff:200.1.2.0/120` is 200.1.2.0/24: an IPv4 address is written in one way from here on.
        match address.to_canonical() {
            same if same == address => Some(Self { address, bits }),
            short => Some(Self { address: short, bits: bits.checked_sub(128 - 32)? }),
        }
    }

    /// Reads a list, by lines or commas.
    ///
    /// # Errors
    /// The first that is none.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, String> {
        let parts = text.split([',', '\n', ' ', '\r']).map(str::trim).filter(|p| !p.is_empty());
        let all = parts.map(|p| Self::parse(p).ok_or_else(|| p.to_owned())).collect::<Result<Vec<_>, _>>()?;
        if all.len() > MOST_NETWORKS { Err(format!("más de {MOST_NETWORKS} redes")) } else { Ok(all) }
    }

    /// Whether an address lies in it.
    #[must_use]
    pub fn holds(self, address: IpAddr) -> bool {
        let same = |own: u128, other: u128, width: u32| {
            let shift = width - u32::from(self.bits);
            shift == width || own >> shift == other >> shift
        };
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => same(own.to_bits().into(), other.to_bits().into(), 32),
            (IpAddr::V6(own), IpAddr::V6(other)) => same(own.to_bits(), other.to_bits(), 128),
            _ => false,
        }
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sig_07_an_application_asks_from_its_own_networks() {
        let networks = Network::parse_list("200.1.2.0/24, 10.0.0.7\n2001:db8::/32").unwrap();
        let bounds = Bounds { networks, ..Bounds::default() };
        for (address, admitted) in [
            ("200.1.2.200", true),
            ("200.1.3.1", false),
            ("10.0.0.7", true),
            ("10.0.0.8", false),
            ("::ffff:200.1.2.9", true),
            ("2001:db8:1::1", true),
            ("2001:db9::1", false),
        ] {
            assert_eq!(bounds.admits(address.parse().unwrap()), admitted, "{address}");
        }
        assert!(Bounds::default().admits("1.2.3.4".parse().unwrap()));
        assert!(Network::parse("0.0.0.0/0").unwrap().holds("9.9.9.9".parse().unwrap()));
        for written in ["::ffff:200.1.2.0/120", "::ffff:200.1.2.9"] {
            assert!(Network::parse(written).unwrap().holds("200.1.2.9".parse().unwrap()), "{written}");
        }
        assert_eq!(Network::parse("::ffff:200.1.2.0/64"), None, "half of it says nothing of IPv4");
        assert_eq!(Network::parse_list("200.1.2.0/33"), Err("200.1.2.0/33".to_owned()));
        assert_eq!(Network::parse_list("casa"), Err("casa".to_owned()));
    }

    #[test]
    fn sig_07_a_key_signs_for_its_own_institution_and_a_test_key_for_nobody_real() {
        let of = |environment| Bounds { home: Some(("A".into(), environment)), ..Bounds::default() };
        assert_eq!(of(Environment::Production).signers_of("A").as_deref(), Some("A"));
        assert_eq!(of(Environment::Production).signers_of("B"), None);
        assert_eq!(of(Environment::Test).signers_of("A").as_deref(), Some("PRUEBA-A"));
        assert_eq!(Bounds::default().signers_of("B").as_deref(), Some("B"));
    }
}
