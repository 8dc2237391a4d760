//! Where the visible stamp goes: FirmaGob's `AgileSignerConfig` (specs signing §2.5).

use super::token::decode_base64;

/// A visible stamp.
#[derive(Clone, PartialEq, Debug)]
pub struct Stamp {
    /// Left, bottom, right and top, in the page's own units.
    pub rect: [f64; 4],
    /// Which page.
    pub page: StampPage,
    /// PNG or JPEG; text alone when `None`.
    pub image: Option<Vec<u8>>,
    /// Whether `Firmado por …` is drawn over the image.
    pub with_text: bool,
    /// Where anybody can check the document: drawn as a QR code beside the text.
    pub check: Option<String>,
}

/// A page of the document.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StampPage {
    /// By its number, from one.
    Number(usize),
    /// The last one.
    Last,
}

/// The layout can't be followed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BadLayout;

/// No honest layout nests deeper or has more elements.
const MAX_NODES: u32 = 1_000;
/// Each element that declares a namespace costs as many steps as there are ones around it.
const MAX_NAMESPACES: usize = 64;

/// Reads a layout; `None` when it asks for an invisible signature.
///
/// # Errors
/// When it is not well-formed, or names what can't be.
pub fn parse(text: &str) -> Result<Option<Stamp>, BadLayout> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if text.matches("xmlns").nth(MAX_NAMESPACES).is_some() {
        return Err(BadLayout);
    }
    let options =
        roxmltree::ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(text, options).map_err(|_| BadLayout)?;
    let find = |name: &str| document.descendants().find(|n| n.has_tag_name(name));
    let said = |name: &str| {
        let text: String =
            find(name)?.descendants().filter_map(|n| n.text().filter(|_| n.is_text())).collect();
        Some(text.trim().to_owned()).filter(|t| !t.is_empty())
    };
    if said("pdfPassword").is_some() {
        return Err(BadLayout);
    }
    let Some(visible) = find("Visible").filter(|v| v.attribute("active") != Some("false")) else {
        return Ok(None);
    };
    let number = |name: &str| -> Result<f64, BadLayout> {
        let value: f64 = said(name).ok_or(BadLayout)?.replace(',', ".").parse().map_err(|_| BadLayout)?;
        if value.is_finite() && value.abs() <= 20_000.0 { Ok(value) } else { Err(BadLayout) }
    };
    let (a, b, c, d) = (number("llx")?, number("lly")?, number("urx")?, number("ury")?);
    let image = said("BASE64VALUE").map(|t| decode_base64(&t).ok_or(BadLayout)).transpose()?;
    Ok(Some(Stamp {
        rect: [a.min(c), b.min(d), a.max(c), b.max(d)],
        page: page(said("page").as_deref())?,
        image,
        with_text: visible.attribute("layer2") == Some("true"),
        check: None,
    }))
}

fn page(text: Option<&str>) -> Result<StampPage, BadLayout> {
    match text {
        None => Ok(StampPage::Number(1)),
        Some(text) if text.eq_ignore_ascii_case("LAST") => Ok(StampPage::Last),
        Some(text) => match text.parse() {
            Ok(number @ 1..) => Ok(StampPage::Number(number)),
            _ => Err(BadLayout),
        },
    }
}
