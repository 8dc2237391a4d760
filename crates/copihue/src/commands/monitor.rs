//! `copihue monitor`: looks at a log again and again, and raises its voice when something does not hold.
#![expect(clippy::print_stdout, reason = "the command's answer")]

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use copihue_core::{Clock, Error, Result, SystemClock, json::sha256_hex};
use copihue_monitor::{Address, Follower, News, State, Trouble};
use serde_json::json;

use super::outside;
use crate::cli::MonitorArguments;

/// Follows until it is told to stop; with `--once`, one look.
///
/// # Errors
/// When key or policy can't be read, or what was remembered can't be used.
pub(crate) fn run(arguments: &MonitorArguments) -> Result<ExitCode> {
    crate::runtime()?.block_on(follow(arguments))
}

async fn follow(arguments: &MonitorArguments) -> Result<ExitCode> {
    let (origin, policy) = outside::trust(&arguments.log)?;
    let open = || Ok((Address::of(&arguments.log.log)?, State::open(&arguments.state.join("monitor.json"))?));
    let (source, state) = open().map_err(|t: Trouble| Error::invalid("monitor", t.text))?;
    let clock = SystemClock::default();
    let mut follower = Follower::new(source, &origin, policy, state, None);
    loop {
        let before = follower.state().seen.clone();
        let outcome = follower.look(&mut outside::progress).await;
        let line = Line { json: arguments.log.json, now: clock.now().to_string(), origin: &origin };
        let code = match &outcome {
            Ok(news) => {
                line.news(news, arguments.once);
                ExitCode::SUCCESS
            }
            Err(trouble) => {
                line.trouble(trouble, keep(&arguments.state, before.as_deref(), trouble)?.as_deref());
                outside::exit_code(trouble)
            }
        };
        if arguments.once {
            return Ok(code);
        }
        tokio::time::sleep(Duration::from_secs(arguments.interval)).await;
    }
}

/// Keeps both checkpoints that contradict each other: nobody can deny what they signed. Answers where.
fn keep(folder: &Path, before: Option<&str>, trouble: &Trouble) -> Result<Option<String>> {
    let Some(evidence) = trouble.evidence.as_deref().filter(|_| trouble.verdict.accuses()) else {
        return Ok(None);
    };
    let id = &sha256_hex(evidence.as_bytes())[..8];
    let file = folder.join(format!("evidencia-{}-{id}.txt", trouble.verdict.code()));
    let text = format!("{}\n\nAntes:\n{}\nDespués:\n{evidence}", trouble.text, before.unwrap_or("(nada)\n"));
    let write = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&file, text));
    write.map_err(|e| Error::invalid("evidencia", format!("No se puede guardar {}: {e}", file.display())))?;
    Ok(Some(file.display().to_string()))
}

struct Line<'a> {
    json: bool,
    now: String,
    origin: &'a str,
}

impl Line<'_> {
    /// Growth is told each time, that nothing changed only to who looks once.
    fn news(&self, news: &News, quiet_too: bool) {
        let (from, size, witnesses) = match news {
            News::Nothing => (0, 0, &[][..]),
            News::Same { size } => (*size, *size, &[][..]),
            News::Grown { from, to, witnesses } => (*from, *to, witnesses.as_slice()),
        };
        if from == size && !quiet_too {
            return;
        }
        if self.json {
            let line = json!({"at": self.now, "log": self.origin, "verdict": "ok", "from": from, "size": size, "witnesses": witnesses});
            println!("{line}");
        } else {
            let count = witnesses.len();
            let added = size - from;
            println!(
                "{} {}: {size} entradas en orden, {added} nuevas, {count} testigos",
                self.now, self.origin
            );
        }
    }

    fn trouble(&self, trouble: &Trouble, evidence: Option<&str>) {
        if self.json {
            let line = json!({"at": self.now, "log": self.origin, "verdict": trouble.verdict.code(), "text": trouble.text, "evidence": evidence});
            println!("{line}");
            return;
        }
        let alarm = if trouble.verdict.accuses() { "ALARMA " } else { "" };
        println!("{} {alarm}{}: {trouble}", self.now, self.origin);
        if let Some(file) = evidence {
            println!("  Evidencia guardada en {file}: muéstrela a los testigos y a quien corresponda.");
        }
    }
}
