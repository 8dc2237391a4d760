//! Threads that serve one queue, and end with it.

use std::sync::Arc;
use std::thread::{Builder, JoinHandle};

use copihue_core::{Error, Result};

use crate::queue::Queue;

/// A queue and the threads behind it.
pub(crate) struct Threads<T> {
    pub(crate) queue: Arc<Queue<T>>,
    handles: Vec<JoinHandle<()>>,
}

impl<T: Send + 'static> Threads<T> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { queue: Arc::new(Queue::new(capacity)), handles: Vec::new() }
    }

    pub(crate) fn spawn(&mut self, name: &str, body: impl FnOnce(&Queue<T>) + Send + 'static) -> Result<()> {
        let queue = Arc::clone(&self.queue);
        let handle = Builder::new()
            .name(name.to_owned())
            .spawn(move || body(&queue))
            .map_err(|e| Error::internal(format_args!("thread {name}: {e}")))?;
        self.handles.push(handle);
        Ok(())
    }
}

/// Whether this is one of the database's own threads.
pub(crate) fn on_database_thread() -> bool {
    std::thread::current().name().is_some_and(|name| name.starts_with("db-"))
}

/// What was accepted is still done; then the threads end.
impl<T> Drop for Threads<T> {
    fn drop(&mut self) {
        self.queue.close();
        let me = std::thread::current().id();
        for handle in self.handles.drain(..) {
            // The last owner may be a closure's capture, dropped on one of these very threads.
            if handle.thread().id() != me && handle.join().is_err() {
                tracing::error!("a database thread panicked");
            }
        }
    }
}
