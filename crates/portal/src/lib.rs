//! The portal: the home page, the catalogue of procedures with its search, and the person's own folder.
//!
//! It owns no data: what is offered comes from `procedures`, what the person has from the services below.

mod api;
pub mod model;
mod pages;

use std::sync::Arc;

use arc_swap::ArcSwap;
use copihue_directory::Directory;
use copihue_ledger::Ledger;
use copihue_notifications::Notifications;
use copihue_signing::Signing;
use copihue_web::RouteSet;

pub use api::ApiDoc;

use model::catalogue::{Catalogue, Listing};

copihue_web::locale!("portal", include_str!("../locales/es-CL.ftl"));

/// The portal. Cheap to clone.
#[derive(Clone)]
pub struct Portal {
    catalogue: Arc<ArcSwap<Catalogue>>,
    notifications: Notifications,
    ledger: Ledger,
    directory: Directory,
    signing: Signing,
}

impl Portal {
    /// A portal that offers nothing yet.
    #[must_use]
    pub fn new(notifications: Notifications, ledger: Ledger, directory: Directory, signing: Signing) -> Self {
        Self { catalogue: Arc::default(), notifications, ledger, directory, signing }
    }

    /// Offers these procedures from now on. Whoever calls it also invalidates the kept public pages.
    pub fn offer(&self, listings: Vec<Listing>) {
        self.catalogue.store(Arc::new(Catalogue::new(listings)));
    }

    /// What is offered now.
    #[must_use]
    pub fn catalogue(&self) -> Arc<Catalogue> {
        self.catalogue.load_full()
    }

    /// The portal's pages.
    #[must_use]
    pub fn routes(&self) -> RouteSet {
        pages::routes(self.clone())
    }
}
