//! A request of FirmaGob's contract, read as leniently as the contract's clients write it (specs signing §2.2, §2.10).

use copihue_core::json::sha256;
use serde::Deserialize;
use serde_json::Value;

use super::level::Level;
use super::refusal::Refusal;
use super::token::decode_base64;
use crate::ades::Shape;
use crate::hash::Hash;

/// The whole request, limit included.
pub const MAX_BYTES: usize = 5 * 1_048_576;

/// Who asks. It is read before anything else of a request, without keeping a byte of the documents: whoever has no
/// secret costs no more than one look over what was sent.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Envelope {
    /// The JWT.
    pub token: String,
    /// The application's key.
    #[serde(rename = "api_token_key")]
    pub application: String,
}

impl Envelope {
    /// Reads who sends a body.
    ///
    /// # Errors
    /// When it is no such request.
    pub fn parse(body: &[u8]) -> Result<Self, Refusal> {
        // A list would be taken for the members in their order.
        if body.trim_ascii_start().first() != Some(&b'{') {
            return Err(Refusal::Malformed);
        }
        serde_json::from_slice(body).map_err(|_| Refusal::Malformed)
    }
}

/// What is asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ticket {
    /// Documents; `None` when the array is not there.
    pub files: Option<Vec<Item>>,
    /// Digests; the same.
    pub hashes: Option<Vec<Item>>,
}

/// What kind of thing an item is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// `application/pdf`.
    Pdf,
    /// `application/xml`.
    Xml,
    /// `application/json`.
    Json,
    /// A digest.
    Hash,
    /// A file of any type, for one of the formats that the contract does not know.
    Shaped(Shape),
    /// Something that is not signed here.
    Other,
}

impl Kind {
    /// As the contract names it; a digest is one of a PDF.
    #[must_use]
    pub const fn content_type(self, reached: Level) -> &'static str {
        match self {
            Self::Shaped(shape) => shape.media_type(reached),
            Self::Pdf | Self::Hash => "application/pdf",
            Self::Xml => "application/xml",
            Self::Json => "application/json",
            Self::Other => "",
        }
    }

    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Xml => "xml",
            Self::Json => "json",
            Self::Hash => "hash",
            Self::Shaped(shape) => shape.code(),
            Self::Other => "otro",
        }
    }

    fn of_file(content_type: &str) -> Self {
        let name = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        [Self::Pdf, Self::Xml, Self::Json]
            .into_iter()
            .find(|k| k.content_type(Level::B) == name)
            .unwrap_or(Self::Other)
    }
}

/// A document or a digest to sign.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// What it is.
    pub kind: Kind,
    /// As it came, in base64.
    pub text: String,
    /// `None`: it is no base64.
    pub content: Option<Vec<u8>>,
    /// Repeated in the answer.
    pub description: Option<String>,
    /// Repeated in the answer; looked at only for applications that want it.
    pub checksum: Option<String>,
    /// Where a PDF's stamp goes.
    pub layout: Option<String>,
    /// Which nodes of an XML are signed.
    pub references: Vec<String>,
    /// What is put into an XML's signature.
    pub objects: Vec<String>,
    /// The media type as it came, without parameters.
    pub media_type: String,
    /// The file's name (our member `nombre`): it stands in a container.
    pub name: Option<String>,
    /// The level to reach (our member `nivel`), where the format has levels; the application's when `None`.
    pub level: Option<Level>,
    /// The hash to sign over (our member `resumen`); the key's own when `None`. A digest brings its own.
    pub hash: Option<Hash>,
}

impl Ticket {
    /// Reads a body whose sender is known.
    ///
    /// # Errors
    /// When it is no such request.
    pub fn parse(body: &[u8]) -> Result<Self, Refusal> {
        let value: Value = serde_json::from_slice(body).map_err(|_| Refusal::Malformed)?;
        let list = |name: &str| match value.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Array(items)) => Ok(Some(items.as_slice())),
            Some(_) => Err(Refusal::Malformed),
        };
        let read = |items: &[Value], of: fn(&str) -> Kind| -> Result<Vec<Item>, Refusal> {
            items.iter().map(|item| Item::parse(item, of)).collect()
        };
        Ok(Self {
            files: list("files")?.map(|l| read(l, Kind::of_file)).transpose()?,
            hashes: list("hashes")?.map(|l| read(l, |_| Kind::Hash)).transpose()?,
        })
    }

    /// Every item, files first.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.files.iter().flatten().chain(self.hashes.iter().flatten())
    }
}

impl Item {
    fn parse(value: &Value, kind: fn(&str) -> Kind) -> Result<Self, Refusal> {
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let list = |name: &str| -> Vec<String> {
            let items = value.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let content = text("content").ok_or(Refusal::Malformed)?;
        let content_type = text("content-type").unwrap_or_default();
        let shape = text("formato").map(|code| Shape::from_code(&code).ok_or(Refusal::ContentType));
        let level = text("nivel").map(|name| Level::from_name(&name).ok_or(Refusal::Malformed));
        let hash = text("resumen").map(|name| Hash::from_name(&name).ok_or(Refusal::Malformed));
        let kind = match (kind(&content_type), shape.transpose()?) {
            (Kind::Hash, _) | (_, None) => kind(&content_type),
            (_, Some(shape)) => Kind::Shaped(shape),
        };
        Ok(Self {
            kind,
            level: level.transpose()?,
            hash: hash.transpose()?,
            name: text("nombre"),
            media_type: content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase(),
            content: decode_base64(&content),
            text: content,
            description: text("description"),
            checksum: text("checksum"),
            layout: text("layout"),
            references: list("references"),
            objects: list("xmlObjects"),
        })
    }

    /// SHA-256 of what is to be signed.
    #[must_use]
    pub fn sha256(&self) -> [u8; 32] {
        sha256(self.content.as_deref().unwrap_or(self.text.as_bytes()))
    }

    /// Whether the checksum is one of those that clients send: hex or base64 of the bytes' SHA-256, or of the base64
    /// text's.
    #[must_use]
    pub fn checksum_fits(&self) -> bool {
        use base64::Engine as _;
        use base64::engine::general_purpose::STANDARD;
        let Some(given) = self.checksum.as_deref().map(str::trim) else { return false };
        let (bytes, text) = (self.sha256(), sha256(self.text.as_bytes()));
        given.eq_ignore_ascii_case(&hex::encode(bytes))
            || [bytes, text].iter().any(|digest| given == STANDARD.encode(digest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sig_21_checksums_as_clients_send_them() {
        let item = |checksum: &str| Item {
            kind: Kind::Json,
            text: "eyJrZXkxIjogInZhbHVlMSIsImtleTIiOiAidmFsdWUyIn0=".into(),
            content: decode_base64("eyJrZXkxIjogInZhbHVlMSIsImtleTIiOiAidmFsdWUyIn0="),
            description: None,
            checksum: Some(checksum.into()),
            layout: None,
            references: vec![],
            objects: vec![],
            media_type: "application/json".into(),
            name: None,
            level: None,
            hash: None,
        };
        for good in [
            "9971224dc8f574ec570ce9fa86f649e2fc26928f561d1649e16841432f9165ff",
            "mXEiTcj1dOxXDOn6hvZJ4vwmko9WHRZJ4WhBQy+RZf8=",
            "T7xhCQ7TgijEv1/bvhtdaqgQA/annZFz0KmkNUXun3I=",
        ] {
            assert!(item(good).checksum_fits(), "{good}");
        }
        assert!(!item("constante").checksum_fits());
    }

    #[test]
    fn sig_21_requests_are_read_leniently() {
        let body = br#"{"api_token_key":"sandbox","token":"a.b.c","raro":{"x":[1]},
            "files":[{"content":"e30","content-type":"Application/JSON; charset=utf-8","otro":1}],"hashes":null}"#;
        let ticket = Ticket::parse(body).unwrap();
        assert_eq!(ticket.items().count(), 1);
        assert_eq!(ticket.files.unwrap()[0].content.as_deref(), Some(&b"{}"[..]));
        let sender = Envelope { token: "a.b.c".into(), application: "sandbox".into() };
        assert_eq!(Envelope::parse(body), Ok(sender));
        for bad in [
            &b"{"[..],
            b"[]",
            b"[\"a\",\"b\"]",
            b"null",
            br#"{"token":"a"}"#,
            br#"{"token":1,"api_token_key":"b"}"#,
            br#"{"token":"a","api_token_key":"b","token":"c"}"#,
            br#"{"token":"a","api_token_key":"b","files":[}"#,
            br#"{"token":"a","api_token_key":"b"} x"#,
        ] {
            assert_eq!(Envelope::parse(bad), Err(Refusal::Malformed), "{}", String::from_utf8_lossy(bad));
        }
        assert_eq!(Ticket::parse(br#"{"token":"a","api_token_key":"b","files":1}"#), Err(Refusal::Malformed));
        let strange =
            br#"{"token":"a","api_token_key":"b","files":[{"content":"","content-type":"text/plain"}]}"#;
        assert_eq!(Ticket::parse(strange).unwrap().items().next().unwrap().kind, Kind::Other);
        assert_eq!(decode_base64("e3\n0=").as_deref(), Some(&b"{}"[..]));
        assert_eq!(decode_base64("-_8").as_deref(), Some(&[0xfb, 0xff][..]));
    }
}
