use std::sync::Arc;

use copihue_casefiles::*;
use copihue_core::Result;
use copihue_web::testing::check_locale;
use copihue_web::{Cx, Markup, html};
use futures_util::future::BoxFuture;

use crate::support::{case_of, each_engine, id, person, site};

#[test]
fn every_text_is_in_the_locale_and_used() {
    check_locale(env!("CARGO_MANIFEST_DIR"));
}

struct Deadlines;

impl CasePanel for Deadlines {
    fn panel<'a>(&'a self, _cx: &'a Cx, view: &'a CaseView) -> BoxFuture<'a, Result<Option<Markup>>> {
        Box::pin(async move { Ok(Some(html! { h2 { "Plazos de " (view.case.iuie) } })) })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exp_16_the_page_shows_state_responsible_documents_receipts_and_what_happened() {
    each_engine(async |w| {
        w.casefiles.add_panel(Arc::new(Deadlines));
        let [mut client, mut other, ..] = site(&w).await;
        assert!(client.get("/mi/expedientes").await.expect(200).says("Todavía no tiene expedientes"));
        let case = w.open(case_of(&[1])).await.unwrap();
        let filed = w.file(&case, b"solicitud", |e| e.author = Author::Party(person(1))).await.unwrap();
        let filing = Filing {
            received_at: w.clock_now(),
            origin: FilingOrigin::FormularioWeb,
            presenter: Some(Presenter { run: person(1).run, on_behalf_of: None }),
            documents: vec![filed.clone()],
            declaration: Declaration::NotNeeded,
        };
        let certificate = w.certify(&case, filing).await.unwrap();
        let path = format!("/mi/expedientes/{}", case.iuie);
        assert!(client.get(&path).await.expect(200).says("en menos de un minuto"));
        w.work().await;
        assert!(client.get("/mi/expedientes").await.expect(200).says(&path));
        let page = client.get(&path).await.expect(200);
        for text in [
            "Ingresado",
            "Dirección de Tránsito",
            "Plazos de EXP-20261121-000001",
            "sábado 21 de noviembre de 2026, 17:15",
            "lunes 23 de noviembre de 2026, 00:00",
            "día inhábil",
            "Se certificó su presentación",
            &hex::encode(filed.sha256),
            &certificate.document,
            &certificate.code.to_string(),
            &format!("{path}/documentos/2"),
        ] {
            assert!(page.says(text), "{text}");
        }
        assert_eq!(other.get(&path).await.status.as_u16(), 404);
        assert_eq!(other.get(&format!("{path}/documentos/1")).await.status.as_u16(), 404);
        assert_eq!(client.get("/mi/expedientes/../x").await.status.as_u16(), 404);
        assert_eq!(w.register(&case).await.iter().filter(|l| l.outcome == "denegado").count(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exp_50_a_document_is_given_as_an_attachment_named_by_its_hash() {
    each_engine(async |w| {
        let [mut client, ..] = site(&w).await;
        let case = w.open(case_of(&[1])).await.unwrap();
        let filed = w
            .file(&case, b"<script>alert(1)</script>", |e| {
                e.media_type = "text/html".to_owned();
                e.file_name = Some("../Ñandú \u{202e}.html".to_owned());
            })
            .await
            .unwrap();
        let path = format!("/mi/expedientes/{}/documentos/1", case.iuie);
        let reply = client.get(&path).await.expect(200);
        assert_eq!(&reply.body[..], b"<script>alert(1)</script>");
        let disposition = reply.header("content-disposition").unwrap();
        assert!(disposition.starts_with("attachment; filename=\"DOCU-20261121-000001-"), "{disposition}");
        assert!(disposition.is_ascii() && !disposition.contains(".."));
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        assert!(reply.header("content-security-policy").unwrap().contains("sandbox"));
        let etag = format!("\"{}\"", hex::encode(filed.sha256));
        assert_eq!(reply.header("etag"), Some(etag.as_str()));
        assert_eq!(
            client.get(&format!("/mi/expedientes/{}/documentos/7", case.iuie)).await.status.as_u16(),
            404
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exp_14_a_restricted_row_says_so_without_a_title() {
    each_engine(async |w| {
        let [mut first, mut second, ..] = site(&w).await;
        let case = w.open(case_of(&[1, 2])).await.unwrap();
        w.file(&case, b"medico", |e| {
            e.title = "Certificado médico".to_owned();
            (e.holders, e.privacy) = (vec![id(2)], Privacy::Personal);
        })
        .await
        .unwrap();
        let path = format!("/mi/expedientes/{}", case.iuie);
        let page = first.get(&path).await.expect(200);
        assert!(page.says("Documento con acceso restringido") && !page.says("Certificado médico"));
        assert!(second.get(&path).await.expect(200).says("Certificado médico"));
        assert_eq!(first.get(&format!("{path}/documentos/1")).await.status.as_u16(), 403);
    })
    .await;
}
