//! Types that cannot be wrong, and the provider's rules as pure functions.

pub mod assertion;
pub mod authorize;
pub mod cbor;
pub mod claims;
pub mod client;
pub mod device;
pub mod dpop;
pub mod event;
pub mod gate;
pub mod grant;
pub mod jose;
pub mod level;
pub mod mandate;
pub mod oauth;
pub mod params;
pub mod passkey;
pub mod person;
pub mod pkce;
pub mod profile;
pub mod redirect;
pub mod throttle;
pub mod token;
pub mod totp;
pub mod wish;
