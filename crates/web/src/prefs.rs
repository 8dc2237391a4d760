//! How a person wants to read: size of letters and contrast, kept in the cookie `pref`.

use http::HeaderMap;

use crate::cookies;

/// Size of letters.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Size {
    /// 100 %.
    #[default]
    Normal,
    /// 125 %.
    Large,
    /// 150 %.
    Larger,
}

/// Size and contrast.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Prefs {
    /// Size of letters.
    pub size: Size,
    /// White on black, yellow links.
    pub contrast: Contrast,
}

/// Contrast of the colours.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Contrast {
    /// As designed.
    #[default]
    Normal,
    /// White on black.
    High,
}

impl Prefs {
    /// How many different ones there are.
    pub(crate) const COUNT: usize = 6;

    pub(crate) fn of(headers: &HeaderMap) -> Self {
        cookies::get(headers, cookies::PREFERENCES).map_or_else(Self::default, Self::parse)
    }

    /// `125`, `150-alto`, `alto`…; what is unknown counts as normal.
    pub(crate) fn parse(text: &str) -> Self {
        let size = match text.split('-').next() {
            Some("125") => Size::Large,
            Some("150") => Size::Larger,
            _ => Size::Normal,
        };
        let contrast = if text.ends_with("alto") { Contrast::High } else { Contrast::Normal };
        Self { size, contrast }
    }

    pub(crate) fn text(self) -> String {
        let contrast = if self.contrast == Contrast::High { "-alto" } else { "" };
        format!("{}{contrast}", self.size.percent())
    }

    pub(crate) const fn index(self) -> usize {
        self.size as usize * 2 + self.contrast as usize
    }

    /// The classes of `<html>`.
    pub(crate) const fn class(self) -> Option<&'static str> {
        match (self.size, self.contrast) {
            (Size::Normal, Contrast::Normal) => None,
            (Size::Large, Contrast::Normal) => Some("size-125"),
            (Size::Larger, Contrast::Normal) => Some("size-150"),
            (Size::Normal, Contrast::High) => Some("contrast"),
            (Size::Large, Contrast::High) => Some("size-125 contrast"),
            (Size::Larger, Contrast::High) => Some("size-150 contrast"),
        }
    }
}

impl Size {
    pub(crate) const fn percent(self) -> &'static str {
        match self {
            Self::Normal => "100",
            Self::Large => "125",
            Self::Larger => "150",
        }
    }

    pub(crate) const fn smaller(self) -> Self {
        match self {
            Self::Normal | Self::Large => Self::Normal,
            Self::Larger => Self::Large,
        }
    }

    pub(crate) const fn larger(self) -> Self {
        match self {
            Self::Normal => Self::Large,
            Self::Large | Self::Larger => Self::Larger,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_02_preferences_survive_the_cookie() {
        for text in ["100", "125", "150-alto", "100-alto"] {
            assert_eq!(Prefs::parse(text).text(), text);
        }
        assert_eq!(Prefs::parse("<script>"), Prefs::default());
    }
}
