//! Tests of the portal's face.

mod verifier;

#[test]
fn web_09_every_text_is_there_and_used() {
    copihue_web::testing::check_locale(env!("CARGO_MANIFEST_DIR"));
}
