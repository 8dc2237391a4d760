//! The payer's pages.

mod pay;
mod receipt;
mod returning;
mod sandbox;
mod status;

use axum::extract::Path;
use copihue_core::{Error, Id};
use copihue_web::components::{integrity_receipt_of, table};
use copihue_web::{Access, Cx, Markup, RouteSet, Routes, format, html};

use crate::app::{PaymentView, Payments};
use crate::model::payment::Payment;
use crate::sandbox::Sandbox;

impl Payments {
    /// The payer's pages and the return of the providers.
    #[must_use]
    pub fn routes(&self) -> RouteSet {
        Routes::new(self.clone())
            .service("payments")
            .get("/pagos/{id}", Access::Person, pay::show)
            .post("/pagos/{id}/comenzar", Access::Person, pay::begin)
            .post("/pagos/{id}/anular", Access::Person, pay::leave)
            .get("/pagos/{id}/estado", Access::Person, status::show)
            .get("/pagos/retorno/{provider}/{attempt}", Access::Contract, returning::by_get)
            .post("/pagos/retorno/{provider}/{attempt}", Access::Contract, returning::by_post)
            .get("/mi/pagos", Access::Person, receipt::list)
            .get("/mi/pagos/{id}", Access::Person, receipt::show)
            .get("/mi/pagos/{id}/comprobante.json", Access::Person, receipt::data)
            .finish()
    }
}

impl Sandbox {
    /// The test provider's own page, as if it were another site. Development only.
    #[must_use]
    pub fn routes(&self, payments: &Payments) -> RouteSet {
        Routes::new((self.clone(), payments.clone()))
            .service("payments")
            .get("/pagos/prueba/{token}", Access::Public, sandbox::show)
            .post("/pagos/prueba/{token}", Access::Public, sandbox::decide)
            .finish()
    }
}

/// The id of an address; anything else isn't there.
fn id_of(path: &Path<String>) -> Result<Id, Error> {
    path.0.parse().map_err(|_| Error::not_found())
}

/// The payment of an address, as its payer sees it. Another's isn't there, and the attempt is noted.
async fn own_view(payments: &Payments, cx: &Cx, path: &Path<String>) -> Result<PaymentView, Error> {
    let id = id_of(path)?;
    cx.hide("payment", &id.to_string(), payments.view(cx.require_actor()?, id).await)
}

/// Each act of the payment with its receipt of the public log.
fn acts(cx: &Cx, view: &PaymentView) -> Markup {
    let acts = view.acts();
    html! {
        @if !acts.is_empty() {
            h2 { (cx.t("payments-acts")) }
            ul {
                @for (kind, record, at) in &acts {
                    @let what = cx.t(&format!("payments-act-{}", kind.replace('.', "-")));
                    li {
                        (what) @if let Some(at) = at { ", " (cx.datetime(*at)) } br;
                        (integrity_receipt_of("payment", record, what))
                    }
                }
            }
        }
    }
}

/// The concepts and their sum.
fn lines(cx: &Cx, payment: &Payment) -> Markup {
    let rows =
        payment.lines.iter().map(|line| vec![html!((line.label)), html!((format::money(line.amount)))]);
    html! {
        (table(cx.t("payments-lines"))
            .column(cx.t("payments-concept"))
            .numeric(cx.t("payments-amount"))
            .rows(rows)
            .row(vec![html!(strong { (cx.t("payments-total")) }), html!(strong { (format::money(payment.amount)) })]))
    }
}
