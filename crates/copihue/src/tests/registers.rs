//! The registers and the rest of the platform: what one knows the other says, and forms offer it.

use copihue_core::calendar::Scope;
use copihue_core::{Acr, Actor, Id, PersonRef, Run};
use copihue_db::Tx;
use copihue_directory::{Authority, Directory};
use copihue_registers::model::item::{Item, many, one};
use copihue_registers::{Draft, Register, Verdict};
use copihue_web::NewSession;
use copihue_web::testing::TestClient;

use super::platform;
use crate::cli::{DecideArguments, RegistersPlace};
use crate::commands::registers::{decided, keeper};
use crate::demo::install;
use crate::demo::sample::{OLLAGUE, PUENTE_ALTO, Staff};
use crate::platform::Platform;

/// Secretario municipal, who keeps the registers.
const SECRETARY: &str = "12.345.678-5";
/// Inspectora de obras, who keeps them too.
const INSPECTOR: &str = "33.333.333-3";

async fn proposed(platform: &Platform, register: Register, item: Item) -> Id {
    let draft = Draft { register, item, reason: "Lo ordena un acto publicado".to_owned() };
    let secretary = keeper(platform, SECRETARY).await.unwrap();
    platform.registers.propose(&secretary, draft).await.unwrap()
}

async fn approved(platform: &Platform, register: Register, item: Item) -> copihue_core::Result<Option<u64>> {
    let id = proposed(platform, register, item).await;
    let inspector = keeper(platform, INSPECTOR).await.unwrap();
    let number = platform.registers.decide(&inspector, id, Verdict::Approve, "Revisado y conforme").await;
    platform.directory.refresh().await.unwrap();
    number
}

fn decision(proposal: Id, run: &str, code: &str) -> DecideArguments {
    DecideArguments {
        place: RegistersPlace { config: "copihue.toml".into(), run: run.to_owned() },
        proposal: proposal.to_string(),
        reason: "Revisado y conforme".to_owned(),
        code: Some(code.to_owned()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn led_12_a_command_decides_only_with_the_officials_own_code_and_leaves_the_log_to_its_keeper() {
    let folder = tempfile::tempdir().unwrap();
    let platform = platform(folder.path()).await.unwrap();
    platform.registers.sync().await.unwrap();
    // The running program leads, in another process as it were.
    let running = crate::tests::platform(folder.path()).await.unwrap();
    running.ledger.sequence_once().await.unwrap();
    let item = holiday("2027-02-12", "Feriado de prueba");
    let id = proposed(&platform, Register::Holidays, item).await;
    let inspector = keeper(&platform, INSPECTOR).await.unwrap();
    let official = inspector.hat.as_ref().unwrap().official;
    let code = platform.signing.current_code("PE-MUN-00301", official).await.unwrap();
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let decide = async |code: &str| {
        decided(&platform, inspector.clone(), &decision(id, INSPECTOR, code), Verdict::Approve).await
    };
    assert_eq!(decide(wrong).await.unwrap_err().code(), "codigo_incorrecto");
    let said = decide(&code).await.unwrap();
    assert!(said.contains("Aprobada: es la anotación"), "{said}");
    // A code is good once.
    assert_eq!(decide(&code).await.unwrap_err().code(), "codigo_incorrecto");
    assert!(
        running.ledger.sequence_once().await.unwrap() > 0,
        "it leads still, and places what was approved"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn led_12_a_command_acts_by_the_post_in_the_body_that_keeps_the_registers() {
    let folder = tempfile::tempdir().unwrap();
    let platform = platform(folder.path()).await.unwrap();
    // The same person keeps registers in another body too.
    let unit = platform.directory.unit(OLLAGUE, "TRANSITO").unwrap().id;
    let add = move |d: &Directory, tx: &mut Tx<'_>| {
        install::add_official(d, tx, &Actor::job("test"), &ELSEWHERE, unit, jiff::civil::date(2026, 1, 1))
    };
    platform.directory.change(add).await.unwrap();
    let posts = platform.directory.hats(INSPECTOR.parse().unwrap());
    assert_eq!(
        posts.iter().filter(|hat| hat.roles.iter().any(|role| role == "custodio_registros")).count(),
        2
    );
    let acting = keeper(&platform, INSPECTOR).await.unwrap();
    assert_eq!(acting.hat.unwrap().institution, PUENTE_ALTO);
    assert!(keeper(&platform, "7.654.321-6").await.is_err());
}

/// The inspector's other post.
const ELSEWHERE: Staff = Staff {
    institution: OLLAGUE,
    unit: "TRANSITO",
    run: 33_333_333,
    names: "Patricia Elena",
    surnames: "Mellado Ríos",
    post: "Encargada de registros",
    authority: Authority::Other,
    email: "pmellado@ollague.example",
    roles: &["custodio_registros"],
};

fn holiday(day: &str, name: &str) -> Item {
    Item::new([
        ("fecha", one(day)),
        ("nombre", one(name)),
        ("clase", one("unico")),
        ("tipo", one("civil")),
        ("irrenunciable", one("no")),
        ("leyes", many(["Ley 21.999"])),
    ])
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn led_12_the_registers_are_filled_from_the_platform() {
    let folder = tempfile::tempdir().unwrap();
    let platform = platform(folder.path()).await.unwrap();
    platform.registers.sync().await.unwrap();
    let record = async |register, key: &str| platform.registers.record(register, key).await.unwrap().unwrap();
    let town = record(Register::Institutions, "PE-MUN-00301").await;
    assert_eq!(town.item.text("nombre"), "Municipalidad de Puente Alto");
    assert_eq!((town.item.text("comuna"), town.item.text("tipo")), ("13201".into(), "municipalidad".into()));
    let independence = record(Register::Holidays, "2026-09-18").await;
    assert_eq!(independence.item.text("nombre"), "Independencia Nacional");
    assert_eq!(independence.item.text("irrenunciable"), "si");
    let arica = record(Register::Holidays, "2026-06-07-15").await;
    assert_eq!(arica.item.text("regiones"), "15");
    let permit = record(Register::Procedures, "permiso-circulacion").await;
    assert!(permit.item.text("instituciones").contains("PE-MUN-00301"));
    assert_eq!(record(Register::Communes, "13201").await.item.text("nombre"), "Puente Alto");
    assert_eq!(platform.registers.sync().await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn led_12_deadlines_are_counted_with_the_holidays_of_the_register() {
    let folder = tempfile::tempdir().unwrap();
    let platform = platform(folder.path()).await.unwrap();
    platform.registers.sync().await.unwrap();
    let friday = "2027-02-12".parse().unwrap();
    let business = || platform.calendars.current().is_business_day(friday, Scope::NATIONAL).unwrap();
    assert!(business());
    let item = holiday("2027-02-12", "Feriado de prueba");
    approved(&platform, Register::Holidays, item.clone()).await.unwrap();
    assert!(!business());
    assert_eq!(platform.registers.sync().await.unwrap(), 0, "the calendar says now what the register says");
    let ended = item.with("fin", one("2027-01-04")).unwrap();
    approved(&platform, Register::Holidays, ended).await.unwrap();
    assert!(business());
    assert_eq!(platform.registers.sync().await.unwrap(), 0);
    approved(&platform, Register::Holidays, item).await.unwrap();
    assert!(!business(), "undone by another entry");
    // A holiday by law is taken away and comes back.
    let navy = platform.registers.record(Register::Holidays, "2027-05-21").await.unwrap().unwrap().item;
    let navy_day = "2027-05-21".parse().unwrap();
    let at_work = || platform.calendars.current().is_business_day(navy_day, Scope::NATIONAL).unwrap();
    assert!(!at_work());
    let moved = navy.with("fin", one("2027-05-01")).unwrap();
    approved(&platform, Register::Holidays, moved).await.unwrap();
    assert!(at_work());
    approved(&platform, Register::Holidays, navy.clone()).await.unwrap();
    assert!(!at_work());
    let late = navy.with("fin", one("2027-06-01")).unwrap();
    assert_eq!(approved(&platform, Register::Holidays, late).await.unwrap_err().fields()[0].pointer, "fin");
}

async fn session(platform: &Platform) -> NewSession {
    let run = Run::from_number(44_444_444).unwrap();
    let person = platform.identity.person_by_run(run).await.unwrap().unwrap();
    let person = PersonRef { id: person.id, run, name: "De Prueba".to_owned() };
    NewSession { person, acr: Acr::Low, amr: vec!["pwd".to_owned()], sid: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn led_12_an_approved_correction_of_an_institution_is_not_undone_by_the_platform() {
    let folder = tempfile::tempdir().unwrap();
    let platform = platform(folder.path()).await.unwrap();
    platform.registers.sync().await.unwrap();
    let fields = |name, sigla, kind| {
        let code = [("institucion", one("PE-SER-00777")), ("nombre", one(name)), ("sigla", one(sigla))];
        let rest = [("tipo", one(kind)), ("comuna", one("13101")), ("rut", one("61533000-0"))];
        Item::new(code.into_iter().chain(rest)).unwrap()
    };
    approved(&platform, Register::Institutions, fields("Servicio de Prueba", "SP", "servicio"))
        .await
        .unwrap();
    let better =
        fields("Servicio Nacional de Prueba", "SNP", "servicio").with("comuna", one("08301")).unwrap();
    approved(&platform, Register::Institutions, better.clone()).await.unwrap();
    platform.directory.refresh().await.unwrap();
    let body = platform.directory.institution("PE-SER-00777").unwrap();
    assert_eq!((body.name.as_str(), body.sigla.as_str()), ("Servicio Nacional de Prueba", "SNP"));
    assert_eq!(platform.registers.sync().await.unwrap(), 0, "nothing is written back");
    let other = better.with("tipo", one("otro")).unwrap();
    let refused = approved(&platform, Register::Institutions, other).await.unwrap_err();
    assert_eq!(refused.code(), "item_invalido");
}

#[tokio::test(flavor = "multi_thread")]
async fn led_12_an_institution_added_to_the_register_is_offered_by_a_form() {
    let folder = tempfile::tempdir().unwrap();
    let platform = platform(folder.path()).await.unwrap();
    platform.registers.sync().await.unwrap();
    let router = platform.web.router(platform.routes());
    let mut client = TestClient::new(&router);
    client.log_in(&platform.web, session(&platform).await).await;
    let begin = "/tramites/certificado-residencia/comenzar";
    let page = client.get(begin).await.expect(200);
    let page = client.submit(&page, begin, &[]).await.expect(200);
    let uso = format!("{}/3", page.path.rsplit_once('/').unwrap().0);
    let before = client.get(&uso).await.expect(200);
    assert!(before.says("Municipalidad de Ollagüe"), "{}", before.text());
    assert!(!before.says("Servicio Nacional de Prueba"));
    let unknown = [("d.uso", "salud"), ("d.destino", "PE-SER-00777")];
    assert!(client.submit(&before, &uso, &unknown).await.expect(422).says("¿Qué institución se lo pide?"));
    let new = Item::new([
        ("institucion", one("PE-SER-00777")),
        ("nombre", one("Servicio Nacional de Prueba")),
        ("sigla", one("SNP")),
        ("tipo", one("servicio")),
        ("comuna", one("13101")),
    ]);
    approved(&platform, Register::Institutions, new.unwrap()).await.unwrap();
    let body = platform.directory.institution("PE-SER-00777").unwrap();
    assert_eq!(body.name, "Servicio Nacional de Prueba");
    assert_eq!(platform.registers.sync().await.unwrap(), 0, "the directory says what the register says");
    let after = client.get(&uso).await.expect(200);
    assert!(after.says("Servicio Nacional de Prueba"));
    let next = client.submit(&after, &uso, &unknown).await.expect(200);
    assert_ne!(next.path, uso, "what the register offers is taken");
    let again = client.get(&uso).await.expect(200);
    assert!(again.text().contains("value=\"PE-SER-00777\" selected"), "{}", again.text());
}
