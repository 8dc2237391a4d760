//! Clients that we did not write log in unchanged. Each is left out, with a word, where it is not installed.

mod apache;
mod node;
mod oracle;
mod python;

use std::sync::Arc;
use std::time::Duration;

use copihue_core::{Clock, SystemClock};
use tokio::process::Command;

use crate::world::*;

/// The world's clock goes with the real one: foreign programs know no other.
pub(crate) fn run_clock(w: &World) -> tokio::task::JoinHandle<()> {
    let clock = w.clock.clone();
    let real = Arc::new(SystemClock::default());
    clock.set(real.now());
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_millis(50)).await;
            clock.set(real.now());
        }
    })
}

/// A port that nobody listens at: the application's address must be registered before it runs.
fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn python(script: &str) -> Command {
    let program = std::env::var("COPIHUE_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut command = Command::new(program);
    command.args(["-c", script]).env("NO_PROXY", "127.0.0.1").kill_on_drop(true);
    command
}

/// Whether Python can import these; says it when it can't.
#[expect(clippy::print_stdout, reason = "a test says what it left out")]
async fn has_python(packages: &str) -> bool {
    let mut asked = python(&format!("import {packages}"));
    let found = asked.stderr(std::process::Stdio::null()).status().await.is_ok_and(|status| status.success());
    if !found {
        println!("skipped: Python can't import {packages}");
    }
    found
}

/// What it printed; a test that failed when it ended with an error.
async fn printed(mut command: Command) -> String {
    let output = command.output().await.unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    out.into_owned()
}
