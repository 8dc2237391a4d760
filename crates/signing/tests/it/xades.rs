//! XML as other systems write it, signed within itself and judged by foreign programs.

use copihue_signing::{DataFile, Level, Order, Shape, WhenShort};

use crate::longterm::place;
use crate::service::CITY;
use crate::support::text;

/// Each is canonicalised in another way than it is written.
const DOCUMENTS: [(&str, &[u8]); 7] = [
    ("latin", b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<a t=\"\xf1\">\xe1<b/></a>"),
    ("mark", b"\xef\xbb\xbf<a>\xc3\xb1</a>"),
    ("empty", b"<a/>"),
    ("spaces", b"<a  b='1' />\n"),
    (
        "instructions",
        b"<?x y?><!-- c --><p:a xmlns:p='urn:p' xmlns:q='urn:q' xml:lang='es' q:z='1' p:b='&#9;2&quot;'>\
          <![CDATA[<&>]]>\r\n<!-- in --><p:b xmlns:p='urn:other'/></p:a><?z?>\n",
    ),
    ("prefixes", b"<ds:a xmlns:ds='urn:not-dsig' xmlns:xades='urn:x'><ds:b Id='1'/></ds:a>"),
    ("default", b"<a xmlns='urn:a'><b xmlns=''>x</b></a>"),
];

#[tokio::test(flavor = "multi_thread")]
async fn sig_20_xmlsec1_accepts_xml_however_it_is_written() {
    let place = place().await;
    for (name, bytes) in DOCUMENTS {
        for level in [Level::B, Level::LTA] {
            let file =
                DataFile { name: "a.xml".into(), media_type: "text/xml".into(), bytes: bytes.to_vec() };
            let order = Order::new(Shape::XadesEnveloped, vec![file], level, WhenShort::Refuse).unwrap();
            let signed = place.signing.seal_files(CITY, order).await.unwrap();
            place.bench.put("f.xml", &signed.bytes);
            let properties = "http://uri.etsi.org/01903/v1.3.2#:SignedProperties";
            let arguments = ["--verify", "--id-attr:Id", properties, "--trusted-pem", "ca.pem", "f.xml"];
            let Some(output) = place.bench.run("xmlsec1", &arguments) else { return };
            assert!(output.status.success(), "{name} {level:?}: {}", text(&output));
        }
    }
}
