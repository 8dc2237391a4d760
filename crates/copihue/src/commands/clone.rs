//! `copihue clone`: a verified copy of a log, or what is new since the last time.
#![expect(clippy::print_stdout, reason = "the command's answer")]

use std::process::ExitCode;

use copihue_core::{Error, Result};
use copihue_monitor::{Address, Copy, Follower, News, State, Trouble};
use serde_json::json;

use super::outside;
use crate::cli::CloneArguments;

/// Where a copy keeps how far it is.
pub(super) const MEMORY: &str = "copia.json";

/// Copies, and says what it holds now.
///
/// # Errors
/// When key or policy can't be read.
pub(crate) fn run(arguments: &CloneArguments) -> Result<ExitCode> {
    let (origin, policy) = outside::trust(&arguments.log)?;
    let copying = async {
        let source = Address::of(&arguments.log.log)?;
        let state = State::open(&arguments.to.join(MEMORY))?;
        let copy = Copy::new(&arguments.to);
        let mut follower = Follower::new(source, &origin, policy, state, Some(copy));
        follower.look(&mut outside::progress).await
    };
    let outcome: std::result::Result<News, Trouble> = crate::runtime()?.block_on(copying);
    Ok(match outcome {
        Ok(news) => {
            say(arguments, &origin, &news);
            ExitCode::SUCCESS
        }
        Err(trouble) => {
            if arguments.log.json {
                println!("{}", json!({"verdict": trouble.verdict.code(), "text": trouble.text}));
            } else {
                println!("{trouble}");
            }
            outside::exit_code(&trouble)
        }
    })
}

fn say(arguments: &CloneArguments, origin: &str, news: &News) {
    let (from, size) = match news {
        News::Nothing => (0, 0),
        News::Same { size } => (*size, *size),
        News::Grown { from, to, .. } => (*from, *to),
    };
    if arguments.log.json {
        println!("{}", json!({"verdict": "ok", "origin": origin, "from": from, "size": size}));
    } else {
        let place = arguments.to.display();
        println!("{origin}: {size} entradas comprobadas en {place}, {} nuevas.", size - from);
    }
}

/// A log's published files, written as static ones; verified on the way as a stranger's copy is.
///
/// # Errors
/// With the trouble's text.
pub(super) async fn export<S: copihue_monitor::Source>(
    source: S,
    origin: &str,
    policy: copihue_tlog::policy::Policy,
    to: &std::path::Path,
) -> Result<News> {
    let failed = |t: Trouble| Error::new(copihue_core::Kind::Unavailable, "exportacion", t.to_string());
    let state = State::open(&to.join(MEMORY)).map_err(failed)?;
    let mut follower = Follower::new(source, origin, policy, state, Some(Copy::new(to)));
    follower.look(&mut outside::progress).await.map_err(failed)
}
