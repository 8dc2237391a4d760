//! Copies: the same bytes, resumed where they stopped, followed by others in turn; over HTTP as from a folder.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::State as Shared;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use copihue_monitor::{Folder, Http, News, Source, Trouble, Verdict};

use crate::support::{follower, look, note, numbered, over, publish, write};

/// Every file below, with its bytes.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                found.push((name, std::fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn led_13_a_copy_has_the_same_bytes_and_grows_with_its_log() {
    let (log, copy, state) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for size in [3, 256, 300, 70_000] {
        publish(log.path(), size, numbered);
        let mut copying = over(Folder::new(log.path()), state.path(), Some(copy.path()));
        copying.look(&mut |_| ()).await.unwrap();
        let fresh = tempfile::tempdir().unwrap();
        publish(fresh.path(), size, numbered);
        let (ours, theirs) = (files(copy.path()), files(fresh.path()));
        let names = |all: &[(String, Vec<u8>)]| all.iter().map(|(n, _)| n.clone()).collect::<Vec<_>>();
        for file in &theirs {
            assert!(ours.contains(file), "{} of {size}", file.0);
        }
        // Partial tiles of smaller sizes stay until the full one is there.
        assert!(names(&ours).iter().all(|n| names(&theirs).contains(n) || n.contains(".p/")), "{size}");
        assert!(!names(&ours).iter().any(|n| n.ends_with(".part")));
        let verified = tempfile::tempdir().unwrap();
        assert_eq!(
            look(copy.path(), verified.path()).await.unwrap(),
            News::Grown { from: 0, to: size, witnesses: vec![] }
        );
    }
    assert!(!copy.path().join("tile/entries/001.p").exists());
}

/// A folder whose reads fail after a while, as a line that is cut.
struct Cut(Folder, AtomicU32);

impl Source for Cut {
    async fn get(&self, path: String, limit: usize) -> Result<Option<Vec<u8>>, Trouble> {
        if self.1.fetch_sub(1, Ordering::Relaxed) == 0 {
            self.1.store(0, Ordering::Relaxed);
            return Err(Trouble { verdict: Verdict::Unreachable, text: "cortado.".into(), evidence: None });
        }
        self.0.get(path, limit).await
    }
}

#[tokio::test]
async fn led_13_a_copy_that_was_cut_goes_on_where_it_was() {
    let (log, copy, state) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    publish(log.path(), 300_000, numbered);
    let cut = Cut(Folder::new(log.path()), AtomicU32::new(700));
    let trouble = over(cut, state.path(), Some(copy.path())).look(&mut |_| ()).await.unwrap_err();
    assert_eq!(trouble.verdict, Verdict::Unreachable);
    let mut copying = over(Folder::new(log.path()), state.path(), Some(copy.path()));
    assert_eq!(copying.state().size(), 131_072, "what was forced to disk is not read again");
    assert!(!copy.path().join("checkpoint").exists(), "no checkpoint before its tiles");
    let mut seen = Vec::new();
    copying.look(&mut |at| seen.push(at.done)).await.unwrap();
    assert_eq!(seen, [262_144]);
    let verified = tempfile::tempdir().unwrap();
    assert!(matches!(look(copy.path(), verified.path()).await, Ok(News::Grown { to: 300_000, .. })));
}

/// Any static server will do; this one packs bundles without being asked, as C2SP allows, and says of files that are not
/// there that they are forbidden, as object stores do.
pub(crate) async fn serve(folder: Arc<std::path::PathBuf>) -> String {
    async fn file(Shared(folder): Shared<Arc<std::path::PathBuf>>, uri: Uri) -> Response {
        let Ok(bytes) = std::fs::read(folder.join(uri.path().trim_start_matches('/'))) else {
            return StatusCode::FORBIDDEN.into_response();
        };
        if !uri.path().contains("/entries/") {
            return bytes.into_response();
        }
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut packed, &bytes).unwrap();
        ([(header::CONTENT_ENCODING, "gzip")], packed.finish().unwrap()).into_response()
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    let router = axum::Router::new().fallback(file).with_state(folder);
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn led_13_over_http_it_is_the_same() {
    let (log, copy, state) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    publish(log.path(), 1_000, numbered);
    let address = serve(Arc::new(log.path().to_path_buf())).await;
    let mut copying = over(Http::new(&address).unwrap(), state.path(), Some(copy.path()));
    assert!(matches!(copying.look(&mut |_| ()).await.unwrap(), News::Grown { to: 1_000, .. }));
    assert_eq!(files(copy.path()), files(log.path()));
    // The partial bundle of the size that is shown is gone already: the full one is there.
    publish(log.path(), 1_300, numbered);
    std::fs::remove_dir_all(log.path().join("tile/entries/003.p")).unwrap();
    write(log.path(), "checkpoint", note(1_001, numbered).as_bytes());
    assert!(matches!(copying.look(&mut |_| ()).await.unwrap(), News::Grown { from: 1_000, to: 1_001, .. }));
    // Nobody there, and what is no address.
    let mut nobody = over(Http::new("http://127.0.0.1:9/x").unwrap(), copy.path(), None);
    assert_eq!(nobody.look(&mut |_| ()).await.unwrap_err().verdict, Verdict::Unreachable);
    let mut again = follower(log.path(), state.path());
    assert!(matches!(again.look(&mut |_| ()).await.unwrap(), News::Same { size: 1_001 }));
}
