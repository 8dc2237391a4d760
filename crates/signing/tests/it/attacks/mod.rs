//! Attacks on each format (specs signing §8): what is made to be shown otherwise than it was signed.

mod container;
mod crypto;
mod effort;
mod jose;
mod pdf;
mod xades;
mod xml;
