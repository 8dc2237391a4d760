//! Codes of holders who are there.

use copihue_core::Clock as _;
use copihue_db::testing::engines;
use copihue_db::{params, sql};

use super::world::{ATTENDED, INSTITUTION, contract, file, files};

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_attended_clients_give_a_code_which_another_application_can_not_use() {
    for test in engines() {
        let mut contract = contract(test).await;
        let parts = || files(vec![file("json", b"{}")]);
        let code = contract.signing.current_code(INSTITUTION, contract.attended).await.unwrap();
        assert_eq!(
            contract.refused(&ATTENDED, None, parts()).await,
            (400, 400, "Debe ingresar un código OTP".into())
        );
        assert_eq!(contract.refused(&ATTENDED, Some(" "), parts()).await.2, "Debe ingresar un código OTP");
        assert_eq!(
            contract.refused(&ATTENDED, Some("12345"), parts()).await,
            (400, 400, "Debe ingresar un código OTP Valido".into())
        );
        assert_eq!(contract.sign(&ATTENDED, Some(&code), parts()).await.status, 200);
        // Clients send a request for each document, with the same code.
        assert_eq!(contract.sign(&ATTENDED, Some(&code), parts()).await.status, 200);
        contract.clock.advance_millis(90_000);
        let wrong = (412, 401, "Verificaciòn de OTP fallido".to_owned());
        assert_eq!(contract.refused(&ATTENDED, Some(&code), parts()).await, wrong);
        for _ in 0..4 {
            assert_eq!(contract.refused(&ATTENDED, Some("000000"), parts()).await.0, 412);
        }
        let next = contract.signing.current_code(INSTITUTION, contract.attended).await.unwrap();
        assert_eq!(contract.refused(&ATTENDED, Some(&next), parts()).await.0, 429);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_16_who_has_an_applications_secret_tries_two_hundred_codes_a_day_over_all_holders() {
    for test in engines() {
        let mut contract = contract(test).await;
        let parts = || files(vec![file("json", b"{}")]);
        // As if the others had been of other holders.
        let day = contract.clock.now().millis().div_euclid(86_400_000);
        let spent = move |tx: &mut copihue_db::Tx<'_>| {
            let sql = sql!("UPDATE signing_application SET wrong_codes = 199, wrong_codes_day = $1");
            tx.execute(sql, &params![day])
        };
        contract.test.db().write(spent).await.unwrap();
        assert_eq!(contract.refused(&ATTENDED, Some("000000"), parts()).await.0, 412);
        let right = contract.signing.current_code(INSTITUTION, contract.attended).await.unwrap();
        assert_eq!(contract.refused(&ATTENDED, Some(&right), parts()).await.0, 429);
        contract.clock.advance_millis(86_400_000);
        let right = contract.signing.current_code(INSTITUTION, contract.attended).await.unwrap();
        assert_eq!(contract.sign(&ATTENDED, Some(&right), parts()).await.status, 200);
    }
}
