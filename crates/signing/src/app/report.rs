//! Reports on files, signed by the service that made them.

use std::sync::Arc;

use copihue_core::Result;
use copihue_core::json::sha256;

use super::{Format, NewSeal, Owner, Signing};
use crate::keys::Algorithm;
use crate::signer::SealOptions;
use crate::verify::{Verdict, local_time, to_pdf};

/// Whose seal it is: no institution's, so that no words of a stranger's certificate stand under one.
const REPORTS: &str = "servicio-de-validacion";

impl Signing {
    /// The report on a file as a PDF, sealed by this service.
    ///
    /// # Errors
    /// When there is no authority, or the database does not answer.
    pub async fn report_pdf(&self, verdict: &Verdict) -> Result<Vec<u8>> {
        let owner = Owner::Seal { institution: REPORTS.to_owned() };
        if self.cached(&owner).is_none() {
            let name = "Servicio de validación de firmas".to_owned();
            let seal =
                NewSeal { institution: REPORTS.to_owned(), name, rut: None, algorithm: Algorithm::P256 };
            self.ensure_seal(&seal).await?;
        }
        let (signer, at) = (self.signer(&owner).await?, self.now());
        let made = format!("Hecho el {}, hora de Chile, por {}.", local_time(at), self.0.parts.base_url);
        let pdf = to_pdf(verdict, "Informe de validación de firmas", &made);
        let by = Arc::clone(&signer);
        let options = SealOptions::because("Informe de validación de firmas");
        let signed = self.on_cpu(move || by.sign_pdf(&pdf, &options, at)).await?;
        let used = self.key_use(&owner, signer.certificate(), Format::Report, sha256(&signed), at);
        // Nobody listens any more only when the process ends.
        let _ = self.0.unlogged.send(used);
        Ok(signed)
    }
}
