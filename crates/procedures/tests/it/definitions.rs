//! The two sample definitions: parsed, hashed, sound, and their recorded tests.

use copihue_core::Timestamp;
use copihue_procedures::model::check::{self, Level};
use copihue_procedures::model::definition::{Answer, Definition, parse};
use copihue_procedures::model::expr::Expressions;
use copihue_procedures::model::machine::{Ask, Blocked, Facts, Machine, Procedure, testing};
use serde_json::{Value, json};

pub(crate) const PERMIT: &str = include_str!("../../../copihue/demo/procedures/permiso-circulacion.json");
pub(crate) const CERTIFICATE: &str =
    include_str!("../../../copihue/demo/procedures/certificado-residencia.json");

pub(crate) fn definition(text: &str) -> Definition {
    parse(text.as_bytes()).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn prc_03_both_definitions_are_sound() {
    for text in [PERMIT, CERTIFICATE] {
        let d = definition(text);
        let errors: Vec<_> = check::check(&d).into_iter().filter(|f| f.level == Level::Error).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", d.id);
    }
}

#[test]
fn prc_03_every_recorded_test_passes() {
    for text in [PERMIT, CERTIFICATE] {
        let procedure = Procedure::new(definition(text)).unwrap();
        let failures = testing::failures(&procedure);
        assert!(failures.is_empty(), "{failures:#?}");
        assert!(!procedure.definition.tests.is_empty());
    }
}

/// The golden table of the specification: UTM 67,429 of January 2025, through the decision tables alone.
#[test]
fn the_tax_of_the_golden_table() {
    let golden = [
        (0, 33_715),
        (1_000_000, 33_715),
        (3_371_450, 33_715),
        (3_371_500, 33_715),
        (4_045_740, 40_457),
        (8_091_480, 121_372),
        (10_000_000, 178_628),
        (16_857_250, 384_345),
        (26_971_600, 788_919),
        (56_600_000, 2_122_197),
    ];
    let mut d = definition(PERMIT);
    let template = d.tests.iter().find(|t| t.name.starts_with("T1 ")).unwrap().clone();
    d.tests.clear();
    for (valuation, tax) in golden {
        let mut test: Value = serde_json::to_value(&template).unwrap();
        test["name"] = json!(format!("{valuation} pays {tax}"));
        test["replies"]["tasacion"]["data"]["tasacion"] = json!(valuation);
        test["steps"] = json!([test["steps"][0]]);
        test["expect"] = json!([{"data": {"at": "/calculo/impuesto", "equals": tax}}]);
        d.tests.push(serde_json::from_value(test).unwrap());
    }
    let procedure = Procedure::new(d).unwrap();
    assert_eq!(testing::failures(&procedure), Vec::new());
}

#[test]
fn prc_01_the_hash_is_of_the_content_and_the_flow_hash_survives_a_change_of_text() {
    let d = definition(PERMIT);
    let mut other = d.clone();
    other.version = 9;
    other.hash = None;
    let again = parse(serde_json::to_string(&other).unwrap().as_bytes()).unwrap();
    assert_eq!(d.hash, again.hash);
    other.title = "Otro nombre".into();
    let renamed = parse(serde_json::to_string(&other).unwrap().as_bytes()).unwrap();
    assert_ne!(d.hash, renamed.hash);
    assert_eq!(d.hash_flow, renamed.hash_flow);
    other.hash = Some("sha256:00".to_owned());
    let error = parse(serde_json::to_string(&other).unwrap().as_bytes()).unwrap_err();
    assert_eq!(error.pointer, "/hash");
}

#[test]
fn prc_02_bad_definitions_are_refused_with_the_place() {
    let refuse = |text: &str| parse(text.as_bytes()).unwrap_err();
    assert!(refuse(r#"{"schema":1,"schema":2}"#).reason.contains("repeated"));
    assert!(refuse(&"[".repeat(5000)).reason.contains("nested"));
    assert!(refuse("{\"a\":\"\\ud800\"}").reason.len() > 1);
    assert!(refuse("{\"a\":\"\\u0000\"}").reason.contains("NUL"));
    assert!(refuse(&" ".repeat(3 * 1024 * 1024)).reason.contains("larger"));
    let mut d: Value = serde_json::from_str(PERMIT).unwrap();
    d["sorpresa"] = json!(1);
    assert!(refuse(&d.to_string()).reason.contains("sorpresa"));
    let mut d: Value = serde_json::from_str(PERMIT).unwrap();
    d["flow"]["nodes"]["inicio"]["kind"] = json!("magic");
    assert_eq!(refuse(&d.to_string()).pointer, "/flow/nodes/inicio/kind");
}

#[test]
fn json_integers_enter_rules_as_int() {
    let mut e = Expressions::default();
    let rules =
        ["d.x + 1 == 36", "d.x * 2 == 70", "-d.x == -35", "num.round_half_up(33714 * 2 + 1, 2) == 33715"];
    let mut roots = copihue_procedures::model::expr::Roots::default();
    roots.set("d", &json!({"x": 35}));
    for rule in rules {
        let rule = rule.into();
        e.add(&rule).unwrap();
        assert_eq!(e.truth(&rule, &roots), Ok(true), "{rule:?}");
    }
}

#[test]
fn prc_01_the_published_schema_accepts_both_definitions_and_refuses_others() {
    let schema: Value = serde_json::from_str(include_str!("../../schema/procedure-1.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for text in [PERMIT, CERTIFICATE] {
        let value: Value = serde_json::from_str(text).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
    let mut value: Value = serde_json::from_str(PERMIT).unwrap();
    value["flow"]["edges"][0]["kind"] = json!("magic");
    assert!(!validator.is_valid(&value));
}

/// A holder that the case can't do without: after a day nobody is asked any more, until the person wants it.
#[test]
fn prc_09_a_silent_holder_that_blocks_is_given_up_after_a_day_and_asked_anew_at_will() {
    let mut json: Value = serde_json::from_str(PERMIT).unwrap();
    json["queries"]["padron"]["on_error"] = json!("block");
    let procedure = Procedure::new(definition(&json.to_string())).unwrap();
    let now = Timestamp::parse("2026-03-10T15:00:00Z").unwrap();
    let facts = Facts { opened: now, now, today: "2026-03-10".parse().unwrap(), ..Facts::default() };
    let mut machine = Machine::open(&procedure, facts).unwrap();
    machine.state.data.insert("patente".to_owned(), json!("BBCD12"));
    let token = machine.state.flow.tokens[0].id;
    machine.complete_task(token, "").unwrap();
    let silent = |asks: &[Ask]| {
        let answer =
            Answer { status: "error".to_owned(), at: String::new(), source: String::new(), data: None };
        asks.iter().map(|ask| (ask.query.clone(), answer.clone())).collect()
    };
    let mut asked = 0;
    while let Blocked::Queries { token, asks } = machine.advance().unwrap() {
        asked += 1;
        machine.answers(token, silent(&asks)).unwrap();
        machine.facts.now = machine.facts.now.plus_seconds(3_600);
    }
    assert_eq!(asked, 25, "the first time, and each hour of a day");
    let (token, service) = machine.state.services.iter().next().map(|(t, s)| (*t, s.clone())).unwrap();
    assert!(service.given_up && !service.is_due(machine.facts.now.plus_seconds(90 * 86_400)));
    machine.go_on_without(token).unwrap();
    assert!(matches!(machine.advance().unwrap(), Blocked::Queries { .. }));
}
