//! `copihue demo`: everything, with sample institutions and people, in a folder of its own.

mod announce;
mod holders;
pub(crate) mod install;
mod pages;
mod papers;
pub(crate) mod sample;
mod scale;
pub(crate) mod signatures;
pub(crate) mod witnesses;

use std::sync::Arc;

use copihue_core::{Clock, Error, Result, SystemClock};

use crate::cli::DemoArguments;
use crate::config::Config;
use crate::platform::{self, Platform};
use crate::server;

/// Makes what is missing, then serves.
///
/// # Errors
/// When the folder, the database or the address can't be used.
pub(crate) async fn run(arguments: DemoArguments) -> Result<()> {
    let listener = server::bind(arguments.listen).await?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let holders = holders::start(&clock).await?;
    let mut config = config(&arguments)?;
    config.queries = holders::addresses(&holders);
    let watching = witnesses::start(&mut config, arguments.witnesses).await?;
    let platform = Platform::open(config).await?;
    install::institutions(&platform).await?;
    install::people(&platform).await?;
    signatures::requests(&platform).await?;
    signatures::application(&platform).await?;
    install::procedures(&platform).await?;
    papers::papers(&platform).await?;
    platform.registers.sync().await?;
    scale::cases(&platform, arguments.cases).await?;
    announce::ready(&platform, &holders, &watching, &platform.signing.sandbox_codes().await?);
    let own = pages::routes(&platform, holders);
    platform::running::serve(platform, listener, vec![own]).await
}

fn config(arguments: &DemoArguments) -> Result<Config> {
    std::fs::create_dir_all(&arguments.data)
        .map_err(|e| Error::unavailable(format_args!("{}: {e}", arguments.data.display())))?;
    Ok(Config {
        listen: arguments.listen,
        metrics: arguments.metrics,
        base_url: arguments.base_url.clone().unwrap_or_else(|| format!("http://{}", arguments.listen)),
        banner: Some(
            "Ambiente de demostración: personas, instituciones y documentos son de muestra.".to_owned(),
        ),
        registers: Some(crate::config::Custodian {
            custodian: sample::PUENTE_ALTO.to_owned(),
            licence: "CC0-1.0".to_owned(),
        }),
        ..Config::of_demo(&arguments.data, arguments.database.as_deref())
    })
}
