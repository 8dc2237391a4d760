//! A demo of one's own, and windows onto it.

use std::collections::BTreeMap;

use copihue_visitor::demo::{Demo, Settings};

use crate::driver;
use crate::window::{Script, Window};

/// A running demo in a folder that goes away with it.
pub(crate) struct World {
    demo: Demo,
    base: String,
    used: std::sync::Mutex<BTreeMap<String, String>>,
    _folder: tempfile::TempDir,
}

impl World {
    /// Starts one. `None` when the tests were not given a browser.
    pub(crate) fn start() -> Option<Self> {
        driver::address()?;
        let folder = tempfile::tempdir().unwrap();
        let demo = Demo::start(&Settings::new(env!("CARGO_BIN_EXE_copihue"), folder.path())).unwrap();
        let base = demo.url("");
        Some(Self { demo, base, used: std::sync::Mutex::default(), _folder: folder })
    }

    /// The same under a name: passkeys are made for names only.
    pub(crate) fn named() -> Option<Self> {
        driver::address()?;
        let folder = tempfile::tempdir().unwrap();
        let address = copihue_visitor::demo::free_address().unwrap();
        let base = address.replace("127.0.0.1", "http://localhost");
        let mut settings = Settings::new(env!("CARGO_BIN_EXE_copihue"), folder.path());
        settings.listen = Some(address);
        settings.arguments = vec!["--base-url".into(), base.clone()];
        let demo = Demo::start(&settings).unwrap();
        Some(Self { demo, base, used: std::sync::Mutex::default(), _folder: folder })
    }

    /// A new window, without cookies.
    pub(crate) async fn window(&self, width: u32, script: Script) -> Window {
        Window::open(&self.base, width, script).await
    }

    /// An official's one-time code, from the demo's page; never the one that it gave before.
    pub(crate) async fn code_of(&self, run: &str) -> String {
        for _ in 0..80 {
            let page = self.demo.visitor().get("/demo").unwrap().visible();
            let row = page.split_once(run).unwrap().1;
            let code = row.split_whitespace().find(|w| w.len() == 6 && w.bytes().all(|b| b.is_ascii_digit()));
            let code = code.unwrap().to_owned();
            let last = self.used.lock().unwrap().insert(run.to_owned(), code.clone());
            if last.as_ref() != Some(&code) {
                return code;
            }
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        }
        panic!("the code of {run} does not change");
    }

    /// A file behind a link, as the person of this window gets it.
    pub(crate) async fn download(&self, window: &Window, href: &str) -> Vec<u8> {
        let cookies = window.client.get_all_cookies().await.unwrap();
        let cookies: Vec<_> = cookies.iter().map(|c| format!("{}={}", c.name(), c.value())).collect();
        let url = if href.starts_with("http") { href.to_owned() } else { self.demo.url(href) };
        let answer =
            reqwest::Client::new().get(url).header("cookie", cookies.join("; ")).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{href}");
        answer.bytes().await.unwrap().to_vec()
    }
}
