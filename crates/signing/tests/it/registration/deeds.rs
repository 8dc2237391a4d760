//! What the registration authority did, told to whoever holds it against the log.

use std::sync::{Arc, Mutex};

use copihue_core::Result;
use copihue_db::testing::engines;
use copihue_db::{Conn, Tx, params, sql};
use copihue_signing::{Act, Evidence, deeds};

use super::world::{ANA, DESK, DESKER, MINE, Town};

/// The acts that were told, with the fields that the log keeps of each.
#[derive(Default)]
struct Told(Mutex<Vec<(String, &'static str, i64)>>);

impl Evidence for Told {
    fn append(&self, _: &mut Tx<'_>, act: &Act<'_>) -> Result<()> {
        if let Act::Registration { act, .. } = act {
            self.0.lock().unwrap().push((act.id.to_string(), act.kind.code(), act.at.millis()));
        }
        Ok(())
    }
}

/// The kinds of the acts that lost what they were about, or say something else.
fn lost(conn: &mut Conn<'_>, told: &[(String, &'static str, i64)]) -> Result<Vec<&'static str>> {
    let mut lost = Vec::new();
    for (id, kind, at) in told {
        let says = deeds::act_says(conn, id)?.unwrap_or_default();
        let is_same = says.get("action") == Some(&(*kind).into()) && says.get("at") == Some(&(*at).into());
        if !is_same || !deeds::is_act(conn, id)? {
            lost.push(*kind);
        }
    }
    Ok(lost)
}

#[tokio::test(flavor = "multi_thread")]
async fn led_08_a8_each_act_of_the_registration_authority_is_told_and_what_it_left_is_looked_at() {
    for test in engines() {
        let told = Arc::new(Told::default());
        let town = Town::new(&test, Arc::clone(&told) as Arc<dyn Evidence>).await;
        town.signer(ANA).await;
        let mut ana = town.visitor(ANA).await;
        ana.get(&format!("{MINE}/detener")).await.expect(200);
        ana.post(&format!("{MINE}/detener"), &[]).await.expect(200);
        let mut operator = town.visitor(DESKER).await;
        let list = operator.get(&format!("{DESK}?ver=disponibles")).await.expect(200).text();
        let id = list.split(&format!("{DESK}/")).nth(1).unwrap()[..26].to_owned();
        operator.get(&format!("{DESK}/{id}")).await.expect(200);
        operator
            .post(&format!("{DESK}/{id}/revocar"), &[("motivo", "compromiso_de_clave")])
            .await
            .expect(200);
        let all = told.0.lock().unwrap().clone();
        let kinds: Vec<&str> = all.iter().map(|(_, kind, _)| *kind).collect();
        for kind in ["certificado_emitido", "certificado_revocado", "firma_detenida", "solicitud_enviada"] {
            assert!(kinds.contains(&kind), "{kind}: {kinds:?}");
        }
        let names: Vec<String> = test
            .read(|conn| {
                let first = deeds::acts(conn, None, 3)?;
                let rest = deeds::acts(conn, first.last().map(|(cursor, _)| cursor.as_slice()), 100)?;
                Ok(first.into_iter().chain(rest).map(|(_, name)| name).collect())
            })
            .await
            .unwrap();
        let mut expected: Vec<String> = all.iter().map(|(id, ..)| id.clone()).collect();
        expected.sort();
        let mut sorted = names.clone();
        sorted.sort();
        assert_eq!(sorted, expected, "each act once, by pages");
        let db = town.db.clone();
        let look = async || {
            let all = all.clone();
            db.read(move |conn| lost(conn, &all)).await.unwrap()
        };
        assert!(look().await.is_empty());
        type Attack = fn(&mut Tx<'_>) -> Result<u64>;
        let attacks: [(Attack, &str); 4] = [
            (
                |tx| tx.execute(sql!("UPDATE signing_certificate SET revoked_at = NULL"), &params![]),
                "certificado_revocado",
            ),
            (
                |tx| tx.execute(sql!("UPDATE signing_holder SET stopped_at = NULL"), &params![]),
                "firma_detenida",
            ),
            (
                |tx| tx.execute(sql!("DELETE FROM signing_certificate WHERE owner <> 'sello'"), &params![]),
                "certificado_emitido",
            ),
            (|tx| tx.execute(sql!("DELETE FROM signing_cert_request"), &params![]), "solicitud_enviada"),
        ];
        for (attack, kind) in attacks {
            assert!(db.write(attack).await.unwrap() > 0);
            assert!(look().await.contains(&kind), "{kind}: {:?}", look().await);
        }
    }
}
