//! Where on a page a stamp goes: in words, as people choose it, or as an exact box.

use copihue_core::{Error, Result};

use super::layout::{Stamp, StampPage};

/// Width and height of a stamp in one of the named places, in points: 6 × 2 cm.
const SIZE: (f64, f64) = (170.0, 56.0);
const MARGIN: f64 = 36.0;
/// No honest page is larger (ISO 32000-1, annex C).
const MAX: f64 = 14_400.0;

/// Where a stamp goes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Place {
    /// Nowhere: the signature is there, but nothing is drawn.
    Invisible,
    /// Into a corner or the middle of an edge.
    Spot(StampPage, Spot),
    /// Into this box: left, bottom, right, top.
    Box(StampPage, [f64; 4]),
}

macro_rules! spots {
    ($($(#[$doc:meta])* $variant:ident = $word:literal $x:literal $y:literal,)+) => {
        /// A place that has a name. `x` and `y` are how many halves of the free room lie before it.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Spot { $($(#[$doc])* $variant,)+ }

        impl Spot {
            /// Each of them, in the order in which they are offered.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// As stored and sent.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            const fn halves(self) -> (f64, f64) {
                match self { $(Self::$variant => ($x, $y),)+ }
            }
        }
    };
}

spots! {
    /// At the foot, to the right.
    BottomRight = "abajo-derecha" 2.0 0.0,
    /// At the foot, in the middle.
    BottomCentre = "abajo-centro" 1.0 0.0,
    /// At the foot, to the left.
    BottomLeft = "abajo-izquierda" 0.0 0.0,
    /// At the head, to the right.
    TopRight = "arriba-derecha" 2.0 2.0,
    /// At the head, in the middle.
    TopCentre = "arriba-centro" 1.0 2.0,
    /// At the head, to the left.
    TopLeft = "arriba-izquierda" 0.0 2.0,
}

impl Place {
    /// From `invisible`, `ultima:abajo-derecha`, `1:arriba-izquierda` or `2:10,20,180,76`.
    ///
    /// # Errors
    /// When it is none of these.
    pub fn parse(text: &str) -> Result<Self> {
        Self::read(text.trim()).ok_or_else(|| {
            Error::invalid(
                "lugar_de_estampa",
                "No se entiende dónde va la estampa. Por ejemplo: ultima:abajo-derecha, o 1:36,36,206,92.",
            )
        })
    }

    fn read(text: &str) -> Option<Self> {
        if text == "invisible" {
            return Some(Self::Invisible);
        }
        let (page, place) = text.split_once(':')?;
        let page = match page {
            "ultima" => StampPage::Last,
            number => StampPage::Number(number.parse().ok().filter(|n| (1..=100_000).contains(n))?),
        };
        if let Some(spot) = Spot::ALL.iter().find(|s| s.word() == place) {
            return Some(Self::Spot(page, *spot));
        }
        let numbers: Vec<f64> = place.split(',').map(|n| n.trim().parse().ok()).collect::<Option<_>>()?;
        let rect: [f64; 4] = numbers.try_into().ok()?;
        let [left, bottom, right, top] = rect;
        let fits = rect.iter().all(|n| (0.0..=MAX).contains(n)) && left < right && bottom < top;
        fits.then_some(Self::Box(page, rect))
    }

    /// As [`Self::parse`] reads it.
    #[must_use]
    pub fn text(&self) -> String {
        let page = |page: &StampPage| match page {
            StampPage::Last => "ultima".to_owned(),
            StampPage::Number(n) => n.to_string(),
        };
        match self {
            Self::Invisible => "invisible".to_owned(),
            Self::Spot(at, spot) => format!("{}:{}", page(at), spot.word()),
            Self::Box(at, [a, b, c, d]) => format!("{}:{a},{b},{c},{d}", page(at)),
        }
    }

    /// The page that it is on.
    #[must_use]
    pub fn page(&self) -> Option<StampPage> {
        match self {
            Self::Invisible => None,
            Self::Spot(page, _) | Self::Box(page, _) => Some(*page),
        }
    }

    /// The stamp on a page that shows this box. `before` is how many signatures the document has: those in a named place stand above each other, so that none covers
    /// another.
    #[must_use]
    pub fn stamp(&self, shown: [f64; 4], before: usize) -> Option<Stamp> {
        let (page, rect) = match *self {
            Self::Invisible => return None,
            Self::Box(page, rect) => (page, rect),
            Self::Spot(page, spot) => (page, spot.rect(shown, before)),
        };
        Some(Stamp { rect, page, image: None, with_text: true })
    }
}

impl Spot {
    fn rect(self, [left, bottom, right, top]: [f64; 4], before: usize) -> [f64; 4] {
        let (x, y) = self.halves();
        let (width, height) = (SIZE.0.min(right - left), SIZE.1.min(top - bottom));
        let margin = |free: f64| MARGIN.min(free.max(0.0) / 2.0);
        let (mx, my) = (margin(right - left - width), margin(top - bottom - height));
        let rows = ((top - bottom - 2.0 * my) / (height + 4.0)).floor().max(1.0);
        let row = (before as f64) % rows;
        let from_left = left + mx + (right - left - width - 2.0 * mx) * x / 2.0;
        let up = row * (height + 4.0);
        let from_bottom = if y > 0.0 { top - my - height - up } else { bottom + my + up };
        [from_left, from_bottom, from_left + width, from_bottom + height]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LETTER: [f64; 4] = [0.0, 0.0, 612.0, 792.0];

    #[test]
    fn places_are_read_as_they_are_written() {
        for text in ["invisible", "ultima:abajo-derecha", "1:arriba-centro", "3:10,20.5,180,76"] {
            assert_eq!(Place::parse(text).unwrap().text(), text);
        }
        for bad in
            ["", "abajo", "0:abajo-derecha", "1:", "1:1,2,3", "1:9,9,1,1", "1:0,0,NaN,5", "x:abajo-derecha"]
        {
            assert!(Place::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn named_places_lie_within_the_page_and_never_cover_each_other() {
        for spot in Spot::ALL {
            let mut seen: Vec<[f64; 4]> = Vec::new();
            for before in 0..8 {
                let rect = spot.rect(LETTER, before);
                assert!(rect[0] >= 0.0 && rect[1] >= 0.0 && rect[2] <= 612.0 && rect[3] <= 792.0, "{rect:?}");
                assert!(seen.iter().all(|s| s[1] >= rect[3] || s[3] <= rect[1]), "{spot:?} {before}");
                seen.push(rect);
            }
        }
        let tiny = Spot::TopLeft.rect([10.0, 10.0, 60.0, 30.0], 3);
        assert!(tiny[0] >= 10.0 && tiny[1] >= 10.0 && tiny[2] <= 60.0 && tiny[3] <= 30.0, "{tiny:?}");
    }
}
