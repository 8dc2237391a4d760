//! Tests of the whole: what only the crate that knows every other one can see.

mod anchors;
mod evidence_record;
mod fsck;
mod openapi;
mod policy;
mod receipts;
mod registers;
mod statements;

use copihue_core::Result;

use crate::config::Config;
use crate::demo::install;
use crate::platform::Platform;

/// A platform with the sample world, in a folder of its own.
pub(crate) async fn platform(folder: &std::path::Path) -> Result<Platform> {
    let platform = Platform::open(Config {
        listen: "127.0.0.1:0".parse().map_err(copihue_core::Error::internal)?,
        metrics: None,
        base_url: "http://127.0.0.1:8080".to_owned(),
        database: format!("sqlite:{}", folder.join("copihue.db").display()),
        data: folder.to_path_buf(),
        name: "Copihue".to_owned(),
        banner: None,
        mail: None,
        login: None,
        identity: Default::default(),
        clock: crate::config::TimeServers::default(),
        signatures: crate::config::Signatures::default(),
        queries: std::collections::BTreeMap::new(),
        ledger: crate::config::Evidence::default(),
        registers: Some(crate::config::Custodian {
            custodian: "PE-MUN-00301".to_owned(),
            licence: "CC0-1.0".to_owned(),
        }),
        demo: true,
    })
    .await?;
    install::institutions(&platform).await?;
    install::people(&platform).await?;
    install::procedures(&platform).await?;
    Ok(platform)
}
