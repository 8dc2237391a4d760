//! Where the provider sends the browser back: by GET or by POST, without a cookie, in any order, any number of times.

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use copihue_core::Kind;
use copihue_web::see_other;
use url::form_urlencoded;

use crate::app::Payments;

/// More parameters than any provider sends are not read.
const PARAMS_MAX: usize = 50;

type Address = Path<(String, String)>;

pub(super) async fn by_get(
    State(payments): State<Payments>,
    address: Address,
    RawQuery(query): RawQuery,
) -> Response {
    answer(&payments, address, query, &[]).await
}

pub(super) async fn by_post(
    State(payments): State<Payments>,
    address: Address,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response {
    answer(&payments, address, query, &body).await
}

/// Always a redirection to a page of ours, which has the cookie: never an error page (§5.2).
async fn answer(payments: &Payments, address: Address, query: Option<String>, body: &[u8]) -> Response {
    let Path((provider, attempt)) = address;
    let Ok(attempt) = attempt.parse() else { return see_other("/mi/pagos") };
    let params: Vec<(String, String)> = form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .chain(form_urlencoded::parse(body))
        .take(PARAMS_MAX)
        .map(|(k, v)| (k.into_owned(), v.into_owned()))
        .collect();
    match payments.returned(&provider, attempt, &params).await {
        Ok(page) => see_other(&page),
        Err(error) => {
            if error.kind() != Kind::NotFound {
                tracing::error!(%attempt, %error, "a return could not be settled; recovery will");
            }
            see_other("/mi/pagos")
        }
    }
}
