//! The report as XML of ETSI TS 119 102-2 (schema 1.4.1), for programs that know no other.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use copihue_core::Timestamp;

use super::json::POLICY;
use super::trust::TrustStore;
use super::verdict::{Indication, SignatureVerdict, SubIndication, Verdict};
use crate::xml::{DSIG, XADES, escape};

const NAMESPACE: &str = "http://uri.etsi.org/19102/v1.4.1#";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

/// Certificates of paths, each once: the objects that reports refer to.
#[derive(Default)]
struct Objects(Vec<Vec<u8>>);

impl Objects {
    fn name(&mut self, der: &[u8]) -> String {
        let at = self.0.iter().position(|known| known == der).unwrap_or_else(|| {
            self.0.push(der.to_vec());
            self.0.len() - 1
        });
        format!("C{}", at + 1)
    }

    fn write(&self) -> String {
        let one = |(n, der): (usize, &Vec<u8>)| {
            format!(
                "<vr:ValidationObject id=\"C{}\"><vr:ObjectType>urn:etsi:019102:validationObject:certificate</vr:ObjectType>\
                 <vr:ValidationObjectRepresentation><vr:base64>{}</vr:base64></vr:ValidationObjectRepresentation>\
                 </vr:ValidationObject>",
                n + 1,
                STANDARD.encode(der)
            )
        };
        match self.0.as_slice() {
            [] => String::new(),
            some => {
                let all: String = some.iter().enumerate().map(one).collect();
                format!("<vr:SignatureValidationObjects>{all}</vr:SignatureValidationObjects>")
            }
        }
    }
}

/// The report of a verdict by this trust, written at an instant.
#[must_use]
pub fn to_etsi_xml(verdict: &Verdict, trust: &TrustStore, at: Timestamp) -> String {
    let mut objects = Objects::default();
    let document = signed_document(&verdict.document.sha256);
    let mut reports: String =
        verdict.signatures.iter().map(|s| report(s, (&document, at), &mut objects)).collect();
    if reports.is_empty() {
        // The schema wants one: of no signature nothing can be said but that it is not there.
        let status = status(Indication::TotalFailed, Some(SubIndication::FormatFailure), "");
        reports = format!("<vr:SignatureValidationReport>{status}</vr:SignatureValidationReport>");
    }
    let trust = format!("<!-- {POLICY}, confianza {} -->", trust.version());
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{trust}\n<vr:ValidationReport xmlns:vr=\"{NAMESPACE}\" xmlns:ds=\"{DSIG}\" \
         xmlns:xades=\"{XADES}\">{reports}{}</vr:ValidationReport>\n",
        objects.write()
    )
}

fn report(one: &SignatureVerdict, (document, at): (&str, Timestamp), objects: &mut Objects) -> String {
    let names: Vec<String> = one.chain.iter().map(|c| objects.name(c.der())).collect();
    let best = format!(
        "<vr:BestSignatureTime><vr:POETime>{}</vr:POETime><vr:TypeOfProof>urn:etsi:019102:poetype:validation\
         </vr:TypeOfProof></vr:BestSignatureTime>",
        one.best_time.unwrap_or(at)
    );
    format!(
        "<vr:SignatureValidationReport><vr:SignatureIdentifier><vr:HashOnly>false</vr:HashOnly><vr:DocHashOnly>false\
         </vr:DocHashOnly><vr:DAIdentifier>{}</vr:DAIdentifier></vr:SignatureIdentifier>\
         <vr:ValidationTimeInfo><vr:ValidationTime>{at}</vr:ValidationTime>{best}</vr:ValidationTimeInfo>\
         {}{}{}<vr:SignatureValidationProcess><vr:SignatureValidationProcessID>{}\
         </vr:SignatureValidationProcessID></vr:SignatureValidationProcess>{}</vr:SignatureValidationReport>",
        escape(&one.id),
        document,
        attributes(one),
        signer(one, &names),
        process(one),
        status(one.indication, one.sub_indication, &chain(&names)),
    )
}

fn signed_document(sha256: &str) -> String {
    let value = STANDARD.encode(hex::decode(sha256).unwrap_or_default());
    format!(
        "<vr:SignersDocument><vr:DigestAlgAndValue><ds:DigestMethod Algorithm=\"{SHA256}\"/><ds:DigestValue>{value}\
         </ds:DigestValue></vr:DigestAlgAndValue></vr:SignersDocument>"
    )
}

fn attributes(one: &SignatureVerdict) -> String {
    let time = |at: Timestamp| {
        format!(
            "<vr:SignatureAttributes><vr:SigningTime Signed=\"true\"><vr:Time>{at}</vr:Time></vr:SigningTime></vr:SignatureAttributes>"
        )
    };
    one.claimed_time.map(time).unwrap_or_default()
}

fn signer(one: &SignatureVerdict, names: &[String]) -> String {
    let (Some(signer), Some(name)) = (&one.signer, names.first()) else { return String::new() };
    format!(
        "<vr:SignerInformation><vr:SignerCertificate VOReference=\"{name}\"/><vr:Signer>{}</vr:Signer></vr:SignerInformation>",
        escape(&signer.name.name)
    )
}

/// By which process of EN 319 102-1: that of the level that was reached.
fn process(one: &SignatureVerdict) -> &'static str {
    match one.level {
        "B-LTA" => "urn:etsi:019102:validationprocess:LTA",
        "B-T" | "B-LT" => "urn:etsi:019102:validationprocess:LTVM",
        _ => "urn:etsi:019102:validationprocess:Basic",
    }
}

fn chain(names: &[String]) -> String {
    let [leaf, middle @ .., anchor] = names else { return String::new() };
    let middle: String =
        middle.iter().map(|n| format!("<vr:IntermediateCertificate VOReference=\"{n}\"/>")).collect();
    format!(
        "<vr:AssociatedValidationReportData><vr:TrustAnchor VOReference=\"{anchor}\"/><vr:CertificateChain>\
         <vr:SigningCertificate VOReference=\"{leaf}\"/>{middle}<vr:TrustAnchor VOReference=\"{anchor}\"/>\
         </vr:CertificateChain></vr:AssociatedValidationReportData>"
    )
}

fn status(indication: Indication, sub: Option<SubIndication>, data: &str) -> String {
    let main = match indication {
        Indication::TotalPassed => "total-passed",
        Indication::TotalFailed => "total-failed",
        Indication::Indeterminate => "indeterminate",
    };
    let name = sub.and_then(|s| serde_json::to_value(s).ok()).and_then(|v| v.as_str().map(str::to_owned));
    let sub = name
        .map(|n| format!("<vr:SubIndication>urn:etsi:019102:subindication:{n}</vr:SubIndication>"))
        .unwrap_or_default();
    format!(
        "<vr:SignatureValidationStatus><vr:MainIndication>urn:etsi:019102:mainindication:{main}</vr:MainIndication>{sub}{data}\
         </vr:SignatureValidationStatus>"
    )
}
