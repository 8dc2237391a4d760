//! Many files under one seal: one that can't be signed keeps no other from it, and what was signed is on record.

use copihue_core::Timestamp;
use copihue_db::testing::engines;
use copihue_signing::Level;

use super::{chain, options, ours, settings, state};
use crate::service::CITY;
use crate::support::{classic_pdf, stream_pdf};

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_a_file_that_firmagob_can_not_sign_takes_no_other_off_the_record() {
    for test in engines() {
        let (contract, url) = state().await;
        let signing = ours(&test, &contract.clock, settings(&url, chain(&contract))).await;
        let files = vec![classic_pdf(), b"MZ".to_vec(), stream_pdf()];
        let sealed = signing.seal_pdfs(CITY, files, &options(Level::B)).await.unwrap();
        let came: Vec<Result<(), &str>> =
            sealed.files.iter().map(|f| f.as_ref().map(drop).map_err(copihue_core::Error::code)).collect();
        assert_eq!(came, [Ok(()), Err("pdf_no_es_pdf"), Ok(())]);
        let (this, sealed) = (signing.clone(), std::sync::Arc::new(sealed));
        test.db().write(move |tx| this.log_sealed(tx, &sealed)).await.unwrap();
        assert_eq!(signing.key_uses(CITY, Timestamp::from_millis(0)).await.unwrap().len(), 2);
        let kept = signing.firmagob_requests(CITY).await.unwrap();
        assert!(kept.len() == 2 && kept.iter().all(|k| k.outcome == "firmado"), "{kept:?}");
    }
}
