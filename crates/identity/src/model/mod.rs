//! Types that cannot be wrong, and the provider's rules as pure functions.

pub mod authorize;
pub mod claims;
pub mod client;
pub mod event;
pub mod gate;
pub mod grant;
pub mod mandate;
pub mod oauth;
pub mod params;
pub mod person;
pub mod pkce;
pub mod redirect;
pub mod throttle;
pub mod token;
