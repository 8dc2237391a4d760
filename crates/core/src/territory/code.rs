//! Codes that exist: each parses only to a place of the official list.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Commune, Province, Region, TERRITORY};
use crate::Error;

/// The code names no region, province or commune.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("no place has this code")]
pub struct UnknownPlace;

impl From<UnknownPlace> for Error {
    fn from(_: UnknownPlace) -> Self {
        Self::invalid("comuna_desconocida", "No conocemos esa comuna, provincia o región.")
    }
}

macro_rules! code {
    ($(#[$doc:meta])* $name:ident, $place:ident, $list:ident, $width:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u16);

        impl $name {
            /// The code as a number, without its leading zeros.
            #[must_use]
            pub const fn number(self) -> u16 {
                self.0
            }

            /// For our own data files, whose integrity a test proves.
            pub(super) fn unchecked(digits: &str) -> Self {
                Self(digits.parse().unwrap_or_default())
            }

            /// The place itself.
            #[must_use]
            pub fn get(self) -> &'static $place {
                let list = &TERRITORY.$list;
                // A code is made only of a row of the list, so the search always finds it.
                let at = list.binary_search_by_key(&self, |place| place.code).unwrap_or_default();
                &list[at]
            }
        }

        impl FromStr for $name {
            type Err = UnknownPlace;

            /// With or without its leading zeros.
            fn from_str(text: &str) -> Result<Self, UnknownPlace> {
                if text.is_empty() || text.len() > $width || !text.bytes().all(|b| b.is_ascii_digit()) {
                    return Err(UnknownPlace);
                }
                let code = Self(text.parse().map_err(|_| UnknownPlace)?);
                let known = TERRITORY.$list.binary_search_by_key(&code, |place| place.code);
                known.map(|_| code).map_err(|_| UnknownPlace)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!("{:0", $width, "}"), self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

code! {
    /// The code of a region: two digits (`05`).
    RegionCode, Region, regions, 2
}
code! {
    /// The code of a province: three digits (`051`).
    ProvinceCode, Province, provinces, 3
}
code! {
    /// The code of a commune: five digits (`05109`).
    CommuneCode, Commune, communes, 5
}

impl ProvinceCode {
    /// Its region.
    #[must_use]
    pub const fn region(self) -> RegionCode {
        RegionCode(self.0 / 10)
    }
}

impl CommuneCode {
    /// Its province.
    #[must_use]
    pub const fn province(self) -> ProvinceCode {
        ProvinceCode(self.0 / 100)
    }

    /// Its region.
    #[must_use]
    pub const fn region(self) -> RegionCode {
        RegionCode(self.0 / 1000)
    }

    pub(super) const fn from_table(number: u16) -> Self {
        Self(number)
    }
}
