//! What is refused, in whose words.

use copihue_db::testing::TestDb;
use copihue_signing::{ApplicationState, SANDBOX};
use serde_json::{Value, json};

use super::world::{PATH, Say, UNATTENDED, contract, file, files};

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_every_refusal_is_worded_as_the_contract_says() {
    let mut contract = contract(TestDb::sqlite(&copihue_db::Options::default())).await;
    let one = || files(vec![file("json", b"{}")]);
    let cases: Vec<(Say, Value, u16, &str)> = vec![
        (
            Say { secret: "otro", ..UNATTENDED },
            one(),
            400,
            "token : eyJhbGci no valido, favor revise su secret.",
        ),
        (
            Say { entity: "", ..UNATTENDED },
            one(),
            400,
            "Favor revisar los campos del token, ya que contiene datos vacíos",
        ),
        (Say { minutes: -1, ..UNATTENDED }, one(), 400, "Fecha de expiración del token está vencida"),
        (Say { minutes: 32, ..UNATTENDED }, one(), 400, "Fecha de expiración del token está vencida"),
        (UNATTENDED, json!({}), 400, "Debe Adjuntar Documento/s, a Firmar"),
        (UNATTENDED, files(vec![]), 400, "Debe Adjuntar Documento/s, a Firmar"),
        (UNATTENDED, files(vec![file("zip", b"x")]), 400, "Tipo de documento no permitido"),
        (UNATTENDED, json!({"files": 1}), 400, "Cuerpo de la solicitud mal formada"),
        (Say { entity: "Otro", ..UNATTENDED }, one(), 404, "Error data servicio y/o propósito"),
        (Say { purpose: "Proposito General", ..UNATTENDED }, one(), 404, "Error data servicio y/o propósito"),
        (
            Say { run: "5126663", ..UNATTENDED },
            one(),
            404,
            "“run” no se puede obtener los datos del firmante",
        ),
        (
            Say { run: "11111111", ..UNATTENDED },
            one(),
            412,
            "Aplicación no tiene permisos para esta operación",
        ),
        (
            UNATTENDED,
            files(vec![file("pdf", b"nada")]),
            500,
            "ERROR : Formato de contenido o layout incorrecto",
        ),
    ];
    for (say, parts, status, error) in cases {
        let (got, _, said) = contract.refused(&say, None, parts).await;
        assert_eq!((got, said.as_str()), (status, error));
    }
    let token = contract.token(&UNATTENDED);
    let unknown = contract.send(&json!({"api_token_key": "otra", "token": token, "files": []}), None).await;
    assert_eq!(
        (unknown.status.as_u16(), unknown.json()["error"].as_str()),
        (400, Some("Aplicación no existe en la RA"))
    );
    let garbage = contract.send(&json!({"api_token_key": SANDBOX, "token": "a.b", "files": []}), None).await;
    assert_eq!(garbage.json()["error"], "Error al decodificar el token favor revisar el formato.");
    contract.signing.set_application_state(SANDBOX, ApplicationState::Suspended).await.unwrap();
    assert_eq!(contract.refused(&UNATTENDED, None, one()).await, (401, 401, "Error no autorizado".into()));
    contract.signing.set_application_state(SANDBOX, ApplicationState::Active).await.unwrap();
    assert_eq!(contract.client.get(PATH).await.status, 405);
    // Four years later the certificates have ended.
    contract.clock.advance_millis(4 * 365 * 86_400_000);
    let (status, _, said) = contract.refused(&UNATTENDED, None, one()).await;
    assert_eq!((status, said.as_str()), (403, "certificado del usuario : 22222222 se encuentra vencido."));
}
