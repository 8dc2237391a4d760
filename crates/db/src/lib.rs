//! One face over SQLite and PostgreSQL: transactions as closures, one SQL text for both engines,
//! migrations, durable jobs, events between crates, and files by their hash.
//!
//! ```no_run
//! # use copihue_db::{Db, Options, params, sql};
//! # async fn example() -> copihue_core::Result<()> {
//! let db = Db::open("sqlite:copihue-data/copihue.sqlite", Options::default())?;
//! let n: i64 = db.write(|tx| {
//!     tx.execute(sql!("UPDATE casefiles_case SET n = n + 1 WHERE bucket = $1"), &params![7_i64])?;
//!     tx.query_one(sql!("SELECT n FROM casefiles_case WHERE bucket = $1"), &params![7_i64])?.get("n")
//! }).await?;
//! # Ok(()) }
//! ```
//!
//! The dialect is what both engines share: `$1`; `ON CONFLICT … DO …`; `RETURNING`; CTEs; window functions;
//! keyset pages `(a, b) > ($1, $2)`. No `ILIKE`, `now()`, `ANY`, JSON functions, AUTOINCREMENT, booleans.
//! Columns are BIGINT, TEXT or BYTEA; sums are cast: `CAST(sum(x) AS BIGINT)`.

pub mod backup;
#[cfg(feature = "bench")]
pub mod bench;
pub mod blobs;
mod conn;
mod db;
mod error;
pub mod jobs;
mod migrate;
pub mod outbox;
mod postgres;
mod queue;
mod row;
mod shared;
mod sql;
mod sqlite;
mod task;
#[cfg(feature = "testing")]
pub mod testing;
mod threads;
mod value;

pub use conn::{Conn, Tx};
pub use db::{Db, Engine, Options};
pub use error::{is_foreign_key_violation, is_unique_violation};
pub use migrate::{MIGRATIONS, MigrationSet};
pub use row::Row;
pub use sql::{Sql, statements};
pub use value::{FromValue, Param, ToParam, Value};

#[doc(hidden)]
pub use inventory as __inventory;
#[doc(hidden)]
pub use sql::Listed as __Listed;
