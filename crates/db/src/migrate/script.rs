//! A migration's text as statements of one engine.

use crate::Engine;

/// The statements, without comments. SQLite gets its own names of the three column types and `STRICT`, so
/// that it refuses a value of the wrong type as PostgreSQL does.
pub(super) fn statements(text: &str, engine: Engine) -> Vec<String> {
    let mut all = Vec::new();
    let mut current = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = token(rest, first);
        let (piece, after) = rest.split_at(length);
        rest = after;
        match first {
            ';' => finish(&mut all, &mut current, engine),
            _ if piece.starts_with("--") || piece.starts_with("/*") => current.push(' '),
            _ => current.push_str(translate(piece, engine)),
        }
    }
    finish(&mut all, &mut current, engine);
    all
}

/// The length of the token that stands first: a comment, a quoted text, a word, or one symbol.
fn token(rest: &str, first: char) -> usize {
    let until =
        |end: &str, from: usize| rest[from..].find(end).map_or(rest.len(), |at| from + at + end.len());
    match first {
        '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
        '/' if rest.starts_with("/*") => until("*/", 2),
        '\'' => until("'", 1),
        '"' => until("\"", 1),
        c if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
        c => c.len_utf8(),
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn translate(piece: &str, engine: Engine) -> &str {
    match (engine, piece) {
        (Engine::Sqlite, "BIGINT") => "INTEGER",
        (Engine::Sqlite, "BYTEA") => "BLOB",
        _ => piece,
    }
}

fn finish(all: &mut Vec<String>, current: &mut String, engine: Engine) {
    let statement = std::mem::take(current);
    let statement = statement.trim();
    if statement.is_empty() {
        return;
    }
    let creates = statement.to_ascii_uppercase().starts_with("CREATE TABLE");
    let strict = if creates && engine == Engine::Sqlite { " STRICT" } else { "" };
    all.push(format!("{statement}{strict}"));
}

#[cfg(test)]
mod tests {
    use super::statements;
    use crate::Engine;

    const TEXT: &str = "-- a; comment\nCREATE TABLE x (id BYTEA, n BIGINT, note TEXT DEFAULT 'a;BIGINT');\n\
                        /* ; */ CREATE INDEX y ON x (n);";

    #[test]
    fn postgres_gets_the_statements_as_written() {
        let expected =
            ["CREATE TABLE x (id BYTEA, n BIGINT, note TEXT DEFAULT 'a;BIGINT')", "CREATE INDEX y ON x (n)"];
        assert_eq!(statements(TEXT, Engine::Postgres), expected);
    }

    #[test]
    fn sqlite_gets_its_own_types_and_is_strict() {
        let expected = "CREATE TABLE x (id BLOB, n INTEGER, note TEXT DEFAULT 'a;BIGINT') STRICT";
        assert_eq!(statements(TEXT, Engine::Sqlite)[0], expected);
    }
}
