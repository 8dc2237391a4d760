//! The two embedded faces: what they can show, and how wide it is.

use std::borrow::Cow;

use rustybuzz::ttf_parser::Tag;
use rustybuzz::{BufferClusterLevel, Direction, Face, Feature, UnicodeBuffer};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark as is_mark;

use crate::charset;
use crate::kerning::Kerning;

static REGULAR: &[u8] = crate::SANS;
static BOLD: &[u8] = include_bytes!("../assets/Roboto-Bold.ttf");

/// Marks on one letter; Vietnamese has two, the old grammars of Mapudungun three.
const MARKS: usize = 4;
/// Stands for a character that the faces don't have.
const UNKNOWN: char = '◊';

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

/// One glyph of a line; lengths in units of the face.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Glyph {
    /// In the whole face.
    pub(crate) id: u16,
    /// What it stands for; a second character where two became one glyph.
    pub(crate) text: (char, Option<char>),
    /// Of the glyph itself.
    pub(crate) width: i16,
    /// What is added to the width before the next glyph.
    pub(crate) kern: i16,
    /// Right and up from where it would stand: a mark on its letter.
    pub(crate) shift: (i16, i16),
    pub(crate) home: Home,
}

/// Which subset a glyph is drawn from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Home {
    /// The one that all documents share.
    Shared,
    /// The document's own.
    Own,
}

impl Glyph {
    /// How far the pen moves.
    pub(crate) fn advance(&self) -> i32 {
        i32::from(self.width) + i32::from(self.kern)
    }
}

pub(crate) struct FaceData {
    pub(crate) bytes: &'static [u8],
    pub(crate) shaper: Face<'static>,
    kerning: Kerning,
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
            let shaper = Face::from_slice(bytes, 0)?;
            let kerning = Kerning::new(&shaper)?;
            Some(FaceData { bytes, shaper, kerning })
        };
        // Without ligatures each letter keeps its own glyph, so that text taken out of the PDF is the text put in.
        let plain = [Feature::new(Tag::from_bytes(b"liga"), 0, ..)];
        Some(Self { regular: load(REGULAR)?, bold: load(BOLD)?, plain })
    }

    pub(crate) fn face(&self, weight: Weight) -> &FaceData {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    /// NFC, without control or direction characters (which could make a text read otherwise than it is stored); what
    /// the faces can't show becomes a lozenge. Line breaks stay.
    pub(crate) fn clean<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if text.chars().all(|c| c == '\n' || charset::place(c).is_some()) {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        let mut marks = 0;
        for c in text.nfc() {
            // A letter under a tower of marks is no language: placing each over all the others takes its time.
            marks = if is_mark(c) { marks + 1 } else { 0 };
            match c {
                _ if marks > MARKS => {}
                '\n' => out.push('\n'),
                '\t' | '\u{2028}' | '\u{2029}' => out.push(' '),
                c if c.is_control() || is_invisible(c) => {}
                c if self.shows(c) => out.push(c),
                _ => out.push(UNKNOWN),
            }
        }
        Cow::Owned(out)
    }

    fn shows(&self, c: char) -> bool {
        let private = matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{fffc}'..='\u{ffff}');
        !private && self.regular.shaper.glyph_index(c).is_some_and(|g| g.0 != 0)
    }

    /// Shapes one paragraph's text.
    pub(crate) fn shape(&self, text: &str, weight: Weight) -> Vec<Glyph> {
        self.shape_shared(text, weight).unwrap_or_else(|| self.shape_any(text, weight))
    }

    /// By the table of pairs: what the full shaper would say, as long as every character is of the shared set.
    fn shape_shared(&self, text: &str, weight: Weight) -> Option<Vec<Glyph>> {
        let face = self.face(weight);
        let mut glyphs: Vec<Glyph> = Vec::with_capacity(text.len());
        let mut before = None;
        for c in text.chars() {
            let place = charset::place(c)?;
            if let (Some(before), Some(last)) = (before, glyphs.last_mut()) {
                last.kern = face.kerning.between(before, place, || self.kern((last.text.0, c), weight));
            }
            let (id, width) = face.kerning.glyph(place);
            glyphs.push(Glyph { id, text: (c, None), width, kern: 0, shift: (0, 0), home: Home::Shared });
            before = Some(place);
        }
        Some(glyphs)
    }

    fn kern(&self, (left, right): (char, char), weight: Weight) -> i16 {
        self.shape_any(&String::from_iter([left, right]), weight).first().map_or(0, |glyph| glyph.kern)
    }

    /// By the full shaper.
    fn shape_any(&self, text: &str, weight: Weight) -> Vec<Glyph> {
        let face = self.face(weight);
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.set_direction(Direction::LeftToRight);
        buffer.set_cluster_level(BufferClusterLevel::MonotoneCharacters);
        buffer.guess_segment_properties();
        let shaped = rustybuzz::shape(&face.shaper, &self.plain, buffer);
        let (infos, positions) = (shaped.glyph_infos(), shaped.glyph_positions());
        let mut glyphs = Vec::with_capacity(infos.len());
        for (i, (info, position)) in infos.iter().zip(positions).enumerate() {
            let id = u16::try_from(info.glyph_id).unwrap_or(0);
            let shown = shown_by(text, infos, i);
            let width = face.width(id);
            let home = match charset::place(shown.0) {
                Some(place) if shown.1.is_none() && face.kerning.glyph(place).0 == id => Home::Shared,
                _ => Home::Own,
            };
            let kern = units(position.x_advance - i32::from(width));
            let shift = (units(position.x_offset), units(position.y_offset));
            glyphs.push(Glyph { id, text: shown, width, kern, shift, home });
        }
        glyphs
    }
}

impl FaceData {
    fn width(&self, glyph: u16) -> i16 {
        let width = self.shaper.glyph_hor_advance(rustybuzz::ttf_parser::GlyphId(glyph)).unwrap_or(0);
        i16::try_from(width).unwrap_or(i16::MAX)
    }

    /// Units of the face to the em.
    pub(crate) fn per_em(&self) -> f32 {
        self.shaper.units_per_em() as f32
    }

    /// The glyph of a character of the shared set, by its place.
    pub(crate) fn shared(&self, place: usize) -> (u16, i16) {
        self.kerning.glyph(place)
    }
}

/// The characters that a glyph stands for. Of those that became several glyphs, each glyph has its own as far as they
/// reach; one more than there are characters stands for nothing that could be taken out.
fn shown_by(text: &str, infos: &[rustybuzz::GlyphInfo], i: usize) -> (char, Option<char>) {
    const NOTHING: char = '\u{200b}';
    let cluster = infos[i].cluster;
    let nth = infos[..i].iter().rev().take_while(|g| g.cluster == cluster).count();
    let more = infos[i + 1..].iter().take_while(|g| g.cluster == cluster).count();
    let end = infos[i + 1..].iter().map(|g| g.cluster).find(|c| *c != cluster);
    let end = end.map_or(text.len(), |c| c as usize);
    let mut chars = text.get(cluster as usize..end).unwrap_or_default().chars().skip(nth);
    let first = chars.next().unwrap_or(NOTHING);
    (first, chars.next().filter(|_| more == 0))
}

fn units(value: i32) -> i16 {
    value.clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16
}

fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    static FONTS: LazyLock<Fonts> = LazyLock::new(|| Fonts::load().unwrap());

    fn shared_text() -> impl Strategy<Value = String> {
        let set: Vec<char> = charset::all().collect();
        proptest::collection::vec(proptest::sample::select(set), 0..40).prop_map(String::from_iter)
    }

    proptest! {
        #[test]
        fn the_table_of_pairs_says_what_the_full_shaper_says(text in shared_text()) {
            for weight in [Weight::Regular, Weight::Bold] {
                let table = FONTS.shape_shared(&text, weight).unwrap();
                prop_assert_eq!(table, FONTS.shape_any(&text, weight));
            }
        }
    }

    #[test]
    fn marks_and_pairs_that_become_one_glyph_keep_their_characters() {
        let read = |text| -> Vec<_> { FONTS.shape(text, Weight::Regular).iter().map(|g| g.text).collect() };
        assert_eq!(read("x\u{323}a"), [('x', None), ('\u{323}', None), ('a', None)]);
        assert_eq!(read("l\u{307}a"), [('l', Some('\u{307}')), ('a', None)]);
        assert!(FONTS.shape("x\u{323}", Weight::Regular).iter().any(|g| g.home == Home::Own));
    }
}
