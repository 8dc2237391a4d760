//! Deflate, the same bytes on every machine and in every build.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use miniz_oxide::deflate::compress_to_vec_zlib;

/// How hard to look for repetitions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Effort {
    /// For what is written once for each document.
    Quick,
    /// For what many documents share.
    Thorough,
}

pub(crate) fn deflate(data: &[u8], effort: Effort) -> Vec<u8> {
    compress_to_vec_zlib(
        data,
        match effort {
            Effort::Quick => 2,
            Effort::Thorough => 9,
        },
    )
}

/// Streams that come again from document to document, by what they hold: the structure of documents of one template.
#[derive(Default)]
pub(crate) struct Memory(Mutex<HashMap<Vec<u8>, Arc<[u8]>>>);

impl Memory {
    /// Streams remembered, and the longest one that is.
    const STREAMS: usize = 64;
    const LONGEST: usize = 128 * 1024;

    pub(crate) fn deflate(&self, data: Vec<u8>) -> Arc<[u8]> {
        if let Some(known) = self.streams().get(&data) {
            return Arc::clone(known);
        }
        let deflated: Arc<[u8]> = deflate(&data, Effort::Thorough).into();
        if data.len() <= Self::LONGEST {
            let mut streams = self.streams();
            if streams.len() >= Self::STREAMS {
                streams.clear();
            }
            streams.insert(data, Arc::clone(&deflated));
        }
        deflated
    }

    fn streams(&self) -> std::sync::MutexGuard<'_, HashMap<Vec<u8>, Arc<[u8]>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
