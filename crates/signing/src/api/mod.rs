//! Contracts for machines.

mod batches;
mod body;
mod events;
pub(crate) mod ocsp;
mod shapes;
pub(crate) mod tickets;
pub(crate) mod timestamp;
mod uploads;
pub(crate) mod validate;

use copihue_web::{Access, RouteSet, Routes};

use crate::app::Desk;

/// The description of our own machine contract.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    uploads::keep,
    batches::create,
    batches::authorise,
    batches::show,
    batches::items,
    batches::content,
    events::follow,
    batches::cancel,
    batches::resume,
    validate::post
))]
pub struct ApiDoc;

impl Desk {
    /// Our own contract for machines.
    #[must_use]
    pub fn contracts(&self) -> RouteSet {
        let limit = body::MAX_BYTES as u64;
        Routes::new(self.clone())
            .service("signing")
            .post_files("/api/sign/v1/uploads", Access::Contract, limit, uploads::keep)
            .post_files("/api/sign/v1/batches", Access::Contract, limit, batches::create)
            .get("/api/sign/v1/batches/{id}", Access::Contract, batches::show)
            .post("/api/sign/v1/batches/{id}/authorise", Access::Contract, batches::authorise)
            .get("/api/sign/v1/batches/{id}/items", Access::Contract, batches::items)
            .get("/api/sign/v1/batches/{id}/items/{item}/content", Access::Contract, batches::content)
            .get("/api/sign/v1/batches/{id}/events", Access::Contract, events::follow)
            .post("/api/sign/v1/batches/{id}/cancel", Access::Contract, batches::cancel)
            .post("/api/sign/v1/batches/{id}/resume", Access::Contract, batches::resume)
            .finish()
    }
}
