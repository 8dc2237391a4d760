//! The journey that the skeleton is for: from a plate to a signed permit that anybody can verify.

use std::time::Duration;

use copihue_core::calendar::{Calendar, Channel, Scope, Zone};
use copihue_core::territory::CommuneCode;
use copihue_core::{Clock, SystemClock, json, text};
use copihue_visitor::journeys::{self, Permit};
use copihue_visitor::{Page, Visitor};

use crate::support::{World, eventually, plate, program, said, says};

fn puente_alto() -> Scope {
    Scope::commune("13201".parse::<CommuneCode>().unwrap())
}

/// Every document of a case file in its order: number, and the row as it came.
fn documents(page: &Page) -> Vec<(u32, String)> {
    let html = page.text();
    let rows = html.split("<tr").skip(1).filter_map(|row| row.split("</tr>").next());
    let number = |row: &str| row.split("/documentos/").nth(1)?.split('"').next()?.parse().ok();
    rows.filter_map(|row| Some((number(row)?, row.to_owned()))).collect()
}

#[test]
fn exp_06_the_receipt_of_filing_says_when_it_counts() {
    let world = World::shared();
    let mut person = world.person();
    let before = SystemClock::default().now();
    let (permit, receipt) = journeys::whole_permit(&mut person, &plate()).unwrap();
    let filing = Calendar::shipped().effective_filing(before, Zone::Santiago, puente_alto()).unwrap();
    let page = eventually("the certificate's PDF", Duration::from_secs(20), || {
        let page = person.get(&permit.file).unwrap();
        page.visible().contains("Descargar el certificado").then_some(page)
    });
    let counts = match filing.shifted {
        true => text::long_datetime(Zone::Santiago.local(filing.legal_at)),
        false => text::long_date(filing.date),
    };
    says(&page, &counts);
    says(&person.get(&receipt.path).unwrap(), &permit.number);
}

#[test]
fn exp_51_documents_stand_in_order_with_their_hashes() {
    let world = World::shared();
    let mut person = world.person();
    let (permit, _) = journeys::whole_permit(&mut person, &plate()).unwrap();
    let listed = documents(&person.get(&permit.file).unwrap());
    assert!(listed.len() >= 5, "{listed:?}");
    assert!(listed.iter().enumerate().all(|(i, (n, _))| *n as usize == i + 1), "{listed:?}");
    for (n, row) in &listed {
        let file = person.get(&format!("{}/documentos/{n}", permit.file)).unwrap();
        assert_eq!(file.status, 200, "{n}");
        assert!(row.contains(&json::sha256_hex(&file.bytes)), "{n}: {row}");
    }
}

#[test]
fn the_notice_counts_from_the_third_business_day_and_a_mail_tells_of_it() {
    let world = World::shared();
    let mut person = world.person();
    let sent = Zone::Santiago.date(SystemClock::default().now());
    let (permit, _) = journeys::whole_permit(&mut person, &plate()).unwrap();
    let made = Calendar::shipped().notice_made(Channel::Ddu, sent, puente_alto()).unwrap().made;
    let address = person.get("/mi/avisos").unwrap().link("/mi/avisos/0").unwrap();
    let notice = person.get(&address).unwrap();
    says(&notice, &text::long_date(made));
    says(&notice, &permit.number);
    eventually("the mail", Duration::from_secs(20), || {
        person.get("/demo/correo").unwrap().visible().contains(&address).then_some(())
    });
}

#[test]
fn sig_20_foreign_programs_accept_the_permit_and_refuse_a_changed_byte() {
    let world = World::shared();
    let mut person = world.person();
    let (permit, _) = journeys::whole_permit(&mut person, &plate()).unwrap();
    let good = person.get(&permit.document).unwrap();
    assert_eq!(good.header("content-type"), Some("application/pdf"));
    let mut bad = good.bytes.clone();
    let at = bad.len() / 3;
    bad[at] ^= 1;
    let folder = world.folder.path().join(format!("pdf-{}", permit.number));
    std::fs::create_dir(&folder).unwrap();
    let (good_file, bad_file) = (folder.join("good.pdf"), folder.join("bad.pdf"));
    std::fs::write(&good_file, &good.bytes).unwrap();
    std::fs::write(&bad_file, &bad).unwrap();
    let authority = world.data().join("authority.pem");
    let [good_file, bad_file, authority] = [&good_file, &bad_file, &authority].map(|p| p.to_str().unwrap());

    if let Some(output) = world.run("pdfsig", &["-nocert", good_file]) {
        let text = said(&output);
        // The validation data stand behind the signature: it covers all that was there when it was made.
        assert!(text.contains("Signature is Valid."), "{text}");
        assert!(!said(&world.run("pdfsig", &["-nocert", bad_file]).unwrap()).contains("Signature is Valid."));
    }
    let pyhanko = ["sign", "validate", "--trust", authority, "--trust-replace", "--no-revocation-check"];
    if let Some(output) = world.run("pyhanko", &[&pyhanko[..], &[good_file]].concat()) {
        assert!(output.status.success(), "{}", said(&output));
        let text = said(&output);
        assert!(text.contains("INTACT:TRUSTED") && text.contains("EXTENDED_WITH_LTA_UPDATES"), "{text}");
        assert!(!world.run("pyhanko", &[&pyhanko[..], &[bad_file]].concat()).unwrap().status.success());
    }
    // Offline, from the file alone: that is what B-LT is for.
    let offline =
        ["sign", "adesverify", "--trust", authority, "--trust-replace", "--pretty-print", good_file];
    if let Some(output) = world.run("pyhanko", &offline) {
        assert!(output.status.success() && said(&output).contains("judged VALID"), "{}", said(&output));
    }
    let verify = |file| world.run(program(), &["verify", "--trust", authority, file]).unwrap();
    let output = verify(good_file);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let output = verify(bad_file);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    the_page_says_the_same(&mut world.demo.visitor(), &permit, &good.bytes, &bad);
}

fn the_page_says_the_same(anybody: &mut Visitor, permit: &Permit, good: &[u8], bad: &[u8]) {
    let form = anybody.get("/verificar").unwrap().form_to("/verificar/archivo").unwrap();
    let name = form.names().iter().find(|n| n.contains("archivo")).cloned().unwrap();
    let page = anybody.submit(&form.clone().file(&name, "permiso.pdf", good)).unwrap();
    says(&page, "El documento es auténtico");
    let page = anybody.submit(&form.file(&name, "permiso.pdf", bad)).unwrap();
    assert!(!page.visible().contains("El documento es auténtico"), "{}", page.visible());
    anybody.accept("application/json");
    let page = anybody.get(&format!("/verificar/{}", permit.code)).unwrap();
    let said: serde_json::Value = serde_json::from_slice(&page.bytes).unwrap();
    assert_eq!(said["estado"], "vigente", "{said}");
    assert_eq!(said["sha256"], json::sha256_hex(good), "{said}");
}
