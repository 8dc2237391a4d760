//! Journeys of people and officials in a real browser, over a demo of their own.
//!
//! `cargo xtask test` starts what they need and says where it is: `COPIHUE_WEBDRIVER` (a chromedriver), `COPIHUE_AXE`
//! (the accessibility rules) and, for pictures of every page that is seen, `COPIHUE_SCREENSHOTS`.
#![cfg(test)]

mod account;
mod checks;
mod desk;
mod driver;
mod keyboard;
mod onboarding;
mod pages;
mod passkey;
mod permit;
mod receipts;
mod registration;
mod residence;
mod signing;
mod steps;
mod templates;
mod window;
mod world;
