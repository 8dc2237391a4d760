//! A client library that we did not write logs in: PyPI `authlib`, when it is installed.

use std::process::Stdio;

use copihue_identity::*;

use crate::world::*;

const SCRIPT: &str = include_str!("authlib_client.py");

#[tokio::test(flavor = "multi_thread")]
async fn idp_a_foreign_client_library_logs_in_unchanged() {
    let w = world().await;
    let python = std::env::var("COPIHUE_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let found = tokio::process::Command::new(&python)
        .args(["-c", "import authlib, requests"])
        .stderr(Stdio::null())
        .status()
        .await;
    if !found.is_ok_and(|status| status.success()) {
        println!("skipped: PyPI authlib and requests are not installed for {python}");
        return;
    }
    let callback = "http://localhost:9/callback";
    w.register(NewClient { redirect_uris: vec![callback.into()], ..app() }).await;
    let output = tokio::process::Command::new(&python)
        .args(["-c", SCRIPT, &format!("{}/openid", w.base), APP, SECRET, callback])
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .await
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.contains("RUN 44444444-4"), "{out}\n{err}");
}
