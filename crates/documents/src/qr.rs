//! The QR code.

use copihue_core::{Error, Result};
use qrcode::canvas::{Canvas, MaskPattern};
use qrcode::{Color, EcLevel, Version, bits, ec};

/// Level M: it still reads with an eighth of it damaged.
const LEVEL: EcLevel = EcLevel::M;
/// In the order in which the standard numbers them: of equally good ones the first counts.
const MASKS: [MaskPattern; 8] = [
    MaskPattern::Checkerboard,
    MaskPattern::HorizontalLines,
    MaskPattern::VerticalLines,
    MaskPattern::DiagonalLines,
    MaskPattern::LargeCheckerboard,
    MaskPattern::Fields,
    MaskPattern::Diamonds,
    MaskPattern::Meadow,
];

/// A QR code, module by module.
pub struct Qr {
    /// A bit for each module, 1 for a dark one; the leftmost is the lowest.
    rows: Vec<u128>,
}

impl Qr {
    /// Of an address, at level M.
    ///
    /// # Errors
    /// When the text is longer than an address may be (some 700 bytes).
    pub fn new(text: &str) -> Result<Self> {
        let failed = |e| Error::internal(format_args!("qr: {e}"));
        let bits = bits::encode_auto(text.as_bytes(), LEVEL).map_err(failed)?;
        let version = bits.version();
        if version.width() > 125 {
            return Err(Error::internal("qr: an address that long"));
        }
        let (data, correction) =
            ec::construct_codewords(&bits.into_bytes(), version, LEVEL).map_err(failed)?;
        let mut canvas = Canvas::new(version, LEVEL);
        canvas.draw_all_functional_patterns();
        canvas.draw_data(&data, &correction);
        let masked = |mask: &MaskPattern| {
            let mut canvas = canvas.clone();
            canvas.apply_mask(*mask);
            rows(canvas, version)
        };
        let best = MASKS.iter().map(masked).min_by_key(|rows| penalty(rows));
        Ok(Self { rows: best.unwrap_or_default() })
    }

    /// Modules in a row.
    #[must_use]
    pub fn width(&self) -> usize {
        self.rows.len()
    }

    /// Runs of dark modules, row by row: row, where it begins, how long it is.
    pub fn runs(&self) -> impl Iterator<Item = (usize, u32, u32)> + '_ {
        self.rows.iter().enumerate().flat_map(|(y, row)| {
            let mut rest = *row;
            std::iter::from_fn(move || {
                let start = rest.trailing_zeros();
                let len = rest.checked_shr(start)?.trailing_ones();
                rest &= !(((1 << len) - 1) << start);
                Some((y, start, len))
            })
        })
    }
}

fn rows(canvas: Canvas, version: Version) -> Vec<u128> {
    let width = usize::try_from(version.width()).unwrap_or(1);
    let bit = |colors: &[Color]| {
        colors.iter().rev().fold(0, |row, color| row << 1 | u128::from(*color == Color::Dark))
    };
    canvas.into_colors().chunks(width).map(bit).collect()
}

/// ISO/IEC 18004, 7.8.3: the less, the better it reads.
fn penalty(rows: &[u128]) -> u32 {
    let columns = transposed(rows);
    let lines = |lines: &[u128]| {
        lines.iter().map(|line| same_in_line(*line, rows.len()) + finders(*line, rows.len())).sum::<u32>()
    };
    let blocks: u32 = rows.windows(2).map(|pair| blocks(pair[0], pair[1], rows.len())).sum();
    let dark: u32 = rows.iter().map(|row| row.count_ones()).sum();
    let total = u32::try_from(rows.len() * rows.len()).unwrap_or(1);
    lines(rows) + lines(&columns) + 3 * blocks + (dark * 200 / total).abs_diff(100)
}

fn transposed(rows: &[u128]) -> Vec<u128> {
    let mut columns = vec![0; rows.len()];
    for (y, row) in rows.iter().enumerate() {
        let mut rest = *row;
        while rest != 0 {
            columns[rest.trailing_zeros() as usize] |= 1 << y;
            rest &= rest - 1;
        }
    }
    columns
}

/// A bit for each of the first `width` modules.
const fn ones(width: usize) -> u128 {
    (1 << width) - 1
}

/// A bit where a module is as the next one.
const fn same(line: u128, width: usize) -> u128 {
    !(line ^ line >> 1) & ones(width - 1)
}

/// Five or more of a colour in a line count as many as they are, less two.
fn same_in_line(line: u128, width: usize) -> u32 {
    let pairs = same(line, width);
    let fives = pairs & pairs >> 1 & pairs >> 2 & pairs >> 3;
    fives.count_ones() + 2 * (fives & !(fives << 1)).count_ones()
}

/// Squares of four of a colour.
fn blocks(above: u128, below: u128, width: usize) -> u32 {
    (same(above, width) & same(below, width) & !(above ^ below)).count_ones()
}

/// What looks like the pattern in the corners, with four light ones before or after it, counts 40.
fn finders(l: u128, width: usize) -> u32 {
    let found = l & !(l >> 1) & l >> 2 & l >> 3 & l >> 4 & !(l >> 5) & l >> 6 & ones(width - 6);
    let before = !(l << 1 | l << 2 | l << 3 | l << 4);
    let after = !(l >> 7 | l >> 8 | l >> 9 | l >> 10);
    40 * (found & (before | after)).count_ones()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use qrcode::QrCode;

    use super::*;

    proptest! {
        #[test]
        fn the_best_mask_is_the_one_that_the_library_finds(text in "https://[a-z.]{4,60}/v/[A-Z0-9-]{4,200}") {
            let theirs = QrCode::with_error_correction_level(&text, LEVEL).unwrap();
            let ours = Qr::new(&text).unwrap();
            let mut drawn = vec![Color::Light; theirs.width() * theirs.width()];
            for (y, start, len) in ours.runs() {
                drawn[y * ours.width() + start as usize..][..len as usize].fill(Color::Dark);
            }
            prop_assert_eq!(drawn, theirs.to_colors());
        }
    }
}
