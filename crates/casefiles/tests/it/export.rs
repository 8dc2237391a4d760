//! An exported case, and everything that somebody could change in it afterwards.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use copihue_casefiles::*;
use copihue_core::Timestamp;
use copihue_core::json::{canonical, sha256_hex};
use copihue_signing::Signer;
use copihue_signing::verify::TrustStore;
use copihue_tlog::policy::Policy;
use copihue_web::testing::TestClient;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;

use crate::support::{World, case_of, each_engine, id, person, site};

const INDEX: &str = "indice.json";
const SEAL: &str = "sello.jws";

/// An export taken apart: its files without their folder.
#[derive(Clone)]
struct Taken(BTreeMap<String, Vec<u8>>);

impl Taken {
    fn apart(bytes: &[u8]) -> Self {
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut files = BTreeMap::new();
        for i in 0..zip.len() {
            let (mut file, mut content) = (zip.by_index(i).unwrap(), Vec::new());
            file.read_to_end(&mut content).unwrap();
            let name = file.name().unwrap().split_once('/').unwrap().1.to_owned();
            files.insert(name, content);
        }
        Self(files)
    }

    fn together(&self) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        for (name, bytes) in &self.0 {
            zip.start_file(format!("EXP/{name}"), stored).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn index(&self) -> Value {
        serde_json::from_slice(&self.0[INDEX]).unwrap()
    }

    /// With another index, as anybody can write one.
    fn with_index(&self, change: impl Fn(&mut Value)) -> Self {
        let (mut taken, mut index) = (self.clone(), self.index());
        change(&mut index);
        taken.0.insert(INDEX.to_owned(), canonical(&index).unwrap().into_bytes());
        taken
    }

    fn with(&self, name: &str, bytes: &[u8]) -> Self {
        let mut taken = self.clone();
        taken.0.insert(name.to_owned(), bytes.to_vec());
        taken
    }

    fn without(&self, name: &str) -> Self {
        let mut taken = self.clone();
        taken.0.remove(name).unwrap();
        taken
    }

    /// Sealed again as it is now.
    fn sealed_by(&self, signer: &Signer, at: Timestamp) -> Self {
        let index = self.index();
        let seal = json!({
            "tipo": "expediente_exportado", "exp": index["exp"], "cabeza": index["cabeza"],
            "entradas": index["entradas"].as_array().unwrap().len(), "exportado": index["exportado"],
            "indice": sha256_hex(&self.0[INDEX]),
        });
        self.with(SEAL, signer.sign_jws(&seal, at).unwrap().as_bytes())
    }

    /// Without its last entry, and an index that hides it.
    fn cut(&self) -> Self {
        let index = self.index();
        let entries = index["entradas"].as_array().unwrap();
        let (last, kept) = entries.split_last().unwrap();
        let skeletons: Vec<Skeleton> =
            kept.iter().map(|e| serde_json::from_value(e["entrada"].clone()).unwrap()).collect();
        let exp = index["exp"].as_str().unwrap();
        let opened = serde_json::from_value(index["creado"].clone()).unwrap();
        let head = hex::encode(replay(exp, opened, &skeletons).unwrap());
        let shorter = self.with_index(|index| {
            index["entradas"] = json!(kept);
            index["cabeza"] = json!(head);
        });
        let files = [&last["archivo"], &last["comprobante"]];
        files.iter().filter_map(|name| name.as_str()).fold(shorter, |taken, name| taken.without(name))
    }
}

fn judged(w: &World, taken: &Taken) -> ExportVerdict {
    judged_by(w, taken, &w.office.seals.trust())
}

fn judged_by(w: &World, taken: &Taken, seals: &TrustStore) -> ExportVerdict {
    let policy = Policy::parse(&w.office.log.policy()).unwrap();
    let trust = Trust { policy: &policy, seals, now: w.clock_now() };
    verify_export(Cursor::new(taken.together()), &trust)
}

fn codes(found: &[Finding]) -> Vec<&'static str> {
    found.iter().map(|f| f.code).collect()
}

/// What is found wrong, and what can't be told.
#[track_caller]
fn says(w: &World, taken: &Taken, findings: &[&str], doubts: &[&str]) {
    let verdict = judged(w, taken);
    assert_eq!(
        (codes(&verdict.findings), codes(&verdict.doubts)),
        (findings.to_vec(), doubts.to_vec()),
        "{verdict:?}"
    );
}

async fn exported(client: &mut TestClient, case: &CaseRef) -> Taken {
    let path = format!("/mi/expedientes/{}/exportar", case.iuie);
    Taken::apart(&client.get(&path).await.expect(200).body)
}

/// Two parties; a request, what only the first may see, and the certificate of filing.
async fn a_case(w: &World) -> CaseRef {
    let case = w.open(case_of(&[1, 2])).await.unwrap();
    let filed = w.file(&case, b"solicitud", |e| e.title = "Solicitud: permiso".to_owned()).await.unwrap();
    w.file(&case, b"medico", |e| {
        e.title = "Certificado médico".to_owned();
        (e.holders, e.privacy) = (vec![id(1)], Privacy::Personal);
    })
    .await
    .unwrap();
    let filing = Filing {
        received_at: w.clock_now(),
        origin: FilingOrigin::FormularioWeb,
        presenter: Some(Presenter { run: person(1).run, on_behalf_of: None }),
        documents: vec![filed],
        declaration: Declaration::NotNeeded,
    };
    w.certify(&case, filing).await.unwrap();
    w.work().await;
    case
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exp_52_an_export_is_whole_for_each_reader_and_says_who_sealed_it() {
    each_engine(async |w| {
        let case = a_case(&w).await;
        let [mut first, mut second, ..] = site(&w).await;
        let verdict = judged(&w, &exported(&mut first, &case).await);
        assert_eq!(verdict.judgement(), Judgement::Whole, "{verdict:?}");
        assert_eq!((verdict.entries, verdict.documents, verdict.hidden, verdict.receipts), (3, 3, 0, 5));
        let seal = verdict.seal.unwrap();
        assert_eq!((seal.by.as_str(), seal.at), ("Municipalidad de Puente Alto", w.clock_now()));
        let verdict = judged(&w, &exported(&mut second, &case).await);
        assert_eq!(verdict.judgement(), Judgement::Whole, "{verdict:?}");
        assert_eq!((verdict.entries, verdict.documents, verdict.hidden), (3, 2, 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exp_52_a_cut_export_is_named_and_no_other_seal_saves_it() {
    each_engine(async |w| {
        let (case, seals) = (a_case(&w).await, &w.office.seals);
        let [mut person, ..] = site(&w).await;
        let good = exported(&mut person, &case).await;
        let cut = good.cut();
        says(&w, &cut, &["entradas_cortadas"], &[]);
        assert!(judged(&w, &cut).findings[0].text.contains("3 entradas y trae 2"));
        says(&w, &cut.without(SEAL), &["sello_falta"], &[]);
        says(&w, &cut.sealed_by(&seals.forged, w.clock_now()), &[], &["sello_no_reconocido"]);
        says(&w, &cut.sealed_by(&seals.official, w.clock_now()), &[], &["sello_no_reconocido"]);
        let neighbour = cut.sealed_by(&seals.neighbour, w.clock_now());
        says(&w, &neighbour, &[], &["sello_de_otra_institucion", "sello_de_otra_institucion"]);
        // The neighbour's name in the index as well: the filing's seal still is ours.
        let renamed = cut.with_index(|index| index["institucion"] = json!("Municipalidad de La Florida"));
        says(&w, &renamed.sealed_by(&seals.neighbour, w.clock_now()), &[], &["sello_de_otra_institucion"]);
        // An earlier export's seal on a later one, and the other way round.
        w.file(&case, b"escrito", |_| {}).await.unwrap();
        let later = exported(&mut person, &case).await;
        says(&w, &later.with(SEAL, &good.0[SEAL]), &["indice_cambiado"], &[]);
        says(&w, &good.with(SEAL, &later.0[SEAL]), &["entradas_cortadas"], &[]);
        // Nobody to believe: nothing is known of the seals.
        let verdict = judged_by(&w, &good, &TrustStore::new());
        assert_eq!(verdict.judgement(), Judgement::Undecided);
        assert_eq!(codes(&verdict.doubts), ["sello_no_reconocido", "sello_no_reconocido"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exp_52_a_changed_index_is_named() {
    each_engine(async |w| {
        let case = a_case(&w).await;
        let [mut person, ..] = site(&w).await;
        let good = exported(&mut person, &case).await;
        says(&w, &good.with_index(|i| i["titulo"] = json!("Otro")), &["indice_cambiado"], &[]);
        let first = good.index()["entradas"][0]["archivo"].as_str().unwrap().to_owned();
        let hidden = good.without(&first).with_index(|index| {
            let entry = index["entradas"][0].as_object_mut().unwrap();
            for key in ["sal", "detalle", "archivo"] {
                entry.remove(key);
            }
        });
        says(&w, &hidden, &["indice_cambiado"], &[]);
        let without_filing = good.without("comprobantes/DOCU-20261121-000003.tlog-proof");
        let without_filing = without_filing.with_index(|index| index["presentaciones"] = json!([]));
        says(&w, &without_filing, &["indice_cambiado"], &[]);
        says(&w, &good.with_index(|i| i["v"] = json!(1)), &["formato"], &[]);
        // A seal that was broken, and one of something else.
        let seal = String::from_utf8(good.0[SEAL].clone()).unwrap();
        let (input, _) = seal.rsplit_once('.').unwrap();
        let broken = format!("{input}.{}", URL_SAFE_NO_PAD.encode([7; 64]));
        says(&w, &good.with(SEAL, broken.as_bytes()), &["sello_falso"], &[]);
        let certificate = good.index()["presentaciones"][0]["jws"].as_str().unwrap().to_owned();
        says(&w, &good.with(SEAL, certificate.as_bytes()), &["sello_de_otro"], &[]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exp_52_a_renamed_document_is_named() {
    each_engine(async |w| {
        let (case, seals) = (a_case(&w).await, &w.office.seals);
        let [mut person, ..] = site(&w).await;
        let good = exported(&mut person, &case).await;
        let name = "0001 - 2026-11-21 - Solicitud permiso.pdf";
        let other = "0001 - 2026-11-21 - Renuncia.pdf";
        let renamed = good.without(name).with(other, &good.0[name]);
        says(&w, &renamed, &["archivo_falta", "archivo_sobra"], &[]);
        let indexed = renamed.with_index(|index| index["entradas"][0]["archivo"] = json!(other));
        says(&w, &indexed, &["indice_cambiado", "archivo_renombrado"], &[]);
        // Not even the institution may call a document what it is not.
        says(&w, &indexed.sealed_by(&seals.ours, w.clock_now()), &["archivo_renombrado"], &[]);
        says(&w, &good.with(name, b"renuncia "), &["archivo_cambiado"], &[]);
        says(&w, &good.with("otro.pdf", b"x"), &["archivo_sobra"], &[]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exp_06_a_swapped_filing_certificate_is_named_whoever_sealed_it() {
    each_engine(async |w| {
        let (case, seals) = (a_case(&w).await, &w.office.seals);
        let [mut person, ..] = site(&w).await;
        let good = exported(&mut person, &case).await;
        let sealed = |taken: Taken| taken.sealed_by(&seals.ours, w.clock_now());
        let certificate = good.index()["presentaciones"][0]["certificado"].clone();
        let later = json!("2026-11-30T12:00:00.000Z");
        let mut another = certificate.clone();
        another["efectivo"] = later.clone();
        let edited = good.with_index(|i| i["presentaciones"][0]["certificado"] = another.clone());
        says(&w, &edited, &["indice_cambiado", "certificado_cambiado"], &[]);
        says(&w, &sealed(edited.clone()), &["certificado_cambiado"], &[]);
        // The institution seals another certificate, and the export with it: the log has the first one.
        let jws = seals.ours.sign_jws(&another, w.clock_now()).unwrap();
        let swapped = edited.with_index(|i| i["presentaciones"][0]["jws"] = json!(jws));
        says(&w, &sealed(swapped), &["certificado_cambiado"], &[]);
        // The same words sealed a second time are another certificate too.
        let again = seals.ours.sign_jws(&certificate, w.clock_now().plus_seconds(1)).unwrap();
        let again = good.with_index(|i| i["presentaciones"][0]["jws"] = json!(again));
        says(&w, &sealed(again), &["certificado_cambiado"], &[]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exp_52_officials_export_what_they_may_read_and_take_receipts_of_their_own_cases() {
    each_engine(async |w| {
        let case = a_case(&w).await;
        let [person, _, mut official, mut auditor, mut other] = site(&w).await;
        drop(person);
        let desk = format!("/gestion/casos/{}", case.iuie);
        let policy = Policy::parse(&w.office.log.policy()).unwrap();
        for (n, kind) in [(0, "casefile.opened"), (3, "casefile.entry")] {
            let reply = official.get(&format!("{desk}/comprobantes/{n}")).await.expect(200);
            let name = format!("attachment; filename=\"{}-{n:04}.tlog-proof\"", case.iuie);
            assert_eq!(reply.header("content-disposition"), Some(name.as_str()));
            let proved = copihue_tlog::verify_proof(&reply.text(), &policy).unwrap();
            assert_eq!(proved.kind.as_deref(), Some(kind));
        }
        let taken = Taken::apart(&official.get(&format!("{desk}/exportar")).await.expect(200).body);
        let verdict = judged(&w, &taken);
        assert_eq!((verdict.judgement(), verdict.documents, verdict.hidden), (Judgement::Whole, 3, 0));
        // Whoever oversees reads no document without a reason, and so exports none.
        let taken = Taken::apart(&auditor.get(&format!("{desk}/exportar")).await.expect(200).body);
        let verdict = judged(&w, &taken);
        assert_eq!(
            (verdict.judgement(), verdict.documents, verdict.without_document),
            (Judgement::Whole, 0, 3)
        );
        for path in ["comprobantes/0", "comprobantes/4", "comprobantes/x", "exportar", "documentos/1"] {
            let path = format!("{desk}/{path}");
            assert_eq!(other.get_raw(&path).await.status.as_u16(), 404, "{path}");
        }
        for path in ["comprobantes/4", "comprobantes/-1", "comprobantes/x"] {
            assert_eq!(official.get_raw(&format!("{desk}/{path}")).await.status.as_u16(), 404, "{path}");
        }
        let register = w.register(&case).await;
        let exports = |outcome: &str| {
            register
                .iter()
                .filter(|l| l.action == "exportar" && l.outcome == outcome && l.official.is_some())
                .count()
        };
        assert_eq!(exports("permitido"), 2);
        assert_eq!(register.iter().filter(|l| l.outcome == "denegado").count(), 4);
    })
    .await;
}

/// A service that did something else in the case.
struct Elsewhere(&'static str);

impl CaseActs for Elsewhere {
    fn acts<'a>(&'a self, case: &'a CaseRef) -> BoxFuture<'a, copihue_core::Result<Vec<OtherAct>>> {
        let record = format!("{}/{}", self.0, case.exp());
        Box::pin(async move {
            Ok(vec![OtherAct { ledger: "casefile", record, title: "Se abrió".to_owned(), at: None }])
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn led_03_an_export_brings_the_receipts_of_all_acts_in_the_case() {
    each_engine(async |w| {
        let case = a_case(&w).await;
        let of = case.clone();
        w.change(move |c, tx| c.set_state(tx, &of, CaseState::InProgress, &Author::System("copihue")))
            .await
            .unwrap();
        w.casefiles.add_acts(std::sync::Arc::new(Elsewhere("casefile.opened")));
        let [mut person, ..] = site(&w).await;
        let good = exported(&mut person, &case).await;
        assert_eq!(good.index()["actos"][0]["hecho"], "casefile.state");
        let verdict = judged(&w, &good);
        assert_eq!((verdict.judgement(), verdict.receipts), (Judgement::Whole, 7), "{verdict:?}");
        // One receipt in the place of another, and an act that no checkpoint covers yet.
        let (one, two) = ("comprobantes/acto-001.tlog-proof", "comprobantes/acto-002.tlog-proof");
        let swapped = good.with(one, &good.0[two]);
        says(&w, &swapped, &["comprobante_de_otro"], &[]);
        w.casefiles.add_acts(std::sync::Arc::new(Elsewhere("procedure.act")));
        says(&w, &exported(&mut person, &case).await, &[], &["sin_comprobante"]);
    })
    .await;
}
