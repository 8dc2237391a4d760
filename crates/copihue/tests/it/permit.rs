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

/// Every document of a case file in its order: number, address, hash as shown.
fn documents(page: &Page) -> Vec<(u32, String, String)> {
    let html = page.text();
    let mut found = Vec::new();
    for row in html
        .split("<tr")
        .skip(1)
        .filter_map(|r| r.split("</tr>").next())
        .filter(|row| row.contains("/documentos/"))
    {
        let address =
            row.split("href=\"").find(|r| r.contains("/documentos/")).unwrap().split('"').next().unwrap();
        let hash = row.split("<code").last().unwrap().split(['>', '<']).nth(1).unwrap();
        let n = address.rsplit('/').next().unwrap().parse().unwrap();
        found.push((n, address.to_owned(), hash.to_owned()));
    }
    found
}

#[test]
fn a_person_gets_a_permit_and_its_whole_file() {
    let world = World::shared();
    let mut person = world.person();
    let before = SystemClock::default().now();
    let (permit, receipt) = journeys::whole_permit(&mut person, &plate()).unwrap();
    assert!(permit.number.starts_with("EXP-"), "{permit:?}");
    assert!(receipt.number.contains('-'), "{receipt:?}");
    exp_06_the_receipt_of_filing_says_when_it_counts(&mut person, &permit, before);
    exp_51_documents_stand_in_order_with_their_hashes(&mut person, &permit);
    not_09_the_notice_counts_from_the_third_business_day(&mut person, &permit);
    the_mail_is_sent(&mut person, &permit);
    let page = person.get(&receipt.path).unwrap();
    says(&page, &permit.number);
}

fn exp_06_the_receipt_of_filing_says_when_it_counts(
    person: &mut Visitor,
    permit: &Permit,
    before: copihue_core::Timestamp,
) {
    let calendar = Calendar::shipped();
    let filing = calendar.effective_filing(before, Zone::Santiago, puente_alto()).unwrap();
    let page = eventually("the certificate's PDF", Duration::from_secs(20), || {
        let page = person.get(&permit.file).unwrap();
        (!page.visible().contains("pendiente") && page.visible().contains("ingreso")).then_some(page)
    });
    let expected = match filing.shifted {
        true => text::long_datetime(Zone::Santiago.local(filing.legal_at)),
        false => text::long_date(filing.date),
    };
    says(&page, &expected);
}

fn exp_51_documents_stand_in_order_with_their_hashes(person: &mut Visitor, permit: &Permit) {
    let page = person.get(&permit.file).unwrap();
    let listed = documents(&page);
    assert!(listed.len() >= 5, "{listed:?}");
    assert!(listed.windows(2).all(|w| w[0].0 < w[1].0), "{listed:?}");
    for (_, address, hash) in &listed {
        let file = person.get(address).unwrap();
        assert_eq!(file.status, 200, "{address}");
        assert_eq!(&json::sha256_hex(&file.bytes), hash, "{address}");
    }
}

fn not_09_the_notice_counts_from_the_third_business_day(person: &mut Visitor, permit: &Permit) {
    let sent = Zone::Santiago.date(SystemClock::default().now());
    let made = Calendar::shipped().notice_made(Channel::Ddu, sent, puente_alto()).unwrap().made;
    let list = person.get("/mi/avisos").unwrap();
    let notice = person.get(&list.link("/mi/avisos/0").unwrap()).unwrap();
    says(&notice, &text::long_date(made));
    says(&notice, &permit.number);
}

fn the_mail_is_sent(person: &mut Visitor, permit: &Permit) {
    let list = person.get("/mi/avisos").unwrap();
    let address = list.link("/mi/avisos/0").unwrap();
    eventually("the mail", Duration::from_secs(20), || {
        let mails = person.get("/demo/correo").unwrap();
        mails.visible().contains(&address).then_some(())
    });
    let _ = permit;
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
        assert!(text.contains("Signature is Valid.") && text.contains("Total document signed"), "{text}");
        assert!(!said(&world.run("pdfsig", &["-nocert", bad_file]).unwrap()).contains("Signature is Valid."));
    }
    let pyhanko = ["sign", "validate", "--trust", authority, "--trust-replace", "--no-revocation-check"];
    if let Some(output) = world.run("pyhanko", &[&pyhanko[..], &[good_file]].concat()) {
        assert!(output.status.success(), "{}", said(&output));
        assert!(said(&output).contains("INTACT:TRUSTED,UNTOUCHED"), "{}", said(&output));
        assert!(!world.run("pyhanko", &[&pyhanko[..], &[bad_file]].concat()).unwrap().status.success());
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
