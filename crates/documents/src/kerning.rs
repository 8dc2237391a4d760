//! What shaping the shared characters comes to: one glyph each, and a distance for each pair, asked for once.

use std::sync::atomic::{AtomicI16, Ordering};

use rustybuzz::Face;

use crate::charset;

/// A pair that nobody asked for yet.
const UNASKED: i16 = i16::MIN;

pub(crate) struct Kerning {
    /// Glyph and width, by the character's place.
    glyphs: Vec<(u16, i16)>,
    /// By both places. Several threads may fill the same pair: they all find the same.
    pairs: Vec<AtomicI16>,
}

impl Kerning {
    /// `None` when the face lacks a character of the set.
    pub(crate) fn new(face: &Face<'_>) -> Option<Self> {
        let glyph = |c| {
            let id = face.glyph_index(c)?;
            Some((id.0, i16::try_from(face.glyph_hor_advance(id)?).ok()?))
        };
        let glyphs = charset::all().map(glyph).collect::<Option<Vec<_>>>()?;
        let pairs = (0..charset::LEN * charset::LEN).map(|_| AtomicI16::new(UNASKED)).collect();
        Some(Self { glyphs, pairs })
    }

    pub(crate) fn glyph(&self, place: usize) -> (u16, i16) {
        self.glyphs[place]
    }

    /// What stands between two characters, by their places.
    pub(crate) fn between(&self, left: usize, right: usize, ask: impl FnOnce() -> i16) -> i16 {
        let pair = &self.pairs[left * charset::LEN + right];
        match pair.load(Ordering::Relaxed) {
            UNASKED => {
                let found = ask();
                pair.store(found, Ordering::Relaxed);
                found
            }
            known => known,
        }
    }
}
