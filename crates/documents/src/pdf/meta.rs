//! What the file says of itself, twice: in the information dictionary, and as XMP (ISO 16684-1). XMP is not deflated, so that
//! archives that look for the conformance in the bytes find it.

use copihue_core::{Error, Result, Timestamp};
use pdf_writer::writers::DocumentInfo;
use pdf_writer::{Date, Name, Obj, Ref, Stream, TextStr};

use crate::engine::Meta;

const PROGRAM: &str = "Copihue";
/// PDF/UA's identification is no schema that PDF/A knows: it must be described (ISO 19005-2, 6.6.2.3).
const UA_SCHEMA: &str = concat!(
    r#"<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">"#,
    "<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>",
    "<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>",
    "<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>",
    r#"<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">"#,
    "<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>",
    "<pdfaProperty:category>internal</pdfaProperty:category>",
    "<pdfaProperty:description>Part of ISO 14289</pdfaProperty:description>",
    "</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>",
);

/// The metadata, each value once.
pub(crate) struct About<'a> {
    meta: &'a Meta,
    keywords: String,
    created: jiff::civil::DateTime,
}

impl<'a> About<'a> {
    /// # Errors
    /// When the instant has no date.
    pub(crate) fn new(meta: &'a Meta) -> Result<Self> {
        let mut keywords = format!("documento={}", meta.document_id);
        if let Some(code) = meta.code {
            keywords.push_str(&format!(", codigo={code}"));
        }
        let created = civil(meta.created)
            .ok_or_else(|| Error::internal(format_args!("instant {} has no date", meta.created)))?;
        Ok(Self { meta, keywords, created })
    }

    fn date(&self) -> Date {
        let small = |part: i8| u8::try_from(part).unwrap_or(0);
        let at = self.created;
        Date::new(u16::try_from(at.year()).unwrap_or(0))
            .month(small(at.month()))
            .day(small(at.day()))
            .hour(small(at.hour()))
            .minute(small(at.minute()))
            .second(small(at.second()))
            .utc_offset_hour(0)
            .utc_offset_minute(0)
    }

    pub(crate) fn info(&self, object: Obj<'_>) {
        let mut info: DocumentInfo<'_> = object.start();
        info.title(TextStr(&self.meta.title)).author(TextStr(&self.meta.author));
        info.keywords(TextStr(&self.keywords)).creator(TextStr(PROGRAM)).producer(TextStr(PROGRAM));
        info.creation_date(self.date()).modified_date(self.date());
    }

    pub(crate) fn xmp_stream(stream: &mut Stream<'_>) {
        stream.pair(Name(b"Type"), Name(b"Metadata")).pair(Name(b"Subtype"), Name(b"XML"));
    }

    pub(crate) fn xmp(&self) -> String {
        let [title, author, lang, keywords, id] =
            [&self.meta.title, &self.meta.author, &self.meta.lang, &self.keywords, &self.meta.document_id]
                .map(|text| escaped(text));
        let date = self.created.strftime("%Y-%m-%dT%H:%M:%SZ");
        format!(
            concat!(
                "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>",
                r#"<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">"#,
                r#"<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" "#,
                r#"xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" "#,
                r#"xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" "#,
                r#"xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" "#,
                r#"xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">"#,
                "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance><pdfuaid:part>1</pdfuaid:part>",
                r#"<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>"#,
                "<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>",
                "<dc:language><rdf:Bag><rdf:li>{lang}</rdf:li></rdf:Bag></dc:language>",
                "<pdf:Keywords>{keywords}</pdf:Keywords><pdf:Producer>{program}</pdf:Producer>",
                "<xmp:CreatorTool>{program}</xmp:CreatorTool>",
                "<xmp:CreateDate>{date}</xmp:CreateDate><xmp:ModifyDate>{date}</xmp:ModifyDate>",
                "<xmpMM:DocumentID>{id}</xmpMM:DocumentID>{schema}",
                r#"</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>"#,
            ),
            title = title,
            author = author,
            lang = lang,
            keywords = keywords,
            program = PROGRAM,
            date = date,
            id = id,
            schema = UA_SCHEMA,
        )
    }

    /// The document's language and title, as the catalog shows them.
    pub(crate) fn lang(&self) -> TextStr<'_> {
        TextStr(&self.meta.lang)
    }
}

fn civil(at: Timestamp) -> Option<jiff::civil::DateTime> {
    let civil = jiff::Timestamp::from(at).to_zoned(jiff::tz::TimeZone::UTC).datetime();
    (0..=9999).contains(&civil.year()).then_some(civil)
}

/// As XML holds it: without what no XML may hold.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\t' | '\n' | '\r' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

/// Where the metadata stand.
pub(crate) struct Places {
    pub(crate) info: Ref,
    pub(crate) xmp: Ref,
}
