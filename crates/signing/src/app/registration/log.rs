//! Every signature made with a holder's certificates, as they see it.

use copihue_core::calendar::Zone;
use copihue_core::{Actor, Id, Result};
use copihue_db::Conn;
use copihue_directory::Action;
use jiff::civil::Date;

use super::{Registration, hat_of};
use crate::app::KeyUse;
use crate::policy::REQUEST;
use crate::store::application;
use crate::store::log::{Filter, of_holder};

/// Uses on a page.
const PAGE: usize = 50;

/// What of the log is asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// An application's key.
    pub(crate) application: Option<String>,
    /// A day in continental Chile.
    pub(crate) day: Option<Date>,
    /// Only older than this one.
    pub(crate) before: Option<Id>,
}

/// One signature.
pub(crate) struct Use {
    pub(crate) used: KeyUse,
    /// Whether its receipt is among the events of whoever looks.
    pub(crate) has_receipt: bool,
}

/// A page of the log.
pub(crate) struct Uses {
    pub(crate) uses: Vec<Use>,
    /// Where older ones begin, when there are any.
    pub(crate) older: Option<Id>,
    /// Every application that ever asked for a signature of theirs: key and name.
    pub(crate) applications: Vec<(String, String)>,
}

impl Registration {
    /// The signatures made with the actor's certificates, the newest first.
    pub(crate) async fn my_uses(&self, actor: &Actor, wanted: Wanted) -> Result<Uses> {
        let hat = hat_of(actor)?;
        let (institution, official) = (hat.institution.clone(), hat.official);
        self.decide(actor, Action::Read, (REQUEST, &institution), Some(official))?;
        let person = actor.person().map(|p| p.id);
        let bucket = self.signing().bucket(&institution);
        let filter = Filter {
            application: wanted.application,
            between: wanted.day.map(|day| (Zone::Santiago.start_of_day(day), Zone::Santiago.end_of_day(day))),
            before: wanted.before,
        };
        let read = move |conn: &mut Conn<'_>| {
            let found = of_holder(conn, bucket, (&institution, official), &filter, PAGE + 1)?;
            Ok((found, application::of_holder(conn, bucket, &institution, official)?))
        };
        let (mut found, applications) = self.signing().db().read(read).await?;
        let more = found.len() > PAGE;
        found.truncate(PAGE);
        let older = found.last().filter(|_| more).map(|l| l.used.id);
        let mine = |of: Option<Id>| of.is_some() && of == person;
        let uses = found.into_iter().map(|l| Use { has_receipt: mine(l.person), used: l.used }).collect();
        Ok(Uses { uses, older, applications })
    }
}
