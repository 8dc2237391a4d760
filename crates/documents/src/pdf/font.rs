//! A subset of a face, as the six objects of a composite font.

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::writers::{CidFont, FontDescriptor, Type0Font};
use pdf_writer::{Name, Rect, Ref, Str};
use subsetter::GlyphRemapper;

use copihue_core::{Error, Result};

use super::deflate::{Effort, deflate};
use super::file::File;
use crate::fonts::{FaceData, Weight};

/// A glyph of a subset: its code in content streams, its number in the face, its width, and what it reads as.
pub(crate) struct Member {
    pub(crate) code: u16,
    pub(crate) glyph: u16,
    pub(crate) width: i16,
    pub(crate) text: (char, Option<char>),
}

/// What a subset is called: six letters before the face's name, that no two subsets of a file share.
pub(crate) type Prefix = &'static str;

const SYSTEM: SystemInfo<'_> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// What the codes read as: letters with their marks come out of the PDF as they went in.
pub(crate) fn write_readings(file: &mut File, members: &[Member], effort: Effort) -> Ref {
    let mut map: UnicodeCmap<u16> = UnicodeCmap::new(Name(b"Custom"), SYSTEM);
    for member in members {
        match member.text {
            (c, None) => map.pair(member.code, c),
            (first, Some(second)) => map.pair_with_multiple(member.code, [first, second]),
        }
    }
    let id = file.allocate();
    file.deflated(id, &deflate(&map.finish(), effort), |_| {});
    id
}

/// Writes the font under `id`. The members are in the order of their codes; `readings` says what these read as.
pub(crate) fn write(
    file: &mut File,
    (id, readings): (Ref, Ref),
    (face, weight): (&FaceData, Weight),
    prefix: Prefix,
    members: &[Member],
    effort: Effort,
) -> Result<()> {
    let (glyphs, subset) = subset(face, members)?;
    let name = match weight {
        Weight::Regular => format!("{prefix}+Roboto-Regular"),
        Weight::Bold => format!("{prefix}+Roboto-Bold"),
    };
    let name = Name(name.as_bytes());
    let [cid, descriptor, data, map] = std::array::from_fn(|_| file.allocate());
    file.object(id, |object| {
        let mut font: Type0Font<'_> = object.start();
        font.base_font(name)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(cid)
            .to_unicode(readings);
    });
    file.object(cid, |object| {
        let mut font: CidFont<'_> = object.start();
        font.subtype(CidFontType::Type2).base_font(name).system_info(SYSTEM).font_descriptor(descriptor);
        font.default_width(0.0).cid_to_gid_map_stream(map);
        let mut widths = font.widths();
        for run in members.chunk_by(|a, b| a.code + 1 == b.code) {
            let thousandths = run.iter().map(|m| thousandths(face, f32::from(m.width)));
            widths.consecutive(run[0].code, thousandths);
        }
    });
    file.object(descriptor, |object| describe(object.start(), face, (name, weight), data));
    file.deflated(data, &deflate(&subset, effort), |stream| {
        stream.pair(Name(b"Length1"), i32::try_from(subset.len()).unwrap_or(i32::MAX));
    });
    file.deflated(map, &deflate(&code_map(members, &glyphs), effort), |_| {});
    Ok(())
}

/// The glyphs' new numbers, and the face with those alone.
fn subset(face: &FaceData, members: &[Member]) -> Result<(GlyphRemapper, Vec<u8>)> {
    let mut glyphs = GlyphRemapper::new();
    for member in members {
        glyphs.remap(member.glyph);
    }
    let subset = subsetter::subset(face.bytes, 0, &glyphs);
    Ok((glyphs, subset.map_err(|e| Error::internal(format_args!("font subset: {e}")))?))
}

/// Thousandths of an em, as PDF counts.
fn thousandths(face: &FaceData, units: f32) -> f32 {
    (units * 1_000_000.0 / face.per_em()).round() / 1000.0
}

fn describe(mut out: FontDescriptor<'_>, face: &FaceData, (name, weight): (Name<'_>, Weight), data: Ref) {
    let metric = |units: i16| thousandths(face, f32::from(units));
    let shaper = &face.shaper;
    let bbox = shaper.global_bounding_box();
    let (height, stem) = match weight {
        Weight::Regular => (400, 80.0),
        Weight::Bold => (700, 140.0),
    };
    out.name(name).flags(FontFlags::SYMBOLIC).weight(height).italic_angle(0.0).stem_v(stem);
    out.bbox(Rect::new(metric(bbox.x_min), metric(bbox.y_min), metric(bbox.x_max), metric(bbox.y_max)));
    out.ascent(metric(shaper.ascender())).descent(metric(shaper.descender()));
    out.cap_height(metric(shaper.capital_height().unwrap_or(shaper.ascender()))).font_file2(data);
}

/// From code to glyph of the subset, two bytes each.
fn code_map(members: &[Member], glyphs: &GlyphRemapper) -> Vec<u8> {
    let last = members.last().map_or(0, |m| usize::from(m.code));
    let mut map = vec![0; 2 * (last + 1)];
    for member in members {
        let glyph = glyphs.get(member.glyph).unwrap_or(0).to_be_bytes();
        map[2 * usize::from(member.code)..][..2].copy_from_slice(&glyph);
    }
    map
}
