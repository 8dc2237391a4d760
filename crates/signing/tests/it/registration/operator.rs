//! The operator's lists, and what happens when somebody leaves.

use std::sync::Arc;

use copihue_db::testing::{TestDb, engines};
use copihue_signing::{NoEvidence, SealOptions};

use super::world::{ANA, DESKER, FEE, HOLDERS, MINE, Town, YEARLY_CLERK, mail_of};
use crate::support::classic_pdf;

const HEAD: &str = "run;correo;tipo;vigencia;propositos\n";

#[tokio::test(flavor = "multi_thread")]
async fn sig_03_a_list_is_taken_whole_or_not_at_all() {
    for test in engines() {
        let town = Town::new(&test, Arc::new(NoEvidence)).await;
        let mut operator = town.visitor(DESKER).await;
        operator.get(&format!("{HOLDERS}/lista")).await.expect(200);
        let load = async |operator: &mut copihue_web::testing::TestClient, rows: &str| {
            let list = format!("{HEAD}{rows}");
            operator
                .upload(&format!("{HOLDERS}/lista"), &[], &[("lista", "titulares.csv", list.as_bytes())])
                .await
        };
        let bad = "11.111.111-1;ana@muni.cl;funcionario;24;general\n33.333.333-3;luis@muni.cl;funcionario;12;general\n55.555.555-5;x@muni.cl;funcionario;12;ambos\n";
        let page = load(&mut operator, bad).await.expect(422);
        for text in ["No se agregó a nadie", "honorarios", "no es funcionaria de esta institución"] {
            assert!(page.says(text), "{text}\n{}", page.text());
        }
        assert!(operator.get(HOLDERS).await.expect(200).says("Todavía no hay titulares"));
        let good =
            "11.111.111-1;ana@muni.cl;funcionario;24;general\n44.444.444-4;rosa@muni.cl;autoridad;12;ambos\n";
        assert!(load(&mut operator, good).await.expect(200).says("Se agregaron 2 titulares"));
        let list = operator.get(HOLDERS).await.expect(200);
        assert!(list.says("Ana (de la lista)") && list.says("Rosa Tapia"));
        assert!(town.mail.to("rosa@muni.cl")[0].contains("lo agregó como titular"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_04_who_leaves_is_revoked_and_blocked_by_one_act() {
    for test in engines() {
        let town = Town::new(&test, Arc::new(NoEvidence)).await;
        let seed = town.signer(ANA).await;
        let other = town.other_process().await;
        let official = town.actor(ANA).hat.unwrap().official;
        let sign = async || {
            town.clock.advance_millis(30_000);
            let (actor, code) = (town.actor(ANA), town.code(&seed));
            other.sign_pdf_as(&actor, &code, classic_pdf(), SealOptions::default()).await
        };
        let before = sign().await.unwrap();
        town.clock.advance_millis(2_000);
        let pending = town.ask(ANA, "desatendido").await;
        let mut operator = town.visitor(DESKER).await;
        operator.get(&format!("{HOLDERS}/{official}")).await.expect(200);
        let empty = operator.post(&format!("{HOLDERS}/{official}/cese"), &[("motivo", "")]).await.expect(422);
        assert!(empty.says("Elija el motivo"));
        let left = [("motivo", "cese_de_funciones")];
        let page = operator.post(&format!("{HOLDERS}/{official}/cese"), &left).await.expect(200);
        for text in ["Revocado", "Bloqueado por el operador", "Cancelada"] {
            assert!(page.says(text), "{text}\n{}", page.text());
        }
        assert_eq!(sign().await.unwrap_err().code(), "sin_certificado");
        let mut ana = town.visitor(ANA).await;
        assert!(ana.get(&format!("{MINE}/solicitudes/{pending}")).await.expect(200).says("Cancelada"));
        ana.get(MINE).await.expect(200);
        let again =
            ana.post(&format!("{MINE}/solicitar"), &[("proposito", "general"), ("vigencia", "12")]).await;
        assert!(again.expect(422).says("El operador bloqueó los certificados"));
        assert!(town.mail.to(&mail_of(ANA)).last().unwrap().contains("Motivo: Cese de funciones"));
        // What was signed before stays valid.
        let verdict =
            copihue_signing::verify::verify_pdf(&before.bytes, &town.signing.trust(), before.signed_at);
        assert!(verdict.is_genuine());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_03_an_operator_sees_the_own_body_alone() {
    let test = TestDb::sqlite(&copihue_db::Options::default());
    let town = Town::new(&test, Arc::new(NoEvidence)).await;
    town.make_holder(ANA, "general").await.expect(200);
    let official = town.actor(ANA).hat.unwrap().official;
    for number in [ANA, FEE, YEARLY_CLERK] {
        let mut client = town.visitor(number).await;
        client.get(MINE).await.expect(200);
        assert_eq!(client.get(HOLDERS).await.status, 403);
        assert_eq!(client.post_raw(&format!("{HOLDERS}/{official}/bloquear"), &[]).await.status, 403);
    }
}
