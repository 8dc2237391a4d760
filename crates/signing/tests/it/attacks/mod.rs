//! Attacks on each format (specs signing §8): what is made to be shown otherwise than it was signed.

mod container;
mod jose;
mod xades;
mod xml;
