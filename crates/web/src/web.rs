//! The deployment's web face, shared by all requests.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use axum::Router;
use copihue_core::{Clock, Hat, Random, Result, Run};
use copihue_db::{Db, MigrationSet};

use crate::config::WebConfig;
use crate::cookies::Names;
use crate::csrf::CsrfKey;
use crate::log_head::LogHead;
use crate::once::Once;
use crate::public::PublicPages;
use crate::rates::Limiter;
use crate::routes::{Addresses, RouteEntry, RouteSet};
use crate::session::Sessions;
use crate::{builtin, service};

/// Tables of this crate.
pub const MIGRATIONS: MigrationSet = MigrationSet {
    name: "web",
    files: &[
        ("0001_session.sql", include_str!("../migrations/0001_session.sql")),
        ("0002_rescued_post.sql", include_str!("../migrations/0002_rescued_post.sql")),
        ("0003_feedback.sql", include_str!("../migrations/0003_feedback.sql")),
        ("0004_authenticated.sql", include_str!("../migrations/0004_authenticated.sql")),
    ],
};

/// Who holds which posts. Asked at each request with a session, so that a post lost is lost at once: answer from memory.
pub trait HatSource: Send + Sync {
    /// The hats that the person holds now.
    fn hats(&self, run: Run) -> Vec<Hat>;
}

/// Nobody holds a post: for tests and for deployments without officials.
#[derive(Clone, Copy, Debug)]
pub struct NoHats;

impl HatSource for NoHats {
    fn hats(&self, _: Run) -> Vec<Hat> {
        Vec::new()
    }
}

/// Text above every page, such as an outage.
#[derive(Clone, Debug)]
pub struct Banner {
    /// What happens, until when, what to do.
    pub text: String,
}

/// Configuration, sessions, keys and caches of the pages. Cheap to clone.
#[derive(Clone)]
pub struct Web(Arc<Inner>);

struct Inner {
    db: Db,
    config: WebConfig,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    hats: Arc<dyn HatSource>,
    sessions: Sessions,
    csrf: CsrfKey,
    names: Names,
    once: Once,
    limiter: Limiter,
    public: PublicPages,
    banner: ArcSwapOption<Banner>,
    log_head: ArcSwapOption<LogHead>,
}

impl Web {
    /// The face of a deployment.
    #[must_use]
    pub fn new(
        db: Db,
        config: WebConfig,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        hats: Arc<dyn HatSource>,
    ) -> Self {
        let names = Names::new(config.secure_cookies);
        let sessions =
            Sessions::new(db.clone(), Arc::clone(&clock), Arc::clone(&random), names, config.session);
        Self(Arc::new(Inner {
            csrf: CsrfKey::new(&config.key),
            limiter: Limiter::new(config.rates),
            once: Once::default(),
            public: PublicPages::default(),
            banner: ArcSwapOption::empty(),
            log_head: ArcSwapOption::empty(),
            db,
            config,
            clock,
            random,
            hats,
            sessions,
            names,
        }))
    }

    /// All routes behind the one layer: session, access, limits, headers, errors, compression. The shell's own routes
    /// are added.
    pub fn router(&self, sets: Vec<RouteSet>) -> Router {
        let mut routes = Router::new();
        let mut addresses = Addresses::default();
        for set in builtin::routes(self).into_iter().chain(sets) {
            addresses.add(&set.entries);
            routes = routes.merge(set.router);
        }
        service::wrap(self.clone(), routes, addresses)
    }

    /// The shell's own routes, for the policy test.
    #[must_use]
    pub fn own_entries(&self) -> Vec<RouteEntry> {
        builtin::routes(self).iter().flat_map(|set| set.entries.clone()).collect()
    }

    /// Sessions: start, end, list.
    #[must_use]
    pub fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    /// The settings.
    #[must_use]
    pub fn config(&self) -> &WebConfig {
        &self.0.config
    }

    /// Public pages kept in memory.
    #[must_use]
    pub fn public_pages(&self) -> &PublicPages {
        &self.0.public
    }

    /// Sets or removes the banner above every page.
    pub fn set_banner(&self, banner: Option<Banner>) {
        self.0.banner.store(banner.map(Arc::new));
        self.0.public.invalidate();
    }

    /// Sets what is told of the deployment's log from now on. Pages that are kept in memory tell it when they are made again.
    pub fn set_log_head(&self, head: Option<LogHead>) {
        self.0.log_head.store(head.map(Arc::new));
    }

    pub(crate) fn log_head(&self) -> Option<Arc<LogHead>> {
        self.0.log_head.load_full()
    }

    pub(crate) fn banner(&self) -> Option<Arc<Banner>> {
        self.0.banner.load_full()
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    pub(crate) fn random(&self) -> &dyn Random {
        &*self.0.random
    }

    pub(crate) fn hats_of(&self, run: Run) -> Vec<Hat> {
        self.0.hats.hats(run)
    }

    pub(crate) fn csrf_key(&self) -> &CsrfKey {
        &self.0.csrf
    }

    pub(crate) fn cookie_names(&self) -> Names {
        self.0.names
    }

    pub(crate) fn once(&self) -> &Once {
        &self.0.once
    }

    pub(crate) fn limiter(&self) -> &Limiter {
        &self.0.limiter
    }

    /// Deletes what nobody needs any more: sessions over for a day, kept posts that have expired. Answers how many.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn purge(&self) -> Result<u64> {
        use copihue_db::{params, sql};
        let now = self.0.clock.now();
        let day_ago = now.plus_seconds(-86_400);
        let delete = move |tx: &mut copihue_db::Tx<'_>| {
            let sessions = tx.execute(
                sql!("DELETE FROM web_session WHERE expires_at < $1 OR ended_at < $1"),
                &params![day_ago],
            )?;
            let posts =
                tx.execute(sql!("DELETE FROM web_rescued_post WHERE expires_at < $1"), &params![now])?;
            Ok(sessions + posts)
        };
        self.0.db.write(delete).await
    }
}
