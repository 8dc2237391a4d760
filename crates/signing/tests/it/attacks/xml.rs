//! XML-DSig signed by xmlsec1 from templates, good and bad.

use copihue_core::{Clock, SystemClock};
use copihue_signing::keys::Algorithm;
use copihue_signing::verify::{AnchorKind, Given, Outcome, SubIndication, TrustStore, Verdict, verify};

use crate::foreign::OPENSSL_PKI;
use crate::support::{Authority, Bench, text};

struct Foreign {
    bench: Bench,
    trust: TrustStore,
}

const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
const C14N: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const ENVELOPED: &str = "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";

/// What a template asks for.
struct Ask {
    uri: &'static str,
    transforms: String,
    digest: &'static str,
    method: &'static str,
    form: &'static str,
}

impl Ask {
    fn of(uri: &'static str, transforms: &str) -> Self {
        let transforms = transforms.to_owned();
        Self { uri, transforms, digest: SHA256, method: RSA_SHA256, form: C14N }
    }

    fn template(&self, object: &str) -> String {
        let Self { uri, transforms, digest, method, form } = self;
        let transforms = match transforms.as_str() {
            "" => String::new(),
            some => format!("<ds:Transforms>{some}</ds:Transforms>"),
        };
        format!(
            "<ds:Signature xmlns:ds=\"{DSIG}\"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"{form}\"/>\
             <ds:SignatureMethod Algorithm=\"{method}\"/><ds:Reference URI=\"{uri}\">{transforms}\
             <ds:DigestMethod Algorithm=\"{digest}\"/><ds:DigestValue/></ds:Reference></ds:SignedInfo>\
             <ds:SignatureValue/><ds:KeyInfo><ds:X509Data/></ds:KeyInfo>{object}</ds:Signature>"
        )
    }
}

impl Foreign {
    /// `None` where a program is missing.
    fn new() -> Option<Self> {
        let bench = Bench::new(&Authority::new(Algorithm::P256));
        bench.put("ext", b"keyUsage=critical,nonRepudiation,digitalSignature");
        for step in OPENSSL_PKI {
            let output = bench.run("openssl", step)?;
            assert!(output.status.success(), "{}", text(&output));
        }
        let pem = std::fs::read_to_string(bench.0.path().join("other.pem")).unwrap();
        bench.run("xmlsec1", &["--version"])?;
        Some(Self { bench, trust: TrustStore::from_pem(&pem, AnchorKind::Other).unwrap() })
    }

    /// Signs a document; ids are those of `b` and of objects.
    fn sign(&self, document: &str) -> Vec<u8> {
        self.bench.put("in.xml", document.as_bytes());
        let object = format!("{DSIG}:Object");
        let arguments = [
            "--sign",
            "--privkey-pem",
            "k.pem,k.crt,other.pem",
            "--id-attr:Id",
            "b",
            "--id-attr:Id",
            &object,
            "--output",
            "out.xml",
            "in.xml",
        ];
        let output = self.bench.run("xmlsec1", &arguments).unwrap();
        assert!(output.status.success(), "{document}\n{}", text(&output));
        std::fs::read(self.bench.0.path().join("out.xml")).unwrap()
    }

    fn judge(&self, bytes: &[u8]) -> Verdict {
        verify(&[Given { name: "f.xml", bytes }], &self.trust, SystemClock::default().now())
    }

    fn enveloped(&self, ask: &Ask) -> String {
        let document = format!(
            "<a xmlns=\"urn:a\" xml:lang=\"es\"><!-- c --><b Id=\"x\">uno</b>{}</a>",
            ask.template("")
        );
        String::from_utf8(self.sign(&document)).unwrap()
    }
}

fn problem(verdict: &Verdict) -> Option<SubIndication> {
    verdict.signatures.first().and_then(|s| s.sub_indication)
}

#[test]
fn sig_20_what_xmlsec1_signs_is_accepted_in_each_canonical_form() {
    let Some(foreign) = Foreign::new() else { return };
    let xpath = "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\">\
                 <ds:XPath>not(ancestor-or-self::ds:Signature)</ds:XPath></ds:Transform>";
    let exclusive = "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\">\
                     <ec:InclusiveNamespaces xmlns:ec=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"ds #default\"/>\
                     </ds:Transform>";
    let forms = [
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
        "http://www.w3.org/2006/12/xml-c14n11",
        "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
    ];
    let mut transforms = vec![ENVELOPED.to_owned(), xpath.to_owned(), format!("{ENVELOPED}{exclusive}")];
    transforms.extend(forms.map(|f| format!("{ENVELOPED}<ds:Transform Algorithm=\"{f}\"/>")));
    for (n, transforms) in transforms.iter().enumerate() {
        let ask = Ask { form: forms[n % 3], ..Ask::of("", transforms) };
        let signed = foreign.enveloped(&ask);
        let verdict = foreign.judge(signed.as_bytes());
        assert_eq!(verdict.outcome, Outcome::Genuine, "{transforms}: {verdict:#?}");
        assert_eq!(verdict.signatures[0].format, "XML-DSig");
        let changed = signed.replace("uno", "dos");
        assert_eq!(problem(&foreign.judge(changed.as_bytes())), Some(SubIndication::HashFailure));
    }
}

#[test]
fn sig_20_a_moved_or_doubled_element_is_never_taken_for_the_whole() {
    let Some(foreign) = Foreign::new() else { return };
    let signed = foreign.enveloped(&Ask::of("#x", ""));
    let verdict = foreign.judge(signed.as_bytes());
    assert_eq!(verdict.outcome, Outcome::Partly, "{verdict:#?}");
    assert!(verdict.signatures[0].messages_es.iter().any(|m| m.contains("«b» (x)")), "{verdict:#?}");
    // The signed element hidden elsewhere, and another in its place.
    let moved = signed.replace(
        "<b Id=\"x\">uno</b>",
        "<b Id=\"y\">dos</b><o xmlns=\"urn:o\"><b xmlns=\"urn:a\" Id=\"x\">uno</b></o>",
    );
    assert_ne!(foreign.judge(moved.as_bytes()).outcome, Outcome::Genuine);
    for doubled in [
        "<b Id=\"x\">uno</b><b Id=\"x\">dos</b>",
        "<b Id=\"x\">dos</b><b Id=\"x\">uno</b>",
        "<b Id=\"x\">uno</b><c id=\"x\"/>",
    ] {
        let verdict = foreign.judge(signed.replace("<b Id=\"x\">uno</b>", doubled).as_bytes());
        assert_eq!(
            (verdict.outcome, problem(&verdict)),
            (Outcome::Altered, Some(SubIndication::FormatFailure)),
            "{doubled}"
        );
    }
    let gone = foreign.judge(signed.replace("<b Id=\"x\">", "<b Id=\"z\">").as_bytes());
    assert_ne!(gone.outcome, Outcome::Genuine);
}

#[test]
fn sig_20_an_object_within_the_signature_is_the_whole_and_nothing_may_stand_beside_it() {
    let Some(foreign) = Foreign::new() else { return };
    let base64 = format!("<ds:Transform Algorithm=\"{DSIG}base64\"/>");
    for transforms in ["", &base64] {
        let object = "<ds:Object Id=\"o\">SG9sYQ==</ds:Object>";
        let signed = foreign.sign(&Ask::of("#o", transforms).template(object));
        assert_eq!(foreign.judge(&signed).outcome, Outcome::Genuine, "{transforms}");
        let more = String::from_utf8(signed)
            .unwrap()
            .replace("</ds:Object>", "</ds:Object><ds:Object>Otro</ds:Object>");
        assert_eq!(foreign.judge(more.as_bytes()).outcome, Outcome::Partly, "{transforms}");
    }
}

#[test]
fn sig_20_weak_hashes_foreign_transforms_and_shared_keys_are_refused() {
    let Some(foreign) = Foreign::new() else { return };
    let whole = |ask: Ask| foreign.judge(foreign.enveloped(&ask).as_bytes());
    let weak = Ask { digest: "http://www.w3.org/2000/09/xmldsig#sha1", ..Ask::of("", ENVELOPED) };
    assert_eq!(problem(&whole(weak)), Some(SubIndication::CryptoConstraintsFailure));
    let weak = Ask { method: "http://www.w3.org/2000/09/xmldsig#rsa-sha1", ..Ask::of("", ENVELOPED) };
    assert_eq!(problem(&whole(weak)), Some(SubIndication::CryptoConstraintsFailure));
    let xslt = format!(
        "{ENVELOPED}<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"><xsl:stylesheet \
         xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\" version=\"1.0\"><xsl:template match=\"/\"><z/></xsl:template>\
         </xsl:stylesheet></ds:Transform>"
    );
    let signed = foreign.enveloped(&Ask::of("", &xslt));
    assert_eq!(problem(&foreign.judge(signed.as_bytes())), Some(SubIndication::FormatFailure));
    // Whatever is put in its place, the transform would show nothing of it.
    let other = "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>false()</ds:XPath></ds:Transform>";
    assert_eq!(problem(&whole(Ask::of("", other))), Some(SubIndication::FormatFailure));
    let signed = foreign.enveloped(&Ask::of("", ENVELOPED));
    let shared = signed.replace(RSA_SHA256, "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256");
    assert_eq!(problem(&foreign.judge(shared.as_bytes())), Some(SubIndication::CryptoConstraintsFailure));
    let commented = signed.replace("<ds:DigestValue>", "<ds:DigestValue><!-- x -->");
    assert_eq!(problem(&foreign.judge(commented.as_bytes())), Some(SubIndication::FormatFailure));
    let start = signed.find("<a ").unwrap();
    let dtd = format!("<!DOCTYPE a [<!ENTITY e \"x\">]>{}", &signed[start..]);
    assert_eq!(foreign.judge(dtd.as_bytes()).outcome, Outcome::Unreadable);
}

#[test]
fn sig_20_files_beside_are_those_that_were_given_and_none_is_fetched() {
    let Some(foreign) = Foreign::new() else { return };
    foreign.bench.put("dato.txt", b"uno");
    let signed = foreign.sign(&Ask::of("dato.txt", "").template(""));
    let judge = |files: &[(&str, &[u8])]| {
        let mut all = vec![Given { name: "f.xml", bytes: &signed }];
        all.extend(files.iter().map(|(name, bytes)| Given { name, bytes }));
        verify(&all, &foreign.trust, SystemClock::default().now())
    };
    assert_eq!(judge(&[]).outcome, Outcome::Incomplete);
    assert_eq!(judge(&[("dato.txt", b"uno")]).outcome, Outcome::Genuine);
    assert_eq!(judge(&[("otro nombre", b"uno")]).outcome, Outcome::Genuine);
    assert_eq!(judge(&[("dato.txt", b"dos")]).outcome, Outcome::Altered);
    let more = judge(&[("dato.txt", b"uno"), ("ajeno.txt", b"dos")]);
    assert_eq!(more.outcome, Outcome::Partly);
    assert!(more.files.iter().any(|f| f.name == "ajeno.txt" && !f.is_signed));
}
