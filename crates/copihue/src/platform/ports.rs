//! What services ask of each other across the layers, wired here and nowhere else.

use copihue_core::calendar::Scope;
use copihue_core::{Hat, Result, Run, Timestamp};
use copihue_db::Tx;
use copihue_directory::Directory;
use copihue_signing::{IssuedDocument, SealOptions, Show, SignerName, Signing};
use futures_util::future::BoxFuture;
use serde_json::Value;

/// The directory, as pages, payments and notices ask for it.
#[derive(Clone)]
pub(crate) struct Bodies(pub(crate) Directory);

impl copihue_web::HatSource for Bodies {
    fn hats(&self, run: Run) -> Vec<Hat> {
        self.0.hats(run)
    }
}

impl copihue_payments::Issuers for Bodies {
    fn issuer(&self, institution: &str) -> Option<copihue_payments::Issuer> {
        let body = self.0.institution(institution)?;
        let rut = body.rut.map(|r| r.to_string()).unwrap_or_default();
        Some(copihue_payments::Issuer { name: body.name.clone(), rut, zone: body.zone })
    }
}

impl copihue_notifications::Senders for Bodies {
    fn sender(&self, institution: &str) -> Option<copihue_notifications::Sender> {
        let body = self.0.institution(institution)?;
        let scope = body.commune.map_or(Scope::NATIONAL, Scope::commune);
        Some(copihue_notifications::Sender { name: body.name.clone(), zone: body.zone, scope })
    }
}

impl copihue_identity::Bodies for Bodies {
    fn body(&self, code: &str) -> Option<copihue_identity::Body> {
        let body = self.0.institution(code)?;
        let scope = body.commune.map_or(Scope::NATIONAL, Scope::commune);
        let (name, domains) = (body.name.clone(), body.domains.clone());
        Some(copihue_identity::Body { name, zone: body.zone, scope, domains })
    }
}

/// Mail of the login, of the signing desk and of the registration authority.
pub(crate) struct Letters(pub(crate) copihue_notifications::Notifications);

impl copihue_identity::Mailer for Letters {
    fn send(&self, tx: &mut Tx<'_>, letter: &copihue_identity::Letter) -> Result<()> {
        let copihue_identity::Letter { to, subject, text } = letter.clone();
        self.0.mail(tx, &copihue_notifications::Mail { to, subject, text })
    }
}

impl copihue_signing::Courier for Letters {
    fn send(&self, tx: &mut Tx<'_>, letter: &copihue_signing::Letter) -> Result<()> {
        let copihue_signing::Letter { to, subject, text } = letter.clone();
        self.0.mail(tx, &copihue_notifications::Mail { to, subject, text })
    }
}

/// The institutions' seals.
#[derive(Clone)]
pub(crate) struct Seals(pub(crate) Signing);

impl copihue_notifications::Sealer for Seals {
    fn seal_jws(&self, institution: &str, value: &Value) -> Result<String> {
        self.0.seal_jws(institution, value)
    }

    fn seal_jws_in(&self, tx: &mut Tx<'_>, institution: &str, value: &Value) -> Result<String> {
        self.0.seal_jws_in(tx, institution, value)
    }
}

impl copihue_ledger::TimeAuthority for Seals {
    fn stamp(&self, bytes: Vec<u8>) -> BoxFuture<'_, Result<(Vec<u8>, Timestamp)>> {
        Box::pin(async move { self.0.timestamp(&bytes).await })
    }
}

impl copihue_casefiles::Sealer for Seals {
    fn seal_jws(&self, institution: &str, value: &Value) -> Result<String> {
        self.0.seal_jws(institution, value)
    }

    fn seal_jws_in(&self, tx: &mut Tx<'_>, institution: &str, value: &Value) -> Result<String> {
        self.0.seal_jws_in(tx, institution, value)
    }

    fn seal_pdf<'a>(
        &'a self,
        institution: &'a str,
        pdf: Vec<u8>,
        reason: &'a str,
    ) -> BoxFuture<'a, Result<Vec<u8>>> {
        Box::pin(
            async move { Ok(self.0.seal_pdf(institution, pdf, SealOptions::because(reason)).await?.bytes) },
        )
    }

    fn register(&self, tx: &mut Tx<'_>, issued: &copihue_casefiles::Issued<'_>) -> Result<()> {
        let seal = SignerName {
            name: issued.institution_name.to_owned(),
            post: None,
            institution: issued.institution_name.to_owned(),
        };
        let document = IssuedDocument {
            code: issued.code,
            sha256: issued.sha256,
            institution: issued.institution.to_owned(),
            institution_name: issued.institution_name.to_owned(),
            title: issued.title.to_owned(),
            kind: issued.kind.to_owned(),
            case: Some(issued.case.to_owned()),
            signers: vec![seal],
            issued_at: issued.issued_at,
            show: Show::Hash,
        };
        self.0.register_document(tx, &document)
    }
}

impl copihue_payments::Registry for Seals {
    fn register(&self, tx: &mut Tx<'_>, receipt: &copihue_payments::Issued<'_>) -> Result<()> {
        let document = IssuedDocument {
            code: receipt.code,
            sha256: receipt.sha256,
            institution: receipt.institution.to_owned(),
            institution_name: receipt.institution_name.to_owned(),
            title: receipt.title.to_owned(),
            kind: "comprobante_de_pago".to_owned(),
            case: receipt.case.map(ToOwned::to_owned),
            signers: Vec::new(),
            issued_at: receipt.issued_at,
            show: Show::Hash,
        };
        self.0.register_document(tx, &document)
    }
}
