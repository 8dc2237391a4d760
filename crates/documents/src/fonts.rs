//! The two embedded faces: what they can show, and how wide it is.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::ttf_parser::Tag;
use rustybuzz::{Direction, Face, Feature, UnicodeBuffer};
use unicode_normalization::UnicodeNormalization;

static REGULAR: &[u8] = include_bytes!("../assets/Roboto-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../assets/Roboto-Bold.ttf");

/// Stands for a character that the faces don't have.
const UNKNOWN: char = '◊';

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

struct FaceData {
    font: Font,
    shaper: Face<'static>,
}

pub(crate) struct Fonts {
    regular: FaceData,
    bold: FaceData,
    plain: [Feature; 1],
}

impl Fonts {
    /// Parses both faces, once for the life of the engine.
    pub(crate) fn load() -> Option<Self> {
        let load = |bytes: &'static [u8]| {
            Some(FaceData { font: Font::new(bytes.into(), 0)?, shaper: Face::from_slice(bytes, 0)? })
        };
        // Without ligatures each letter keeps its own glyph, so that text taken out of the PDF is the text put in.
        let plain = [Feature::new(Tag::from_bytes(b"liga"), 0, ..)];
        Some(Self { regular: load(REGULAR)?, bold: load(BOLD)?, plain })
    }

    fn face(&self, weight: Weight) -> &FaceData {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    pub(crate) fn font(&self, weight: Weight) -> Font {
        self.face(weight).font.clone()
    }

    /// NFC, without control or direction characters (which could make a text read otherwise than it is stored); what
    /// the faces can't show becomes a lozenge. Line breaks stay.
    pub(crate) fn clean(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for c in text.nfc() {
            match c {
                '\n' => out.push('\n'),
                '\t' | '\u{2028}' | '\u{2029}' => out.push(' '),
                c if c.is_control() || is_invisible(c) => {}
                c if self.shows(c) => out.push(c),
                _ => out.push(UNKNOWN),
            }
        }
        out
    }

    fn shows(&self, c: char) -> bool {
        let private = matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{fffc}'..='\u{ffff}');
        !private && self.regular.shaper.glyph_index(c).is_some_and(|g| g.0 != 0)
    }

    /// Shapes one line's or paragraph's text; advances are fractions of the size.
    pub(crate) fn shape(&self, text: &str, weight: Weight) -> Vec<KrillaGlyph> {
        let face = self.face(weight);
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.set_direction(Direction::LeftToRight);
        buffer.guess_segment_properties();
        let shaped = rustybuzz::shape(&face.shaper, &self.plain, buffer);
        let upem = face.font.units_per_em();
        let (infos, positions) = (shaped.glyph_infos(), shaped.glyph_positions());
        let cluster_end = |i: usize| {
            let start = infos[i].cluster;
            infos[i..].iter().map(|g| g.cluster).find(|c| *c != start).map_or(text.len(), |c| c as usize)
        };
        let glyph = |i: usize| {
            KrillaGlyph::new(
                GlyphId::new(infos[i].glyph_id),
                positions[i].x_advance as f32 / upem,
                positions[i].x_offset as f32 / upem,
                positions[i].y_offset as f32 / upem,
                0.0,
                infos[i].cluster as usize..cluster_end(i),
                None,
            )
        };
        (0..infos.len()).map(glyph).collect()
    }
}

fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}'
    )
}
