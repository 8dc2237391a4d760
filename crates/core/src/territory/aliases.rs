//! Other spellings and older codes, accepted on the way in and never written.

use super::CommuneCode;

/// Usual spellings that differ from the official name.
pub(super) const SPELLINGS: [(&str, &str); 10] = [
    ("Paihuano", "04105"),
    ("La Calera", "05502"),
    ("Llay Llay", "05703"),
    ("Marchigüe", "06204"),
    ("Til Til", "13303"),
    ("Trehuaco", "16207"),
    ("Coihaique", "11101"),
    ("Aisén", "11201"),
    ("San Vicente de Tagua Tagua", "06117"),
    ("San Javier de Loncomilla", "07406"),
];

/// Where 08401…08421 went when Ley 21.033 made the Ñuble region, in the old order.
const NUBLE: [u16; 21] = [
    16101, 16102, 16202, 16203, 16302, 16103, 16104, 16204, 16303, 16105, 16106, 16205, 16107, 16201, 16206,
    16301, 16304, 16108, 16305, 16207, 16109,
];

/// Today's commune of a code used before the Ñuble region.
pub(super) fn before_nuble(old: u16) -> Option<CommuneCode> {
    let at = old.checked_sub(8401)?;
    NUBLE.get(usize::from(at)).map(|new| CommuneCode::from_table(*new))
}

/// What names are compared by: letters and digits of the folded text.
pub(super) fn key(name: &str) -> String {
    crate::text::fold(name).chars().filter(|c| c.is_alphanumeric()).collect()
}
