//! A double click does one thing: the second post of the same form waits for the first and gets its answer.

use std::sync::Arc;
use std::time::Duration;

use copihue_core::json;
use http::{HeaderValue, header};
use moka::sync::Cache;
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::csrf::Binding;
use crate::failure::{Failure, see_other};

type Outcome = Option<HeaderValue>;

/// Posts of the last minutes, by form and content.
pub(crate) struct Once(Cache<[u8; 32], Arc<Mutex<Outcome>>>);

/// A post that is being handled. While it is, its twins wait.
pub(crate) struct Running(OwnedMutexGuard<Outcome>);

impl Default for Once {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(20_000).time_to_live(Duration::from_secs(120)).build())
    }
}

impl Once {
    /// Begins, or answers with the redirect that the same post got.
    ///
    /// The content is part of it: who goes back and changes a value sends another form.
    pub(crate) async fn begin(
        &self,
        by: &Binding,
        path: &str,
        content: &[u8; 32],
    ) -> Result<Running, Failure> {
        let key = json::sha256(&[by.as_slice(), content, path.as_bytes()].concat());
        let slot = self.0.get_with(key, Arc::default);
        let guard = slot.lock_owned().await;
        match guard.as_ref().and_then(|v| v.to_str().ok()) {
            Some(location) => Err(see_other(location).into()),
            None => Ok(Running(guard)),
        }
    }
}

impl Running {
    /// Remembers the answer when it is a plain redirect; anything else may be tried again.
    pub(crate) fn finish(mut self, response: &axum::response::Response) {
        let headers = response.headers();
        if response.status().is_redirection() && !headers.contains_key(header::SET_COOKIE) {
            let location = headers.get(header::LOCATION).cloned();
            // Another host's address holds one-time values: it is not given twice.
            *self.0 = location.filter(|l| l.to_str().is_ok_and(|l| crate::forms::own_path(l).is_some()));
        }
    }
}
