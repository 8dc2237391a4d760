//! What procedures add to the page of a case file: whose turn it is, and the terms.

use std::sync::Arc;

use copihue_casefiles::{CasePanel, CaseView};
use copihue_core::Result;
use copihue_web::components::{Tone, button_link, tag};
use copihue_web::{Cx, Markup, html};
use futures_util::future::BoxFuture;

use super::{case_path, show};
use crate::app::Procedures;

struct Panel(Procedures);

impl CasePanel for Panel {
    fn panel<'a>(&'a self, cx: &'a Cx, view: &'a CaseView) -> BoxFuture<'a, Result<Option<Markup>>> {
        Box::pin(async move {
            let Some(look) =
                self.0.of_file(cx.require_actor()?, &view.case.institution, &view.case.iuie).await?
            else {
                return Ok(None);
            };
            let turn = look.task.is_some() || look.correction.is_some() || look.payment.is_some();
            Ok(Some(html! {
                h2 { (cx.t("procedures-where")) }
                p { (tag(&look.status, if look.closed { Tone::Neutral } else { Tone::Info })) }
                @if turn { p { (button_link(cx.t("procedures-your-turn"), case_path(look.id))) } }
                (show::deadlines(cx, &look.state.deadlines, "procedures-who-person"))
            }))
        })
    }
}

impl Procedures {
    /// The panel for the page of a case file.
    #[must_use]
    pub fn panel(&self) -> Arc<dyn CasePanel> {
        Arc::new(Panel(self.clone()))
    }
}
