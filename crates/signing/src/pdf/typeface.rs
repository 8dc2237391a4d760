//! A subset of the documents' typeface in a PDF (ISO 32000-1 §9.7): every reader shows it alike, text can be taken out again, and
//! PDF/A allows it.

use copihue_core::json::sha256;
use subsetter::GlyphRemapper;
use ttf_parser::{Face, GlyphId};
use unicode_normalization::UnicodeNormalization as _;

use super::object::{Dict, Object, Ref};
use super::picture::deflate;
use super::source::Source;
use super::stamp::real;
use super::update::Update;
use super::{PdfError, PdfResult};

const FONT: &[u8] = copihue_documents::SANS;
const NAME: &str = "Roboto-Regular";
/// Stands for a character that the typeface doesn't have.
const UNKNOWN: char = '◊';
/// Entries of one block of a CMap (Adobe technical note 5014).
const BLOCK: usize = 100;

/// The typeface, and which of its characters were used.
pub(super) struct Typeface {
    face: Face<'static>,
    glyphs: GlyphRemapper,
    /// Each character by its code, from 1 on.
    characters: Vec<char>,
}

impl Typeface {
    pub(super) fn new() -> PdfResult<Self> {
        let face = Face::parse(FONT, 0).map_err(|_| broken())?;
        Ok(Self { face, glyphs: GlyphRemapper::new(), characters: Vec::new() })
    }

    /// A text as it can be shown: composed, without control characters.
    pub(super) fn clean(&self, text: &str) -> String {
        let shown = |c: char| if self.glyph(c).is_some() { c } else { UNKNOWN };
        text.nfc().filter(|c| !c.is_control()).map(shown).collect()
    }

    fn glyph(&self, c: char) -> Option<GlyphId> {
        self.face.glyph_index(c).filter(|glyph| glyph.0 != 0)
    }

    /// How wide a clean text is at size 1.
    pub(super) fn width(&self, text: &str) -> f64 {
        let advance = |c| self.glyph(c).and_then(|g| self.face.glyph_hor_advance(g)).map_or(0.0, f64::from);
        text.chars().map(advance).sum::<f64>() / f64::from(self.face.units_per_em())
    }

    /// A clean text as the string of its codes.
    pub(super) fn encode(&mut self, text: &str) -> Object {
        let mut codes = Vec::new();
        for c in text.chars() {
            let Some(glyph) = self.glyph(c) else { continue };
            let code = self.glyphs.remap(glyph.0);
            if usize::from(code) > self.characters.len() {
                self.characters.push(c);
            }
            codes.extend(code.to_be_bytes());
        }
        Object::Text(codes)
    }

    /// Writes what was used of it.
    pub(super) fn embed<S: Source + ?Sized>(self, update: &mut Update<'_, '_, S>) -> PdfResult<Ref> {
        let subset = subsetter::subset(FONT, 0, &self.glyphs).map_err(|_| broken())?;
        let name = Object::name_of(&format!("{}+{NAME}", tag(&subset)));
        let written = Face::parse(&subset, 0).map_err(|_| broken())?;
        let file = stream(update, Dict::default().with("Length1", count(subset.len())), &subset)?;
        let set = stream(update, Dict::default(), &every_glyph(written.number_of_glyphs()))?;
        let descriptor = put(update, Object::Dict(self.descriptor(&name, file, set)));
        let descendant = put(update, Object::Dict(descendant(&name, descriptor, widths(&written))));
        let to_unicode = stream(update, Dict::default(), self.to_unicode().as_bytes())?;
        let font = Dict::default()
            .with("Type", Object::name_of("Font"))
            .with("Subtype", Object::name_of("Type0"))
            .with("BaseFont", name)
            .with("Encoding", Object::name_of("Identity-H"))
            .with("DescendantFonts", Object::Array(vec![Object::Ref(descendant)]))
            .with("ToUnicode", Object::Ref(to_unicode));
        Ok(put(update, Object::Dict(font)))
    }

    fn descriptor(&self, name: &Object, file: Ref, set: Ref) -> Dict {
        let scale = |units: i16| real(f64::from(units) * 1000.0 / f64::from(self.face.units_per_em()));
        let bounds = self.face.global_bounding_box();
        let corners = [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max];
        Dict::default()
            .with("Type", Object::name_of("FontDescriptor"))
            .with("FontName", name.clone())
            // Symbolic: its codes are no characters of a standard set.
            .with("Flags", Object::Int(4))
            .with("FontBBox", Object::Array(corners.into_iter().map(scale).collect()))
            .with("ItalicAngle", Object::Int(0))
            .with("Ascent", scale(self.face.ascender()))
            .with("Descent", scale(self.face.descender()))
            .with("CapHeight", scale(self.face.capital_height().unwrap_or(self.face.ascender())))
            .with("StemV", Object::Int(80))
            .with("FontFile2", Object::Ref(file))
            .with("CIDSet", Object::Ref(set))
    }

    /// Which character each code is.
    fn to_unicode(&self) -> String {
        let mut map = String::from(
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CIDSystemInfo \
             <</Registry(Adobe)/Ordering(UCS)/Supplement 0>> def /CMapName /Adobe-Identity-UCS def /CMapType 2 def\n\
             1 begincodespacerange <0000> <FFFF> endcodespacerange\n",
        );
        let codes: Vec<(usize, char)> = (1..).zip(self.characters.iter().copied()).collect();
        for block in codes.chunks(BLOCK) {
            map.push_str(&format!("{} beginbfchar\n", block.len()));
            for (code, c) in block {
                let units: String = c.encode_utf16(&mut [0; 2]).iter().map(|u| format!("{u:04X}")).collect();
                map.push_str(&format!("<{code:04X}> <{units}>\n"));
            }
            map.push_str("endbfchar\n");
        }
        map + "endcmap CMapName currentdict /CMap defineresource pop end end\n"
    }
}

const fn broken() -> PdfError {
    PdfError::Broken("typeface")
}

fn put<S: Source + ?Sized>(update: &mut Update<'_, '_, S>, object: Object) -> Ref {
    let id = update.allocate();
    update.put(id, object);
    id
}

fn stream<S: Source + ?Sized>(update: &mut Update<'_, '_, S>, dict: Dict, bytes: &[u8]) -> PdfResult<Ref> {
    let dict = dict.with("Filter", Object::name_of("FlateDecode"));
    Ok(put(update, Object::Stream(dict, deflate(bytes)?)))
}

fn count(n: usize) -> Object {
    Object::Int(i64::try_from(n).unwrap_or(i64::MAX))
}

/// Six letters that tell one subset from another, by what is in it.
fn tag(subset: &[u8]) -> String {
    sha256(subset).iter().take(6).map(|byte| char::from(b'A' + byte % 26)).collect()
}

/// PDF/A-1 asks for the set of what is embedded, and PDF/A-2 that it be whole where it stands.
fn every_glyph(glyphs: u16) -> Vec<u8> {
    let mut bits = vec![0xff; usize::from(glyphs / 8)];
    if !glyphs.is_multiple_of(8) {
        bits.push(!(0xff_u8 >> (glyphs % 8)));
    }
    bits
}

fn widths(subset: &Face<'_>) -> Object {
    let units = f64::from(subset.units_per_em());
    let width = |glyph| subset.glyph_hor_advance(GlyphId(glyph)).map_or(0.0, f64::from) * 1000.0 / units;
    let list = (0..subset.number_of_glyphs()).map(|glyph| real(width(glyph))).collect();
    Object::Array(vec![Object::Int(0), Object::Array(list)])
}

fn descendant(name: &Object, descriptor: Ref, widths: Object) -> Dict {
    let system = Dict::default()
        .with("Registry", Object::Text(b"Adobe".to_vec()))
        .with("Ordering", Object::Text(b"Identity".to_vec()))
        .with("Supplement", Object::Int(0));
    Dict::default()
        .with("Type", Object::name_of("Font"))
        .with("Subtype", Object::name_of("CIDFontType2"))
        .with("BaseFont", name.clone())
        .with("CIDSystemInfo", Object::Dict(system))
        .with("FontDescriptor", Object::Ref(descriptor))
        .with("CIDToGIDMap", Object::name_of("Identity"))
        .with("W", widths)
}
