use copihue_registers::Register;
use copihue_tlog::merkle::{leaf_hash, verify_consistency, verify_inclusion};

use crate::copies::client;
use crate::support::{each_engine, institution};

fn hash(text: &serde_json::Value) -> [u8; 32] {
    let digits = text.as_str().unwrap().strip_prefix("sha-256:").unwrap();
    hex::decode(digits).unwrap().try_into().unwrap()
}

fn hashes(list: &serde_json::Value) -> Vec<[u8; 32]> {
    list.as_array().unwrap().iter().map(hash).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn led_12_records_and_entries_come_as_csv_and_json_in_pages() {
    each_engine(async |w| {
        let mut client = client(w);
        let csv = client.get("/registers/communes/records.csv?page-size=5000").await.expect(200);
        assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
        let text = csv.text();
        let mut lines = text.lines();
        assert_eq!(
            lines.next(),
            Some("index-entry-number,entry-number,entry-timestamp,key,comuna,nombre,provincia,region,fin")
        );
        assert_eq!(lines.next(), Some("1,1,2026-12-07T12:00:00.000Z,01101,01101,Iquique,011,01,"));
        assert_eq!(text.lines().count(), 347);
        let page = client.get("/registers/communes/records?page-index=4&page-size=100").await.expect(200);
        assert_eq!(page.json().as_object().unwrap().len(), 46);
        assert_eq!(page.header("link"), Some("<?page-index=3&page-size=100>; rel=\"previous\""));
        let entries = client.get("/registers/communes/entries?start=3&limit=2").await.expect(200);
        let json = entries.json();
        assert_eq!(json[0]["entry-number"], "3");
        assert_eq!(json[1]["index-entry-number"], "4");
        assert_eq!(json[0]["decided-by"], "plataforma");
        assert_eq!(entries.headers.get_all("link").iter().count(), 2);
        let tsv = client.get("/registers/regions/records.tsv").await.expect(200).text();
        assert_eq!(tsv.lines().count(), 17);
        let mut wants = copihue_web::testing::TestClient::clone(&client).header("accept", "text/csv");
        let negotiated = wants.get("/registers/regions/records").await.expect(200);
        assert!(negotiated.text().starts_with("index-entry-number,"));
        for (path, status) in [
            ("records?page-size=5001", 400),
            ("records?page-size=0", 400),
            ("records?page-index=0", 400),
            ("records?page-index=5", 404),
            ("entries?start=0", 422),
            ("entries/347", 404),
            ("records/99999", 404),
            ("nada", 404),
        ] {
            let _ = client.get(&format!("/registers/communes/{path}")).await.expect(status);
        }
        let big = client.get("/registers/communes/records?page-size=5001").await.text();
        assert_eq!(big, "page-size too big, maximum page size can be 5000.");
        let _ = client.get("/registers/otro/records").await.expect(404);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn led_12_records_are_found_by_the_value_of_a_field() {
    each_engine(async |w| {
        let mut client = client(w);
        let all = client.get("/registers/communes/records?page-size=5000").await.expect(200).json();
        let with = |province: &str| {
            let records = all.as_object().unwrap().values();
            records.filter(|record| record["item"][0]["provincia"] == province).count()
        };
        let found = client.get("/registers/communes/records/provincia/132").await.expect(200).json();
        let found = found.as_object().unwrap();
        assert!(found.contains_key("13201") && found.len() == with("132") && found.len() > 1);
        let csv = client.get("/registers/communes/records/provincia/132.csv").await.expect(200);
        assert_eq!(csv.text().lines().count(), found.len() + 1);
        let page = client.get("/registers/communes/records/provincia/132?page-size=2").await.expect(200);
        assert_eq!(page.json().as_object().unwrap().len(), 2);
        assert!(page.header("link").unwrap().contains("page-index=2"));
        let none = client.get("/registers/communes/records/provincia/999").await.expect(200);
        assert_eq!(none.json(), serde_json::json!({}));
        for wrong in ["nada/132", "provincia/132?page-index=9"] {
            client.get(&format!("/registers/communes/records/{wrong}")).await.expect(404);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn led_12_a_record_its_history_and_its_item_have_addresses_that_caches_keep() {
    each_engine(async |w| {
        let code = "PE-MUN-00301";
        w.world.say(Register::Institutions, [institution(code, "Ilustre Municipalidad de Puente Alto")]);
        w.settle().await;
        let mut client = client(w);
        let record = client.get(&format!("/registers/institutions/records/{code}")).await.expect(200);
        let json = record.json();
        assert_eq!(json[code]["item"][0]["nombre"], "Ilustre Municipalidad de Puente Alto");
        assert!(record.header("link").unwrap().contains("rel=\"version-history\""));
        let tag = record.header("etag").unwrap().to_owned();
        let mut again = client.clone().header("if-none-match", &tag);
        let reply = again.get(&format!("/registers/institutions/records/{code}")).await;
        assert_eq!((reply.status.as_u16(), reply.body.len()), (304, 0));
        let history =
            client.get(&format!("/registers/institutions/records/{code}/entries")).await.expect(200);
        assert_eq!(history.json().as_array().unwrap().len(), 2);
        let address = json[code]["item-hash"][0].as_str().unwrap().to_owned();
        let item = client.get(&format!("/registers/institutions/items/{address}")).await.expect(200);
        assert!(item.header("cache-control").unwrap().contains("immutable"));
        let digits = address.strip_prefix("sha-256:").unwrap();
        assert_eq!(copihue_core::json::sha256_hex(item.text().as_bytes()), digits);
        let blob = client.get(&format!("/registers/institutions/next/blobs/1220{digits}")).await.expect(200);
        assert_eq!(blob.text(), item.text());
        // An item of this register is none of another one.
        let _ = client.get(&format!("/registers/communes/items/{address}")).await.expect(404);
        let about = client.get("/registers/institutions/register").await.expect(200).json();
        assert_eq!((about["total-entries"].as_u64(), about["total-records"].as_u64()), (Some(2), Some(1)));
        assert_eq!(about["custodian"], "PE-SER-00001");
        let all = client.get("/registers").await.expect(200).json();
        assert_eq!(all.as_object().unwrap().len(), 6);
        assert_eq!(all["communes"]["total-records"], 346);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn led_12_proofs_hold_against_the_root_and_against_nothing_else() {
    each_engine(async |w| {
        let mut client = client(w);
        let root = client.get("/registers/communes/proof/register/merkle:sha-256").await.expect(200).json();
        assert_eq!(root["total-entries"], 346);
        let whole = hash(&root["root-hash"]);
        let current = w.registers.entries(Register::Communes, 200, 200).await.unwrap().remove(0);
        let leaf = copihue_registers::model::entry::leaf(&current.entry, &current.item).unwrap();
        let path =
            client.get("/registers/communes/proof/entry/200/346/merkle:sha-256").await.expect(200).json();
        let path = hashes(&path["merkle-audit-path"]);
        let good = leaf_hash(leaf.as_bytes());
        assert!(verify_inclusion(&good, 199, 346, &path, &whole));
        assert!(!verify_inclusion(&good, 198, 346, &path, &whole), "another place");
        let forged = leaf_hash(leaf.replace("plataforma", "plataformb").as_bytes());
        assert!(!verify_inclusion(&forged, 199, 346, &path, &whole), "another entry");
        let other = client.get("/registers/provinces/proof/register/merkle:sha-256").await.expect(200).json();
        assert!(!verify_inclusion(&good, 199, 346, &path, &hash(&other["root-hash"])), "another register");
        let nodes =
            client.get("/registers/communes/proof/consistency/100/346/merkle:sha-256").await.expect(200);
        let before = w.registers.root(Register::Communes, 100).await.unwrap().unwrap();
        let nodes = hashes(&nodes.json()["merkle-consistency-nodes"]);
        assert!(verify_consistency(100, &before, 346, &whole, &nodes));
        for missing in ["entry/0/346", "entry/347/347", "entry/5/4", "consistency/1/347"] {
            let at = format!("/registers/communes/proof/{missing}/merkle:sha-256");
            let _ = client.get(&at).await.expect(404);
        }
    })
    .await;
}
