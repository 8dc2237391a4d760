//! `/healthz` (the process answers) and `/readyz` (the database answers too).

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use copihue_db::sql;
use http::{StatusCode, header};

use crate::web::Web;

fn plain(status: StatusCode, text: &'static str) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, text).into_response()
}

/// The process answers. Asks nobody, so that it lives without the database.
pub(crate) async fn live() -> Response {
    plain(StatusCode::OK, r#"{"status":"ok"}"#)
}

/// The database answers within two seconds.
pub(crate) async fn ready(State(web): State<Web>) -> Response {
    let asked = web.db().read(|conn| conn.query_one(sql!("SELECT 1 AS one"), &[])?.get::<i64>("one"));
    match tokio::time::timeout(std::time::Duration::from_secs(2), asked).await {
        Ok(Ok(_)) => plain(StatusCode::OK, r#"{"status":"ok"}"#),
        _ => plain(StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"database"}"#),
    }
}
