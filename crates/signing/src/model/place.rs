//! Where on a page a stamp goes: in words, as people choose it, or as an exact box.

use copihue_core::calendar::Zone;
use copihue_core::{Error, Result, Timestamp, text};

use super::layout::{Stamp, StampPage};
use crate::signer::SignerName;

/// Width and height of a stamp in one of the named places, in points: 8 × 2,5 cm, with room for a QR code of 2 cm.
const SIZE: (f64, f64) = (227.0, 71.0);
const MARGIN: f64 = 36.0;
/// Higher at the foot, where documents number their pages.
const FOOT: f64 = 56.0;
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

/// What one sees of a page: the box in its own units, and how often it is turned by a right angle, clockwise, to be shown.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Sheet {
    /// Left, bottom, right, top.
    pub shown: [f64; 4],
    /// 0 to 3.
    pub turns: u8,
}

impl Sheet {
    /// Width and height as one sees them.
    fn seen(&self) -> (f64, f64) {
        let [left, bottom, right, top] = self.shown;
        let (width, height) = (right - left, top - bottom);
        if self.turns.is_multiple_of(2) { (width, height) } else { (height, width) }
    }

    /// A box of what one sees, from its lower left corner on, in the page's own units.
    fn of_seen(&self, [x1, y1, x2, y2]: [f64; 4]) -> [f64; 4] {
        let [left, bottom, right, top] = self.shown;
        match self.turns % 4 {
            1 => [right - y2, bottom + x1, right - y1, bottom + x2],
            2 => [right - x2, top - y2, right - x1, top - y1],
            3 => [left + y1, top - x2, left + y2, top - x1],
            _ => [left + x1, bottom + y1, left + x2, bottom + y2],
        }
    }
}

/// What a stamp says: who signs as what, where and when, and where anybody can check it.
#[must_use]
pub fn stamp_text(signer: &SignerName, reason: Option<&str>, at: Timestamp, check: Option<&str>) -> String {
    let when = text::short_datetime(Zone::Santiago.local(at));
    let lines = [
        Some(format!("Firmado por {}", signer.name)),
        signer.post.clone(),
        Some(signer.institution.clone()),
        reason.map(str::to_owned),
        Some(when),
        check.map(|address| format!("Verifique en {address}")),
    ];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
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

    /// The stamp on a page. `before` is how many signatures the document has: those in a named place stand above each other, so that none covers
    /// another.
    #[must_use]
    pub fn stamp(&self, sheet: Sheet, before: usize) -> Option<Stamp> {
        let (page, rect) = match *self {
            Self::Invisible => return None,
            Self::Box(page, rect) => (page, rect),
            Self::Spot(page, spot) => (page, sheet.of_seen(spot.rect(sheet.seen(), before))),
        };
        Some(Stamp { rect, page, image: None, with_text: true, check: None })
    }
}

impl Spot {
    /// The box on a page of this width and height, as one sees it.
    fn rect(self, (wide, high): (f64, f64), before: usize) -> [f64; 4] {
        let (x, y) = self.halves();
        let (width, height) = (SIZE.0.min(wide), SIZE.1.min(high));
        let margin = |wanted: f64, free: f64| wanted.min(free.max(0.0) / 2.0);
        let (mx, head) = (margin(MARGIN, wide - width), margin(MARGIN, high - height));
        let foot = margin(FOOT, high - height);
        let rows = ((high - head - foot) / (height + 4.0)).floor().max(1.0);
        let row = (before as f64) % rows;
        let from_left = mx + (wide - width - 2.0 * mx) * x / 2.0;
        let up = row * (height + 4.0);
        let from_bottom = if y > 0.0 { high - head - height - up } else { foot + up };
        [from_left, from_bottom, from_left + width, from_bottom + height]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LETTER: (f64, f64) = (612.0, 792.0);

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
        let tiny = Spot::TopLeft.rect((50.0, 20.0), 3);
        assert!(tiny[0] >= 0.0 && tiny[1] >= 0.0 && tiny[2] <= 50.0 && tiny[3] <= 20.0, "{tiny:?}");
    }

    #[test]
    fn a_named_place_is_where_one_sees_it_on_a_page_that_is_turned() {
        let place = Place::parse("1:abajo-derecha").unwrap();
        let middle = |turns| {
            let sheet = Sheet { shown: [10.0, 20.0, 622.0, 812.0], turns };
            let [left, bottom, right, top] = place.stamp(sheet, 0).unwrap().rect;
            (f64::midpoint(left, right) > 316.0, f64::midpoint(bottom, top) > 416.0)
        };
        // Right of the middle, above the middle: turned clockwise, the right edge of what one sees is the page's upper one.
        assert_eq!([0, 1, 2, 3].map(middle), [(true, false), (true, true), (false, true), (false, false)]);
    }

    #[test]
    fn a_stamp_says_who_as_what_when_and_where_to_check_it() {
        let signer = SignerName {
            name: "María Ñancupil".into(),
            post: Some("Directora de Tránsito".into()),
            institution: "Municipalidad de Ollagüe".into(),
        };
        let at = Timestamp::parse("2026-11-29T18:47:00Z").unwrap();
        let said = stamp_text(&signer, None, at, Some("ejemplo.cl/v/RTZZ-AERD-F9JG-66PK"));
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(
            lines[..3],
            ["Firmado por María Ñancupil", "Directora de Tránsito", "Municipalidad de Ollagüe"]
        );
        assert!(
            lines[3].contains("15:47") && lines[4] == "Verifique en ejemplo.cl/v/RTZZ-AERD-F9JG-66PK",
            "{said}"
        );
    }
}
