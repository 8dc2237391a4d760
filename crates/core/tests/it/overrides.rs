//! The override table: what it accepts, what it refuses, and what wins.

use copihue_core::calendar::{
    Calendar, CalendarError, Op, Override, Policy, Scope, When, overrides_from_toml,
};

use crate::{commune, day};

fn row(fecha: &str, op: &str, clase: &str, more: &str) -> String {
    format!(
        "[[override]]\nfecha = \"{fecha}\"\nop = \"{op}\"\nnombre = \"Prueba {fecha} {op}\"\nclase = \"{clase}\"\nley = \"Ley de prueba\"\n{more}\n"
    )
}

fn calendar(toml: &str) -> Result<Calendar, CalendarError> {
    Calendar::new("prueba", Policy::default(), overrides_from_toml(toml)?)
}

fn works(calendar: &Calendar, date: &str, scope: Scope) -> bool {
    calendar.is_business_day(day(date), scope).expect("a day of the calendar")
}

#[test]
fn hol_01_add_remove_and_move() {
    let table = row("2027-03-02", "add", "unico", "")
        + &row("2027-05-21", "remove", "unico", "")
        + &row("2027-07-16", "move", "unico", "nueva_fecha = 2027-07-19");
    let calendar =
        calendar(&table.replace("nueva_fecha = 2027-07-19", "nueva_fecha = \"2027-07-19\"")).unwrap();
    assert!(!works(&calendar, "2027-03-02", Scope::NATIONAL));
    assert!(works(&calendar, "2027-05-21", Scope::NATIONAL));
    assert!(works(&calendar, "2027-07-16", Scope::NATIONAL));
    assert!(!works(&calendar, "2027-07-19", Scope::NATIONAL));
}

#[test]
fn hol_01_remove_wins_over_add_and_add_over_the_rules() {
    let yearly = row("03-02", "add", "unico", "desde = 2026\nhasta = 2028");
    let calendar = calendar(&(yearly + &row("2027-03-02", "remove", "unico", ""))).unwrap();
    let busy: Vec<bool> = ["2026-03-02", "2027-03-02", "2028-03-02", "2029-03-02"]
        .map(|d| works(&calendar, d, Scope::NATIONAL))
        .to_vec();
    assert_eq!(busy, [false, true, false, true]);
}

#[test]
fn hol_03_a_place_can_work_on_a_national_holiday() {
    let calendar = calendar(&row("2027-05-21", "remove", "comunal", "comunas = [\"12101\"]")).unwrap();
    let arenas = commune("12101");
    assert!(works(&calendar, "2027-05-21", arenas));
    assert!(!works(&calendar, "2027-05-21", Scope::NATIONAL));
    assert_eq!(calendar.add_business_days(day("2027-05-20"), 1, arenas).unwrap(), day("2027-05-21"));
    assert_eq!(calendar.add_business_days(day("2027-05-20"), 2, arenas).unwrap(), day("2027-05-24"));
    assert_eq!(calendar.business_days_between(day("2027-05-20"), day("2027-05-24"), arenas).unwrap(), 2);
}

#[test]
fn hol_04_an_election_on_a_weekday_is_a_holiday_and_a_bank_holiday_is_not() {
    let table = row("2027-03-02", "add", "eleccion", "") + &row("2027-03-03", "add", "bancario", "");
    let calendar = calendar(&table).unwrap();
    assert!(!works(&calendar, "2027-03-02", Scope::NATIONAL));
    assert!(works(&calendar, "2027-03-03", Scope::NATIONAL));
}

#[test]
fn hol_01_overrides_that_clash_are_refused() {
    let clash = |a: String, b: String| calendar(&(a + &b)).unwrap_err().code();
    let add = |clase: &str, more: &str| row("2027-03-02", "add", clase, more);
    assert_eq!(clash(add("unico", ""), add("eleccion", "")), "feriado_en_conflicto");
    assert_eq!(clash(add("unico", ""), row("2027-03-02", "remove", "unico", "")), "feriado_en_conflicto");
    let arica = add("regional", "regiones = [\"15\"]");
    assert_eq!(clash(arica.clone(), add("comunal", "comunas = [\"15101\"]")), "feriado_en_conflicto");
    assert!(calendar(&(arica + &add("comunal", "comunas = [\"13101\"]"))).is_ok());
    let moved = row("2027-07-16", "move", "unico", "nueva_fecha = \"2027-03-02\"");
    assert_eq!(clash(moved, add("unico", "")), "feriado_en_conflicto");
    let yearly = |from, to| row("03-02", "add", "unico", &format!("desde = {from}\nhasta = {to}"));
    assert_eq!(clash(yearly(2026, 2028), yearly(2028, 2030)), "feriado_en_conflicto");
    assert!(calendar(&(yearly(2026, 2027) + &yearly(2028, 2030))).is_ok());
}

#[test]
fn hol_01_malformed_overrides_are_refused_and_never_panic() {
    for wrong in [
        row("2027-02-30", "add", "unico", ""),
        row("27-2-1", "add", "unico", ""),
        row("2027-2-1", "add", "unico", ""),
        row("2100-01-01", "add", "unico", ""),
        row("13-01", "add", "unico", ""),
        row("2027-01-04", "add", "unico", "desde = 2026"),
        row("06-07", "add", "unico", "desde = 2030\nhasta = 2029"),
        row("06-07", "add", "unico", "desde = 1800"),
        row("06-07", "move", "unico", "nueva_fecha = \"2027-06-08\""),
        row("2027-06-07", "move", "unico", ""),
        row("2027-06-07", "move", "unico", "nueva_fecha = \"2028-06-07\""),
        row("2027-06-07", "add", "unico", "nueva_fecha = \"2027-06-08\""),
        row("2027-06-07", "add", "regional", ""),
        row("2027-06-07", "add", "regional", "regiones = [\"17\"]"),
        row("2027-06-07", "add", "comunal", "comunas = [\"99999\"]"),
        row("2027-06-07", "borra", "unico", ""),
        row("2027-06-07", "add", "fiesta", ""),
        row("2027-06-07", "add", "unico", "otra = 1"),
        "[[override]]".to_owned(),
        "no es toml".to_owned(),
    ] {
        assert_eq!(overrides_from_toml(&wrong).unwrap_err().code(), "feriado_invalido", "{wrong}");
    }
}

#[test]
fn hol_02_an_override_writes_itself_as_it_was_read() {
    let table = overrides_from_toml(Calendar::shipped_overrides()).unwrap();
    let json = serde_json::to_string(&table).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Override>>(&json).unwrap(), table);
    let census = table.iter().find(|o| o.when == When::On(day("2017-04-19"))).unwrap();
    assert_eq!((census.op, census.law.as_str()), (Op::Add, "Ley 17.374"));
}
