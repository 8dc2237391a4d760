//! The browser that the journeys drive.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::Outcome;
use crate::run::{free_port, has};

/// A running chromedriver; ended when dropped.
pub(crate) struct Browser {
    driver: Child,
    port: u16,
}

impl Browser {
    /// Starts one. `None` when it is not installed.
    pub(crate) fn start() -> Outcome<Option<Self>> {
        if !has("chromedriver") || !has("chromium") {
            return Ok(None);
        }
        let port = free_port()?;
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let browser = Self { driver, port };
        for _ in 0..100 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(Some(browser));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err("chromedriver did not start in 10 s".into())
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
