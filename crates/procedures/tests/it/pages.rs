//! Texts of the pages.

#[test]
fn web_09_every_text_exists_and_is_used() {
    copihue_web::testing::check_locale(env!("CARGO_MANIFEST_DIR"));
}
