//! The colour space of our pages: sRGB (IEC 61966-2-1) as an ICC profile of version 4.2.

/// Red, green and blue, the white of the screen seen under D50, and how to get from D65 to D50.
const RED: [f64; 3] = [0.43607, 0.22249, 0.01392];
const GREEN: [f64; 3] = [0.38515, 0.71687, 0.09708];
const BLUE: [f64; 3] = [0.14307, 0.06061, 0.71410];
const WHITE: [f64; 3] = [0.9642, 1.0, 0.8249];
const ADAPTATION: [f64; 9] =
    [1.04788, 0.02292, -0.05020, 0.02960, 0.99048, -0.01707, -0.00925, 0.01508, 0.75168];
/// Exponent, then a, b, c and d of the parametric curve of type 3.
const CURVE: [f64; 5] = [2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.04045];

/// The profile.
pub(crate) fn srgb() -> Vec<u8> {
    let curve = element(b"para", &[0, 3, 0, 0], &CURVE);
    let tags = [
        (b"desc", text("sRGB")),
        (b"cprt", text("CC0")),
        (b"wtpt", element(b"XYZ ", &[], &WHITE)),
        (b"chad", element(b"sf32", &[], &ADAPTATION)),
        (b"rXYZ", element(b"XYZ ", &[], &RED)),
        (b"gXYZ", element(b"XYZ ", &[], &GREEN)),
        (b"bXYZ", element(b"XYZ ", &[], &BLUE)),
        (b"rTRC", curve.clone()),
        (b"gTRC", curve.clone()),
        (b"bTRC", curve),
    ];
    let mut table = u32_of(tags.len()).to_vec();
    let mut body: Vec<u8> = Vec::new();
    let start = 128 + 4 + 12 * tags.len();
    let mut last: Option<(&[u8], usize)> = None;
    for (signature, element) in &tags {
        let at = match last {
            Some((same, at)) if same == element.as_slice() => at,
            _ => {
                body.extend_from_slice(element);
                start + body.len() - element.len()
            }
        };
        last = Some((element, at));
        table.extend_from_slice(*signature);
        table.extend_from_slice(&u32_of(at));
        table.extend_from_slice(&u32_of(element.len()));
    }
    [header(start + body.len()), table, body].concat()
}

fn u32_of(value: usize) -> [u8; 4] {
    (value as u32).to_be_bytes()
}

fn fixed(value: f64) -> [u8; 4] {
    ((value * 65536.0).round() as i32).to_be_bytes()
}

/// A display profile from RGB to XYZ, of the day of the standard.
fn header(size: usize) -> Vec<u8> {
    let mut header = vec![0; 128];
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &u32_of(size));
    put(8, &[4, 0x20, 0, 0]);
    put(12, b"mntrRGB XYZ ");
    put(24, &[0x07, 0xcf, 0, 10, 0, 1]);
    put(36, b"acsp");
    for (i, value) in WHITE.iter().enumerate() {
        put(68 + 4 * i, &fixed(*value));
    }
    header
}

fn element(kind: &[u8; 4], before: &[u8], values: &[f64]) -> Vec<u8> {
    let mut element = [kind, [0; 4].as_slice(), before].concat();
    element.extend(values.iter().flat_map(|v| fixed(*v)));
    element
}

/// A name in one language.
fn text(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let mut element = [b"mluc".as_slice(), &[0; 4], &u32_of(1), &u32_of(12), b"enUS"].concat();
    element.extend_from_slice(&u32_of(units.len()));
    element.extend_from_slice(&u32_of(28));
    element.extend_from_slice(&units);
    element.resize(element.len().next_multiple_of(4), 0);
    element
}
