//! A window of a real browser, and what a person does in it.

use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};

use crate::driver;

/// Widths that pages are looked at in: a small telephone and a desk.
pub(crate) const PHONE: u32 = 360;
pub(crate) const DESK: u32 = 1280;

/// How long anything may take before it counts as broken.
const PATIENCE: Duration = Duration::from_secs(20);

/// Whether pages may run their script.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Script {
    On,
    Off,
}

/// A window.
pub(crate) struct Window {
    pub(crate) client: Client,
    pub(crate) base: String,
    pub(crate) width: u32,
    pub(crate) script: Script,
    session: String,
    _profile: tempfile::TempDir,
}

impl Window {
    /// Opens one onto `base`, with a new profile.
    pub(crate) async fn open(base: &str, width: u32, script: Script) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let mut capabilities = Capabilities::new();
        capabilities.insert("goog:chromeOptions".to_owned(), options(&profile, width, script));
        capabilities.insert("goog:loggingPrefs".to_owned(), json!({"browser": "ALL"}));
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(capabilities)
            .connect(&driver::address().unwrap())
            .await
            .expect("chromedriver opens a window");
        let session = client.session_id().await.unwrap().unwrap();
        Self { client, base: base.to_owned(), width, script, session, _profile: profile }
    }

    /// Opens a path.
    pub(crate) async fn go(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.base)).await.unwrap();
    }

    /// Path and query of the page.
    pub(crate) async fn path(&self) -> String {
        let at = self.client.current_url().await.unwrap();
        at.query().map_or_else(|| at.path().to_owned(), |query| format!("{}?{query}", at.path()))
    }

    /// Writes into the field of this name, over what stood there.
    pub(crate) async fn fill(&self, name: &str, value: &str) {
        let field = self.find(&format!("main [name='{name}']")).await;
        field.clear().await.unwrap();
        field.send_keys(value).await.unwrap();
    }

    /// What stands in the field of this name.
    pub(crate) async fn value(&self, name: &str) -> String {
        self.find(&format!("main [name='{name}']")).await.prop("value").await.unwrap().unwrap_or_default()
    }

    /// Chooses a radio or a checkbox by its label.
    pub(crate) async fn choose(&self, name: &str, value: &str) {
        let id = self.find(&format!("input[name='{name}'][value='{value}']")).await.attr("id").await;
        let label = self.find(&format!("label[for='{}']", id.unwrap().unwrap())).await;
        self.click(&label).await;
    }

    /// Chooses from a list as the keyboard does: by the first letters of an option.
    pub(crate) async fn pick(&self, name: &str, letters: &str) {
        self.find(&format!("main select[name='{name}']")).await.send_keys(letters).await.unwrap();
    }

    /// Presses a button that must be refused: the page comes again, and says what is wrong.
    pub(crate) async fn press_in_vain(&self, text: &str) {
        self.press(text).await;
        self.says("Hay ").await;
        self.says("problema").await;
        self.find(".error-summary").await;
    }

    /// The button or link of the main part whose text contains `text`.
    pub(crate) async fn named(&self, text: &str) -> Element {
        let path = format!("//main//button[contains(., '{text}')] | //main//a[contains(., '{text}')]");
        match self.client.find(Locator::XPath(&path)).await {
            Ok(found) => found,
            Err(e) => {
                panic!("no button or link «{text}» in {}: {e}\n{}", self.path().await, self.reads().await)
            }
        }
    }

    /// Presses a button or follows a link, and waits for the page that comes.
    pub(crate) async fn press(&self, text: &str) {
        let element = self.named(text).await;
        self.click(&element).await;
        self.left(&element).await;
    }

    /// Clicks with the mouse. The driver's own click waits for a promise, which never comes where script is off.
    pub(crate) async fn click(&self, element: &Element) {
        match self.script {
            Script::On => element.click().await.unwrap(),
            Script::Off => driver::click(&self.client, element).await,
        }
    }

    /// Waits until the page of this element is gone.
    pub(crate) async fn left(&self, element: &Element) {
        let begun = Instant::now();
        while element.is_enabled().await.is_ok() {
            assert!(begun.elapsed() < PATIENCE, "nothing came after {}", self.path().await);
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// What a person reads in the main part.
    pub(crate) async fn reads(&self) -> String {
        match self.client.find(Locator::Css("main")).await {
            Ok(main) => main.text().await.unwrap_or_default(),
            // Between two pages.
            Err(_) => String::new(),
        }
    }

    /// The main part must say this.
    pub(crate) async fn says(&self, text: &str) {
        let reads = self.reads().await;
        assert!(reads.contains(text), "«{text}» is not in {}:\n{reads}", self.path().await);
    }

    /// Waits until the main part says `text`, reloading as a page without script does.
    pub(crate) async fn wait_for(&self, text: &str) {
        self.wait(text, true).await;
    }

    /// Waits until the page's own script has brought `text`.
    pub(crate) async fn script_brings(&self, text: &str) {
        self.wait(text, false).await;
    }

    async fn wait(&self, text: &str, reload: bool) {
        let begun = Instant::now();
        loop {
            let reads = self.reads().await;
            if reads.contains(text) {
                return;
            }
            let at = self.path().await;
            assert!(begun.elapsed() < PATIENCE, "«{text}» did not come; {at} says:\n{reads}");
            tokio::time::sleep(Duration::from_millis(300)).await;
            if reload {
                self.client.refresh().await.unwrap();
            }
        }
    }

    /// Waits until the browser is at a path.
    pub(crate) async fn arrives(&self, path: &str) {
        let begun = Instant::now();
        while self.path().await != path {
            assert!(begun.elapsed() < PATIENCE, "still at {}, not at {path}", self.path().await);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// The address of a link of the main part.
    pub(crate) async fn href(&self, text: &str) -> String {
        self.named(text).await.attr("href").await.unwrap().unwrap()
    }

    /// Whether there is such an element.
    pub(crate) async fn has(&self, css: &str) -> bool {
        self.client.find(Locator::Css(css)).await.is_ok()
    }

    /// An element that must be there.
    pub(crate) async fn find(&self, css: &str) -> Element {
        match self.client.find(Locator::Css(css)).await {
            Ok(found) => found,
            Err(e) => panic!("no {css} in {}: {e}", self.path().await),
        }
    }
}

impl Drop for Window {
    /// Ends the browser also when a test fails: the driver would leave it running.
    fn drop(&mut self) {
        driver::end(&self.session);
    }
}

fn options(profile: &tempfile::TempDir, width: u32, script: Script) -> Value {
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
        &format!("--user-data-dir={}", profile.path().display()),
    ];
    let mut options = json!({"args": arguments, "binary": "/usr/bin/chromium"});
    if width < 500 {
        // A headless window can't be narrower than 500 pixels: a telephone's metrics can.
        options["mobileEmulation"] =
            json!({"deviceMetrics": {"width": width, "height": 800, "pixelRatio": 1.0}});
    }
    if script == Script::Off {
        options["prefs"] = json!({"profile.managed_default_content_settings.javascript": 2});
    }
    options
}
