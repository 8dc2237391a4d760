//! What the engine says of its own tables.

use copihue_core::Result;

use super::refused;
use crate::value::Value;
use crate::{Conn, Engine};

/// Every table but the list of migrations, by name.
pub(super) fn tables(conn: &mut Conn<'_>, engine: Engine) -> Result<Vec<String>> {
    let text = match engine {
        Engine::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
        }
        Engine::Postgres => {
            "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
        }
    };
    let mut tables = texts(conn, text)?;
    tables.retain(|table| table != "db_migration");
    Ok(tables)
}

/// A table's columns in their order.
pub(super) fn columns(conn: &mut Conn<'_>, engine: Engine, table: &str) -> Result<Vec<String>> {
    let table = literal(table)?;
    texts(
        conn,
        &match engine {
            Engine::Sqlite => format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid"),
            Engine::Postgres => format!(
                "SELECT CAST(column_name AS TEXT) FROM information_schema.columns
                  WHERE table_schema = current_schema() AND table_name = '{table}' ORDER BY ordinal_position"
            ),
        },
    )
}

/// Lets rows come in any order until the end of this transaction. Answers what undoes it.
pub(super) fn defer_foreign_keys(conn: &mut Conn<'_>, engine: Engine) -> Result<Vec<String>> {
    if engine == Engine::Sqlite {
        conn.run_script("PRAGMA defer_foreign_keys = ON")?;
        return Ok(Vec::new());
    }
    let alter = |then: &str| {
        format!(
            "SELECT format('ALTER TABLE %s ALTER CONSTRAINT %I {then}', conrelid::regclass, conname)
               FROM pg_constraint
              WHERE contype = 'f' AND NOT condeferrable AND connamespace = current_schema()::regnamespace
              ORDER BY 1"
        )
    };
    let before = texts(conn, &alter("DEFERRABLE"))?;
    let after = texts(conn, &alter("NOT DEFERRABLE"))?;
    for statement in &before {
        conn.run_script(statement)?;
    }
    conn.run_script("SET CONSTRAINTS ALL DEFERRED")?;
    let check = "SET CONSTRAINTS ALL IMMEDIATE".to_owned();
    Ok(std::iter::once(check).chain(after).collect())
}

/// A name in quotes.
pub(super) fn quoted(name: &str) -> Result<String> {
    Ok(format!("\"{}\"", literal(name)?))
}

/// Names come from the engine or from an archive: none of ours needs more than these symbols.
fn literal(name: &str) -> Result<&str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.is_empty() || !name.chars().all(plain) {
        return Err(refused("a table or column has a name that is none"));
    }
    Ok(name)
}

fn texts(conn: &mut Conn<'_>, text: &str) -> Result<Vec<String>> {
    let mut all = Vec::new();
    conn.stream(text, &mut |row| {
        if let Some(Value::Text(text)) = row.into_iter().next() {
            all.push(text);
        }
        Ok(())
    })?;
    Ok(all)
}
