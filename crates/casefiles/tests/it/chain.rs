use copihue_casefiles::{EntryClass, Skeleton, commitment, genesis, replay};
use copihue_core::Timestamp;
use serde_json::{Value, json};

const EXP: &str = "PE-MUN-00001/EXP-20261121-000001";

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn skeleton(n: i64, class: EntryClass, id: &str, c: &str, rec: &str, inc: &str) -> Skeleton {
    Skeleton {
        c: c.to_owned(),
        clase: class,
        exp: EXP.to_owned(),
        id: id.to_owned(),
        inc: at(inc),
        n,
        rec: at(rec),
    }
}

fn salt(from: u8) -> [u8; 16] {
    std::array::from_fn(|i| from + i as u8)
}

fn details() -> [(u8, Value, &'static str); 3] {
    [
        (
            0x00,
            json!({"bytes": 52594, "formato": "application/pdf", "paginas": 3, "tipo": 40,
                "sha256": "55fdaa703abc8eb334efce6c5aac5e9cd8a03a82a00fe96131866b5b84977fd7",
                "titulo": "Solicitud de permiso de circulación"}),
            "1d54e2c207cb735b66d59e7e8a6dbb9566dc6ac86d3d3b04302b6173fc0a41a4",
        ),
        (
            0x10,
            json!({"bytes": 11, "formato": "text/plain", "paginas": 1, "tipo": 8,
                "sha256": "41d85e0b52944ee2917adfd73a2b7ce3d3c8368533a75e54db881fac6c9ad176",
                "titulo": "Certificado de presentación"}),
            "d079c3012bb8bc9049fe452cae99801578b87338cfef0e1fbedc5c45632003e5",
        ),
        (
            0x20,
            json!({"cabeza": "0".repeat(64), "titulo": "Expediente acumulado",
                "uri": "https://ejemplo.cl/exp/PE-MUN-00001/EXP-20260901-000007"}),
            "dc4f73a8230b637b7cb0d44a1b8d3e923e6c555cc467c208f2cb9c8e702fca0c",
        ),
    ]
}

fn entries() -> Vec<Skeleton> {
    let [(_, _, c1), (_, _, c2), (_, _, c3)] = details();
    let (rec, inc) = ("2026-11-21T20:15:07.123Z", "2026-11-21T20:15:07.456Z");
    let (second, third) = ("2026-11-21T20:15:08.000Z", "2026-11-22T13:00:00.000Z");
    let nested = "PE-MUN-00001/EXP-20260901-000007";
    vec![
        skeleton(1, EntryClass::Documento, "DOCU-20261121-000001", c1, rec, inc),
        skeleton(2, EntryClass::Documento, "DOCU-20261121-000002", c2, second, second),
        skeleton(3, EntryClass::Expediente, nested, c3, third, third),
    ]
}

#[test]
fn exp_51_the_chain_has_the_golden_values() {
    let created = at("2026-11-21T20:15:00.000Z");
    let h0 = genesis(EXP, created).unwrap();
    assert_eq!(hex::encode(h0), "a7c9d91e591127f1ea270250a896f33324f4dc0406118aac4ef95b684e64afd3");
    for (from, detail, c) in details() {
        assert_eq!(hex::encode(commitment(&salt(from), &detail).unwrap()), c);
    }
    let heads = [
        "b079639ea91bc76c3b76b7e12863a3165fd857b6726c9cec7a07c65ec0b85d0f",
        "21d7a79f3d535834e35d4eeb01296494174cbd24825066d2928054155de0d6ed",
        "a85e4984dd1ca5b45bd2fda54f0b003d56234dbcc932158a1d19b0d303f0d788",
    ];
    let mut head = h0;
    for (entry, expected) in entries().iter().zip(heads) {
        head = entry.link(&head).unwrap();
        assert_eq!(hex::encode(head), expected);
    }
    assert_eq!(replay(EXP, created, &entries()).unwrap(), head);
}

#[test]
fn exp_51_an_entry_that_is_changed_removed_or_moved_gives_another_head() {
    let created = at("2026-11-21T20:15:00.000Z");
    let head = replay(EXP, created, &entries()).unwrap();
    let mut changed = entries();
    changed[1].rec = changed[1].rec.plus_millis(1);
    assert_ne!(replay(EXP, created, &changed).unwrap(), head);
    let mut cut = entries();
    cut.pop();
    assert_ne!(replay(EXP, created, &cut).unwrap(), head);
    let mut gap = entries();
    gap.remove(0);
    assert_eq!(replay(EXP, created, &gap).unwrap_err().code(), "cadena_rota");
}
