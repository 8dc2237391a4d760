//! Applications: their secrets, and who may withdraw them.

use std::sync::Arc;

use copihue_db::testing::{TestDb, engines};
use copihue_signing::{Mode, NoEvidence, SANDBOX, Signing};

use super::world::{INSTITUTION, Say, UNATTENDED, contract, file, files};

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_an_applications_two_secrets_count_while_it_changes_from_one_to_the_other() {
    for test in engines() {
        let mut contract = contract(test).await;
        let one = || files(vec![file("json", b"{}")]);
        let (old, new) = (UNATTENDED, Say { secret: "el secreto nuevo", ..UNATTENDED });
        let secret = copihue_core::Secret::new(new.secret.as_bytes());
        assert_eq!(contract.signing.end_rotation(SANDBOX).await.unwrap_err().code(), "cambio_de_secreto");
        assert_eq!(contract.refused(&new, None, one()).await.0, 400);
        contract.signing.begin_rotation(SANDBOX, &secret).await.unwrap();
        assert_eq!(
            contract.signing.begin_rotation(SANDBOX, &secret).await.unwrap_err().code(),
            "cambio_de_secreto"
        );
        assert_eq!(contract.sign(&old, None, one()).await.status, 200);
        assert_eq!(contract.sign(&new, None, one()).await.status, 200);
        contract.signing.end_rotation(SANDBOX).await.unwrap();
        assert_eq!(contract.sign(&new, None, one()).await.status, 200);
        let (status, _, why) = contract.refused(&old, None, one()).await;
        assert_eq!((status, why.as_str()), (400, "token : eyJhbGci no valido, favor revise su secret."));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_07_a_holder_withdraws_an_application_at_once() {
    for test in engines() {
        let mut contract = contract(test).await;
        let one = || files(vec![file("json", b"{}")]);
        let attended = contract.attended;
        let as_process = Say { run: "11111111", ..UNATTENDED };
        assert_eq!(contract.refused(&as_process, None, one()).await.0, 412);
        contract.signing.enable_application(INSTITUTION, attended, SANDBOX).await.unwrap();
        assert_eq!(contract.sign(&as_process, None, one()).await.status, 200);
        contract.signing.disable_application(INSTITUTION, attended, SANDBOX).await.unwrap();
        assert_eq!(contract.refused(&as_process, None, one()).await.0, 412);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_a_real_deployment_does_not_start_with_the_sandbox() {
    let contract = contract(TestDb::sqlite(&copihue_db::Options::default())).await;
    let parts = crate::service::parts(&contract.test.db(), &contract.clock, Mode::Live, Arc::new(NoEvidence));
    assert_eq!(Signing::open(parts).await.unwrap_err().code(), "sandbox_activo");
}
