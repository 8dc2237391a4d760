//! What `web` promises, asked from outside: through the router as a browser would, on both engines.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod access;
mod components;
mod csrf;
mod errors;
mod fixture;
mod headers;
mod limits;
mod public;
mod rescue;
mod serve;
mod session;
mod shell;
mod upload;

#[test]
fn web_08_every_statement_is_understood_by_both_engines() {
    for db in copihue_db::testing::engines() {
        db.migrate(&[copihue_web::MIGRATIONS]).unwrap();
        for statement in copihue_db::statements().filter(|s| s.to_string().contains("crates/web/")) {
            db.read_blocking(move |conn| conn.prepare(statement))
                .unwrap_or_else(|e| panic!("{statement}: {e}"));
        }
    }
}

#[test]
fn web_09_every_text_exists_and_is_used() {
    copihue_web::testing::check_locale(env!("CARGO_MANIFEST_DIR"));
}
