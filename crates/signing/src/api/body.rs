//! Bodies of our own machine contract: read within limits, and with an end to waiting.

use std::time::Duration;

use axum::body::Body;
use copihue_core::{Error, Kind, Result};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

/// A batch with its documents inside; larger ones are uploaded one by one.
pub(super) const MAX_BYTES: usize = 64 << 20;
/// Who sends nothing for so long has gone.
const IDLE: Duration = Duration::from_secs(30);

/// All of a body.
pub(super) async fn bytes(body: Body) -> Result<Vec<u8>> {
    let (mut all, mut stream) = (Vec::new(), body.into_data_stream());
    let cut = || Error::invalid("cuerpo_incompleto", "El envío se interrumpió. Intente de nuevo.");
    while let Some(piece) = timeout(IDLE, stream.next()).await.map_err(|_| cut())? {
        all.extend_from_slice(&piece.map_err(|_| cut())?);
        if all.len() > MAX_BYTES {
            return Err(Error::new(
                Kind::TooLarge,
                "demasiado_grande",
                "El envío supera los 64 MB. Suba los documentos uno a uno.",
            ));
        }
    }
    Ok(all)
}

/// A body as JSON.
pub(super) async fn json<T: DeserializeOwned>(body: Body) -> Result<T> {
    let bytes = bytes(body).await?;
    serde_json::from_slice(&bytes)
        .map_err(|e| Error::invalid("json_invalido", "El envío no es el JSON que se espera.").context(e))
}
