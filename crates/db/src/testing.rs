//! Databases for tests: SQLite always, PostgreSQL when `COPIHUE_TEST_POSTGRES` says where it is.

use std::fmt::Debug;
use std::future::Future;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use copihue_core::{Clock, SystemRandom, random};
use tempfile::TempDir;

use crate::{Db, Engine, MigrationSet, Options, statements};

/// A database of its own for one test. Derefs to [`Db`]; gone when dropped.
pub struct TestDb {
    db: Option<Db>,
    url: String,
    folder: TempDir,
    schema: Option<(String, String)>,
}

/// One database for each engine that can be tested here.
#[must_use]
pub fn engines() -> Vec<TestDb> {
    engines_with(&small())
}

/// [`engines`] whose jobs, events and blobs see this time.
#[must_use]
pub fn engines_at(clock: &Arc<impl Clock + 'static>) -> Vec<TestDb> {
    engines_with(&Options { clock: Arc::clone(clock) as Arc<dyn Clock>, ..small() })
}

/// [`engines`] opened with these options.
#[must_use]
pub fn engines_with(options: &Options) -> Vec<TestDb> {
    let mut all = vec![TestDb::sqlite(options)];
    all.extend(std::env::var("COPIHUE_TEST_POSTGRES").ok().map(|url| TestDb::postgres(&url, options)));
    all
}

/// Runs a test's body on each engine: `on_each_engine(&[MIGRATIONS], |db| async move { … }).await`.
pub async fn on_each_engine<B, F>(sets: &[MigrationSet], body: B)
where
    B: Fn(Db) -> F,
    F: Future<Output = ()>,
{
    for test in engines() {
        test.migrate(sets).unwrap_or_else(|e| panic!("{:?}: {e}", test.engine()));
        body(test.db()).await;
    }
}

/// Every statement of this program that the engine of `db` does not understand, with its words. For the one
/// test that runs over all crates, after all migrations, on both engines.
#[must_use]
pub fn misunderstood_statements(db: &Db) -> Vec<String> {
    let ask = |sql| db.read_blocking(move |conn| conn.prepare(sql)).err().map(|e| format!("{sql:?}: {e}"));
    statements().filter_map(ask).collect()
}

/// Few threads: many tests run at once.
fn small() -> Options {
    Options { readers: 2, connections: 4, ..Options::default() }
}

impl TestDb {
    /// A temporary SQLite file.
    #[must_use]
    pub fn sqlite(options: &Options) -> Self {
        let folder = must(tempfile::tempdir());
        let url = format!("sqlite:{}", folder.path().join("test.sqlite").display());
        let db = must(Db::open(&url, options.clone()));
        Self { db: Some(db), url, folder, schema: None }
    }

    /// A schema of its own in the PostgreSQL at `server`.
    #[must_use]
    pub fn postgres(server: &str, options: &Options) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let salt = u64::from_be_bytes(random::bytes(&SystemRandom));
        let schema = format!("test_{}_{salt:x}", COUNT.fetch_add(1, Ordering::Relaxed));
        administer(server, &format!("CREATE SCHEMA {schema}"));
        let joint = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{joint}schema={schema}");
        let db = must(Db::open(&url, options.clone()));
        Self {
            db: Some(db),
            url,
            folder: must(tempfile::tempdir()),
            schema: Some((server.to_owned(), schema)),
        }
    }

    /// A handle of the database.
    #[must_use]
    pub fn db(&self) -> Db {
        self.deref().clone()
    }

    /// The address, for another process.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A folder that goes with the database: for its blobs.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Applies migrations.
    ///
    /// # Panics
    /// When they can't be applied.
    pub fn prepare(self, sets: &[MigrationSet]) -> Self {
        must(self.migrate(sets));
        self
    }
}

impl Deref for TestDb {
    type Target = Db;

    fn deref(&self) -> &Db {
        self.db.as_ref().unwrap_or_else(|| unreachable!("the database lives as long as its test"))
    }
}

impl Debug for TestDb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.db.as_ref().map_or(Engine::Sqlite, Db::engine))
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        drop(self.db.take());
        if let Some((server, schema)) = &self.schema {
            administer(server, &format!("DROP SCHEMA {schema} CASCADE"));
        }
    }
}

/// On a thread of its own: the client may not be called from an async one.
fn administer(server: &str, sql: &str) {
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut client = must(postgres::Client::connect(server, postgres::NoTls));
            // A handle that a test left in a task may still hold a connection: don't wait for it for ever.
            must(client.batch_execute("SET lock_timeout = '10s'"));
            if let Err(e) = client.batch_execute(sql) {
                tracing::warn!(error = %e, "the test's schema stays");
            }
        });
    });
}

#[expect(clippy::panic, reason = "a test without its database has failed")]
fn must<T>(result: Result<T, impl Debug>) -> T {
    result.unwrap_or_else(|e| panic!("the test's database: {e:?}"))
}
