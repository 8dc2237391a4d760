//! The glyphs that a document shows beyond the shared ones: a small subset of its own for each weight that needs one.

use std::collections::HashMap;

use copihue_core::Result;
use pdf_writer::Ref;

use super::deflate::Effort;
use super::file::File;
use super::font::{self, Member};
use crate::fonts::{Fonts, Glyph, Weight};

/// Glyphs in the order in which they were met; their codes count from 1.
#[derive(Default)]
pub(crate) struct OwnGlyphs {
    regular: Set,
    bold: Set,
}

#[derive(Default)]
struct Set {
    members: Vec<Member>,
    codes: HashMap<(u16, char, Option<char>), u16>,
}

impl OwnGlyphs {
    /// The code of a glyph in the subset of its weight.
    pub(crate) fn code(&mut self, weight: Weight, glyph: &Glyph) -> u16 {
        let set = match weight {
            Weight::Regular => &mut self.regular,
            Weight::Bold => &mut self.bold,
        };
        let next = u16::try_from(set.members.len() + 1).unwrap_or(u16::MAX);
        *set.codes.entry((glyph.id, glyph.text.0, glyph.text.1)).or_insert_with(|| {
            set.members.push(Member { code: next, glyph: glyph.id, width: glyph.width, text: glyph.text });
            next
        })
    }

    /// Writes the subsets that are needed.
    pub(crate) fn write(&self, file: &mut File, fonts: &Fonts) -> Result<Vec<(Weight, Ref)>> {
        let mut written = Vec::new();
        for (weight, prefix, set) in
            [(Weight::Regular, "CLOTRO", &self.regular), (Weight::Bold, "CLNEGR", &self.bold)]
        {
            if !set.members.is_empty() {
                let id = file.allocate();
                let readings = font::write_readings(file, &set.members, Effort::Quick);
                let face = (fonts.face(weight), weight);
                font::write(file, (id, readings), face, prefix, &set.members, Effort::Quick)?;
                written.push((weight, id));
            }
        }
        Ok(written)
    }
}
