//! Text helpers of rules and forms.

use unicode_normalization::UnicodeNormalization;

pub(crate) use copihue_core::text::fold;

/// Hides all but the first letter of each word: `María Pérez` → `M•••• P••••`.
pub(crate) fn mask(text: &str) -> String {
    let words = text.split_whitespace().map(|word| {
        let first: String = word.chars().take(1).collect();
        format!("{first}••••")
    });
    words.collect::<Vec<_>>().join(" ")
}

/// A yes or no as rules write and compare it: part of the language of rules, like the accents of their texts.
pub(crate) const fn yes_no(yes: bool) -> &'static str {
    if yes { "Sí" } else { "No" }
}

/// Trimmed, NFC, line ends as `\n`; control characters other than line ends and tabs dropped.
pub(crate) fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    text.trim().nfc().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}
