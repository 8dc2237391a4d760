//! A real browser, and what must hold for every page that it sees.

use std::time::{Duration, Instant};

use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};

/// Widths that every page is looked at in.
pub(crate) const WIDTHS: [u32; 2] = [360, 1280];

/// Whether pages may run their script.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Script {
    On,
    Off,
}

/// A browser window.
pub(crate) struct Window {
    pub(crate) client: Client,
    script: Script,
}

impl Window {
    /// Opens one. `None` when the tests were not given a browser.
    pub(crate) async fn open(width: u32, script: Script) -> Option<Self> {
        let driver = std::env::var("COPIHUE_WEBDRIVER").ok()?;
        let profile = tempfile::tempdir().unwrap().keep();
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--lang=es-CL",
            &format!("--window-size={width},1000"),
            &format!("--user-data-dir={}", profile.display()),
        ];
        let mut options = json!({"args": arguments, "binary": "/usr/bin/chromium"});
        if width < 500 {
            // A headless window can't be narrower than 500 pixels: a phone's metrics can.
            options["mobileEmulation"] = json!({"deviceMetrics": {"width": width, "height": 800, "pixelRatio": 1.0}});
        }
        if script == Script::Off {
            options["prefs"] = json!({"profile.managed_default_content_settings.javascript": 2});
        }
        let mut capabilities = Capabilities::new();
        capabilities.insert("goog:chromeOptions".to_owned(), options);
        capabilities.insert("goog:loggingPrefs".to_owned(), json!({"browser": "ALL"}));
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(capabilities)
            .connect(&driver)
            .await
            .expect("chromedriver opens a window");
        Some(Self { client, script })
    }

    pub(crate) async fn go(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    /// Writes into the field of this name, over what stood there.
    pub(crate) async fn fill(&self, name: &str, value: &str) {
        let field = self.client.find(Locator::Css(&format!("[name='{name}']"))).await.expect(name);
        field.clear().await.unwrap();
        field.send_keys(value).await.unwrap();
    }

    /// Chooses a radio or a checkbox.
    pub(crate) async fn choose(&self, name: &str, value: &str) {
        let css = format!("input[name='{name}'][value='{value}']");
        let id = self.client.find(Locator::Css(&css)).await.expect(&css).attr("id").await.unwrap().unwrap();
        self.client.find(Locator::Css(&format!("label[for='{id}']"))).await.unwrap().click().await.unwrap();
    }

    /// Presses the button or follows the link whose text contains `text`.
    pub(crate) async fn press(&self, text: &str) {
        let path = format!("//main//button[contains(., '{text}')] | //main//a[contains(., '{text}')]");
        let found = self.client.find(Locator::XPath(&path)).await;
        let element = found.unwrap_or_else(|e| panic!("no button or link «{text}»: {e}"));
        element.click().await.unwrap_or_else(|e| panic!("«{text}» can't be pressed: {e}"));
    }

    /// What a person reads in the main part.
    pub(crate) async fn reads(&self) -> String {
        self.client.find(Locator::Css("main")).await.unwrap().text().await.unwrap()
    }

    /// Waits until the main part says `text`, reloading as a page without script does.
    pub(crate) async fn wait_for(&self, text: &str) {
        let start = Instant::now();
        loop {
            let reads = self.reads().await;
            if reads.contains(text) {
                return;
            }
            assert!(start.elapsed() < Duration::from_secs(20), "«{text}» did not come; the page says:\n{reads}");
            tokio::time::sleep(Duration::from_millis(300)).await;
            self.client.refresh().await.unwrap();
        }
    }

    /// Everything that must hold for any page: one `h1`, a title, a language, no sideways scroll, no violation.
    pub(crate) async fn check_page(&self) {
        let at = self.client.current_url().await.unwrap();
        assert_eq!(self.client.find_all(Locator::Css("h1")).await.unwrap().len(), 1, "one h1 in {at}");
        assert!(!self.client.title().await.unwrap().is_empty(), "a title in {at}");
        let html = self.client.find(Locator::Css("html")).await.unwrap();
        assert_eq!(html.attr("lang").await.unwrap().as_deref(), Some("es-CL"), "the language of {at}");
        if self.script == Script::Off {
            return;
        }
        let sideways = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        let sideways = self.client.execute(sideways, vec![]).await.unwrap();
        assert!(sideways.as_i64().unwrap_or(0) <= 1, "{at} scrolls sideways by {sideways} pixels");
        self.check_accessibility(at.as_str()).await;
    }

    async fn check_accessibility(&self, at: &str) {
        let Ok(script) = std::env::var("COPIHUE_AXE") else { return };
        let axe = std::fs::read_to_string(script).unwrap();
        self.client.execute(&axe, vec![]).await.unwrap();
        let run = "const done = arguments[arguments.length - 1];
            axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})
               .then(r => done(r.violations.map(v => ({id: v.id, help: v.help, nodes: v.nodes.map(n => n.html)}))))
               .catch(e => done([{id: 'error', help: String(e)}]));";
        let violations: Value = self.client.execute_async(run, vec![]).await.unwrap();
        assert_eq!(violations, json!([]), "accessibility of {at}");
    }

    /// Keeps a picture of the page when `COPIHUE_SCREENSHOTS` names a folder.
    pub(crate) async fn picture(&self, name: &str) {
        let Ok(folder) = std::env::var("COPIHUE_SCREENSHOTS") else { return };
        let png = self.client.screenshot().await.unwrap();
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}.png")), png).unwrap();
    }

    pub(crate) async fn close(self) {
        self.client.close().await.unwrap();
    }
}
