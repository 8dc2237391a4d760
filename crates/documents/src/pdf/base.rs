//! The beginning of every document, made once: the fonts with the shared characters, and the colour profile.

use copihue_core::Result;
use pdf_writer::types::OutputIntentSubtype;
use pdf_writer::writers::OutputIntent;
use pdf_writer::{Name, Ref, TextStr};

use super::deflate::{Effort, deflate};
use super::file::File;
use super::font::{self, Member};
use super::icc;
use crate::charset;
use crate::fonts::{Fonts, Weight};

pub(crate) struct Base {
    pub(crate) file: File,
    pub(crate) regular: Ref,
    pub(crate) bold: Ref,
    pub(crate) intent: Ref,
}

impl Base {
    /// # Errors
    /// When an embedded face can't be cut down: a defect of ours.
    pub(crate) fn new(fonts: &Fonts) -> Result<Self> {
        let mut file = File::new();
        let [regular, bold, intent, profile] = std::array::from_fn(|_| file.allocate());
        let mut readings = None;
        for (id, weight, prefix) in [(regular, Weight::Regular, "CLNORM"), (bold, Weight::Bold, "CLFUER")] {
            let face = fonts.face(weight);
            let member = |(place, c): (usize, char)| {
                let (glyph, width) = face.shared(place);
                Member { code: c as u16, glyph, width, text: (c, None) }
            };
            let members: Vec<Member> = charset::all().enumerate().map(member).collect();
            // Both weights have the same codes.
            let readings =
                *readings.get_or_insert_with(|| font::write_readings(&mut file, &members, Effort::Thorough));
            font::write(&mut file, (id, readings), (face, weight), prefix, &members, Effort::Thorough)?;
        }
        file.object(intent, |object| {
            let mut intent: OutputIntent<'_> = object.start();
            intent.subtype(OutputIntentSubtype::PDFA).output_condition_identifier(TextStr("sRGB"));
            intent.info(TextStr("sRGB IEC61966-2.1")).dest_output_profile(profile);
        });
        file.deflated(profile, &deflate(&icc::srgb(), Effort::Thorough), |stream| {
            stream.pair(Name(b"N"), 3);
        });
        Ok(Self { file, regular, bold, intent })
    }
}
