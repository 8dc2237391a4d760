//! A bounded queue between the callers and the database's threads.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// First in, first out; full means that the database can't keep up.
pub(crate) struct Queue<T> {
    state: Mutex<State<T>>,
    filled: Condvar,
    capacity: usize,
}

struct State<T> {
    items: VecDeque<T>,
    open: bool,
    waiting: usize,
}

impl<T> Queue<T> {
    pub(crate) fn new(capacity: usize) -> Self {
        let state = State { items: VecDeque::new(), open: true, waiting: 0 };
        Self { state: Mutex::new(state), filled: Condvar::new(), capacity }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the item back when the queue is full or closed.
    pub(crate) fn push(&self, item: T) -> Result<(), T> {
        let mut state = self.lock();
        if !state.open || state.items.len() >= self.capacity {
            return Err(item);
        }
        state.items.push_back(item);
        let wake = state.waiting > 0;
        drop(state);
        if wake {
            self.filled.notify_one();
        }
        Ok(())
    }

    /// The next item; `None` once the queue is closed and empty.
    pub(crate) fn pop(&self) -> Option<T> {
        let mut state = self.lock();
        loop {
            if let Some(item) = state.items.pop_front() {
                return Some(item);
            }
            if !state.open {
                return None;
            }
            state.waiting += 1;
            state = self.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.waiting -= 1;
        }
    }

    /// What is there, up to `most`, added to `out`.
    pub(crate) fn drain_into(&self, out: &mut VecDeque<T>, most: usize) {
        let mut state = self.lock();
        let count = state.items.len().min(most);
        out.extend(state.items.drain(..count));
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().items.len()
    }

    /// No more items; those inside are still given out.
    pub(crate) fn close(&self) {
        self.lock().open = false;
        self.filled.notify_all();
    }
}
