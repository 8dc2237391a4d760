//! Threads that read. In WAL mode they wait for nobody.

use std::sync::Arc;

use copihue_core::Result;
use rusqlite::Connection;

use super::statement::fault;
use crate::conn::{Backend, Conn};
use crate::db::Options;
use crate::shared::Shared;
use crate::task::ReadTask;
use crate::threads::Threads;

pub(crate) type Item = Box<dyn ReadTask>;

pub(super) fn start(
    connections: Vec<Connection>,
    options: &Options,
    shared: &Arc<Shared>,
) -> Result<Threads<Item>> {
    let mut threads = Threads::<Item>::new(options.queue);
    for conn in connections {
        let shared = Arc::clone(shared);
        threads.spawn("db-reader", move |queue| {
            while let Some(task) = queue.pop() {
                if !task.abandoned() {
                    serve(&conn, &shared, task);
                }
            }
        })?;
    }
    Ok(threads)
}

/// One snapshot for the whole closure, however many queries it makes.
fn serve(conn: &Connection, shared: &Arc<Shared>, mut task: Item) {
    let begun = conn.prepare_cached("BEGIN").and_then(|mut begin| begin.raw_execute());
    if let Err(e) = begun {
        return task.fail(fault(e).error);
    }
    task.run(&mut Conn::new(Backend::Sqlite(conn), shared));
    let ended = conn.prepare_cached("COMMIT").and_then(|mut commit| commit.raw_execute());
    if ended.is_err() && !conn.is_autocommit() {
        drop(conn.execute_batch("ROLLBACK"));
    }
    task.finish();
}
