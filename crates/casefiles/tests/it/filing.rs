use copihue_casefiles::*;
use copihue_core::Timestamp;

use crate::support::{World, actor, case_of, each_engine, person};

fn filing(received: &str, documents: Vec<EntryRef>) -> Filing {
    Filing {
        received_at: Timestamp::parse(received).unwrap(),
        origin: FilingOrigin::FormularioWeb,
        presenter: Some(Presenter { run: person(1).run, on_behalf_of: None }),
        documents,
        declaration: Declaration::NotNeeded,
    }
}

async fn effective(w: &World, received: &str) -> (String, Option<&'static str>) {
    let case = w.open(case_of(&[1])).await.unwrap();
    let certificate = w.certify(&case, filing(received, Vec::new())).await.unwrap();
    (certificate.effective.at.to_string(), certificate.effective.reason)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exp_05_a_filing_on_a_non_business_day_counts_from_the_first_hour_of_the_next() {
    each_engine(async |w| {
        let cases = [
            ("2026-12-07T02:00:00Z", "2026-12-07T03:00:00.000Z", Some("dia_inhabil")),
            ("2026-12-08T13:00:00Z", "2026-12-09T03:00:00.000Z", Some("dia_inhabil")),
            ("2026-12-08T02:59:59Z", "2026-12-08T02:59:59.000Z", None),
        ];
        for (received, at, reason) in cases {
            assert_eq!(effective(&w, received).await, (at.to_owned(), reason), "{received}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exp_06_the_certificate_is_sealed_at_once_and_its_pdf_joins_the_case() {
    each_engine(async |w| {
        let case = w.open(case_of(&[1])).await.unwrap();
        let request = w.file(&case, b"solicitud", |e| e.author = Author::Party(person(1))).await.unwrap();
        let certificate =
            w.certify(&case, filing("2026-12-07T02:00:00Z", vec![request.clone()])).await.unwrap();
        assert_eq!(certificate.jws.split('.').count(), 3);
        let before = w.view(&actor(1), &case).await.unwrap();
        assert_eq!((before.entries.len(), before.filings[0].n), (1, None));

        w.work().await;
        w.work().await;
        let view = w.view(&actor(1), &case).await.unwrap();
        assert_eq!((view.entries.len(), view.filings[0].n), (2, Some(2)));
        assert_eq!(view.entries[1].reference, certificate.document);
        let document = view.entries[1].document.as_ref().unwrap();
        assert_eq!((document.kind, document.code), (DocumentKind::CERTIFICATE, Some(certificate.code)));
        let file = w.casefiles.document(&actor(1), &case.iuie.parse().unwrap(), 2).await.unwrap();
        assert!(file.bytes.starts_with(b"%PDF-1.7"));
        assert_eq!(*w.office.issued.lock().unwrap(), [certificate.code.to_string()]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exp_06_the_certificate_holds_the_six_legal_fields() {
    each_engine(async |w| {
        let case = w.open(case_of(&[1])).await.unwrap();
        let request =
            w.file(&case, b"solicitud", |e| e.file_name = Some("solicitud.pdf".to_owned())).await.unwrap();
        w.certify(&case, filing("2026-12-07T02:00:00Z", vec![request])).await.unwrap();
        let key = case.iuie.parse().unwrap();
        let c = w.casefiles.filing_certificates(&actor(1), &key).await.unwrap().remove(0).0;
        assert_eq!(c["recibido"], "2026-12-07T02:00:00.000Z");
        assert_eq!(c["efectivo"], "2026-12-07T03:00:00.000Z");
        assert_eq!(c["motivo_efectivo"], "dia_inhabil");
        assert_eq!(c["origen"], "formulario_web");
        assert_eq!(c["expediente"], case.exp());
        assert_eq!(c["oae"]["codigo"], case.institution);
        assert_eq!(c["presenta"]["run"], person(1).run.compact());
        assert_eq!(c["recibe"]["tipo"], "plataforma");
        assert_eq!(c["documentos"][0]["nombre"], "solicitud.pdf");
        assert_eq!(c["documentos"][0]["n"], 1);
    })
    .await;
}
