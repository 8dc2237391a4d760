//! A ministro de fe who certifies themself is seen by a second person, who may open what they are told of (SIG-03).

use std::sync::Arc;

use copihue_core::Id;
use copihue_db::testing::engines;
use copihue_db::{params, sql};
use copihue_signing::{ADMINISTRATOR, NoEvidence};

use super::petition::{CLERK_THERE, VILLAGE, add_village, name};
use super::world::{CLERK, DESKER, FEE, TOWN, Town, mail_of};

/// What their mail says of a ministro de fe who certified themself.
fn told(town: &Town, number: u32) -> Option<String> {
    town.mail.to(&mail_of(number)).into_iter().find(|text| text.contains("se certificó a sí mismo"))
}

/// Opens the address that a mail names.
async fn opens(town: &Town, number: u32) {
    let mail = told(town, number).unwrap();
    let path = format!("/gestion{}", mail.split("/gestion").nth(1).unwrap());
    let page = town.visitor(number).await.get(&path).await.expect(200);
    assert!(page.says("El ministro de fe se certificó a sí mismo"), "{}", page.text());
}

async fn without_address(town: &Town, official: Option<Id>) {
    let write = move |tx: &mut copihue_db::Tx<'_>| match official {
        Some(id) => {
            tx.execute(sql!("UPDATE directory_official SET email_sealed = NULL WHERE id = $1"), &params![id])
        }
        None => tx.execute(sql!("UPDATE directory_official SET email_sealed = NULL"), &params![]),
    };
    assert!(town.db.write(write).await.unwrap() > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_03_the_head_of_the_service_opens_what_they_are_told_of() {
    for test in engines() {
        let town = Town::new(&test, Arc::new(NoEvidence)).await;
        let head = town.actor(FEE).hat.unwrap().official;
        town.directory.change(move |d, tx| name(d, tx, (TOWN, head), "jefe_superior")).await.unwrap();
        town.make_holder(CLERK, "general").await.expect(200);
        let id = town.ask(CLERK, "general").await;
        town.approve(CLERK, &id).await.expect(200);
        opens(&town, FEE).await;
        opens(&town, DESKER).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_03_where_the_body_has_nobody_to_tell_the_platforms_administrators_hear_of_it_or_it_is_not_done()
{
    for test in engines() {
        let town = Town::new(&test, Arc::new(NoEvidence)).await;
        let far = town.directory.change(add_village).await.unwrap();
        town.directory.change(move |d, tx| name(d, tx, (VILLAGE, far), ADMINISTRATOR)).await.unwrap();
        town.make_holder(CLERK, "ambos").await.expect(200);
        without_address(&town, Some(town.actor(DESKER).hat.unwrap().official)).await;
        let id = town.ask(CLERK, "general").await;
        town.approve(CLERK, &id).await.expect(200);
        opens(&town, CLERK_THERE).await;

        without_address(&town, None).await;
        let id = town.ask(CLERK, "desatendido").await;
        let refused = town.approve(CLERK, &id).await.expect(422);
        assert!(refused.says("Pida que se nombre un operador de firma"), "{}", refused.text());
        assert!(refused.says("En revisión"), "{}", refused.text());
    }
}
