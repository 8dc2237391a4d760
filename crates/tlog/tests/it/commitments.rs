//! Salted commitments: the golden record.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use copihue_tlog::commitment::{Disclosure, SaltKey, commit_field, commit_record, entry};
use copihue_tlog::merkle::leaf_hash;
use serde_json::json;

use crate::vectors::{ENTRY, seed};

const RECORD_ID: &str = "PE-MUN-00345.01KWCX7JTTD3DY2NAGDJJ7M80H/1";

/// The golden record: salts and commitments by field, and what a proof of it discloses.
pub(crate) fn golden(shown: &[&str]) -> Disclosure {
    let (run, officer, record) =
        (SaltKey::new(&seed(0xa0)), SaltKey::new(&seed(0xe0)), SaltKey::new(&seed(0xc0)));
    let fields = [
        ("tx", json!("PE-MUN-00345.01KWCX7JTTD3DY2NAGDJJ7M80H"), &record),
        ("stage", json!(1), &record),
        ("ts", json!("2026-12-01T12:00:00.123Z"), &record),
        ("consumer", json!("PE-MUN-00345"), &record),
        ("provider", json!("PE-SER-00123"), &record),
        ("service", json!("PE-SER-00123-S0007@1.2.0"), &record),
        ("procedure", json!("PA-UNI00002-00001"), &record),
        ("run", json!("11111111-1"), &run),
        ("officer", json!("22222222-2"), &officer),
    ];
    let mut commitments = BTreeMap::new();
    for (name, value, key) in &fields {
        commitments
            .insert((*name).to_owned(), commit_field(&key.salt(RECORD_ID, name), name, value).unwrap());
    }
    let mut disclosure = Disclosure::new("trace", &commitments);
    for (name, value, key) in fields {
        if shown.contains(&name) {
            disclosure.show(name, &key.salt(RECORD_ID, name), value);
        }
    }
    disclosure
}

#[test]
fn led_05_golden_record_gives_its_entry_and_leaf() {
    let b64 = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let run = SaltKey::new(&seed(0xa0)).salt(RECORD_ID, "run");
    assert_eq!(b64(&run), "C3tU3sO4StKjGA6ramfja13CtMBXRA3r1AdcBwu59uY");
    assert_eq!(
        b64(&commit_field(&run, "run", &json!("11111111-1")).unwrap()),
        "eACX9iV_QdFEAyEnSGEZEpLZ3dUrAcwUzPZatJA9wvw"
    );
    let stage = SaltKey::new(&seed(0xc0)).salt(RECORD_ID, "stage");
    assert_eq!(b64(&stage), "jShC4a0lSBazJ3iuywTQeKK64Kl0Pv7TgGKPJs9k0xA");
    assert_eq!(
        b64(&commit_field(&stage, "stage", &json!(1)).unwrap()),
        "dgGZldvy5SoAtbCijI7TU9BNXvhqleYuiL6fhc9_860"
    );
    let officer = SaltKey::new(&seed(0xe0)).salt(RECORD_ID, "officer");
    assert_eq!(
        b64(&commit_field(&officer, "officer", &json!("22222222-2")).unwrap()),
        "LwkS0BYsB8cq6zQu3qcmqI4KzCNBLfIFBA0FrPkFBnE"
    );
    assert_eq!(golden(&[]).entry().unwrap(), ENTRY);
    assert_eq!(golden(&["run", "stage"]).entry().unwrap(), ENTRY);
    assert_eq!(ENTRY.len(), 69);
    assert_eq!(
        hex::encode(leaf_hash(ENTRY.as_bytes())),
        "54fddc11e781a0ae6c4717fc4669e85fe566bc360e1cea258b93ccf9ec79e37c"
    );
}

#[test]
fn led_05_a_field_shown_with_another_value_gives_no_entry() {
    let extra = golden(&["run"]).to_extra().unwrap();
    let parsed = Disclosure::parse(extra.as_bytes()).unwrap();
    assert_eq!(parsed.entry().unwrap(), ENTRY);
    let forged = Disclosure::parse(extra.replace("11111111-1", "11111112-K").as_bytes()).unwrap();
    assert_eq!(forged.entry(), None);
    for bad in ["{}", "[", r#"{"v":2,"k":"x","fields":{},"open":{}}"#, &"[".repeat(100_000)] {
        assert!(Disclosure::parse(bad.as_bytes()).is_none());
    }
}

#[test]
fn led_05_short_ways_to_canonical_form_agree_with_rfc_8785() {
    let salt = [5; 32];
    for value in
        [json!("ñ \"\\\u{1}\n\u{7f}é\u{2028}/"), json!(-5), json!(true), json!(9_007_199_254_740_991_i64)]
    {
        let plain = commit_field(&salt, "x", &value).unwrap();
        let canonical = copihue_core::json::canonical(&value).unwrap();
        let text = format!("copihue/field/v1\nx\n{canonical}");
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &salt);
        assert_eq!(aws_lc_rs::hmac::sign(&key, text.as_bytes()).as_ref(), plain, "{value}");
    }
}

#[test]
fn led_05_equal_values_have_unlike_commitments() {
    let key = SaltKey::new(&seed(1));
    let c = |record: &str, field: &str| {
        commit_field(&key.salt(record, field), field, &json!("11111111-1")).unwrap()
    };
    assert_ne!(c("a", "run"), c("b", "run"));
    assert_ne!(c("a", "run"), c("a", "run2"));
    let both = BTreeMap::from([("a".to_owned(), c("a", "run"))]);
    assert_ne!(
        entry("x", &commit_record(&both).unwrap()).unwrap(),
        entry("y", &commit_record(&both).unwrap()).unwrap()
    );
}
