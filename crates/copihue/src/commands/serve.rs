//! `copihue serve`: the services of a configuration file.

use copihue_core::Result;

use crate::cli::ServeArguments;
use crate::config::Config;
use crate::platform::Platform;
use crate::{platform, server};

/// Serves until it is told to stop.
///
/// # Errors
/// When the configuration, the database or the address can't be used.
pub(crate) async fn run(arguments: ServeArguments) -> Result<()> {
    let mut config = Config::read(&arguments.config)?;
    config.listen = arguments.listen.unwrap_or(config.listen);
    if let Some(database) = arguments.database {
        config.database = database;
    }
    let platform = Platform::open(config).await?;
    platform.offer();
    let listener = server::bind(platform.config.listen).await?;
    platform::running::serve(platform, listener, Vec::new()).await
}
