//! What must hold for every page that is seen.

use std::path::Path;

use base64::Engine as _;
use serde_json::{Value, json};

use crate::driver;
use crate::window::{Script, Window};

/// Runs the rules of WCAG 2.2 AA; answers each violation with the markup that breaks it.
const AXE: &str = "const done = arguments[arguments.length - 1];
    axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations']})
       .then(r => done(r.violations.map(v => ({id: v.id, help: v.help, nodes: v.nodes.map(n => n.html)}))))
       .catch(e => done([{id: 'error', help: String(e)}]));";

/// Everything else that is asked of the page at once.
const FACTS: &str = "const root = document.documentElement;
    const shown = e => e.checkVisibility() && e.getBoundingClientRect().width > 0;
    return {
        h1: document.querySelectorAll('h1').length,
        title: document.title,
        lang: root.lang,
        sideways: root.scrollWidth - root.clientWidth,
        height: root.scrollHeight,
        script: root.classList.contains('js'),
        foreign: performance.getEntriesByType('resource').map(e => e.name).filter(n => !n.startsWith(location.origin + '/')),
        small: [...document.querySelectorAll('main button, main .button')].filter(shown)
            .filter(e => e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML),
    }";

impl Window {
    /// Looks at the page as a whole: one `h1`, a title, the language, no sideways scroll, targets of 44 pixels, nothing
    /// foreign, nothing in the console, no violation of WCAG 2.2 AA. Keeps a picture of it under `name`.
    pub(crate) async fn see(&self, name: &str) {
        let at = self.path().await;
        let facts = self.facts().await;
        assert_eq!(facts["h1"], 1, "one h1 in {at}");
        assert_ne!(facts["title"], "", "a title in {at}");
        assert_eq!(facts["lang"], "es-CL", "the language of {at}");
        assert!(facts["sideways"].as_i64().unwrap() <= 1, "{at} scrolls sideways by {}", facts["sideways"]);
        assert_eq!(facts["script"], self.script == Script::On, "whether the script of {at} runs");
        assert_eq!(facts["foreign"], json!([]), "foreign requests of {at}");
        assert_eq!(facts["small"], json!([]), "buttons too small to touch in {at}");
        self.check_console(&at).await;
        self.check_accessibility(&at).await;
        self.keep_picture(name, facts["height"].as_u64().unwrap_or(1000)).await;
    }

    /// No sideways scroll, and no heading, text or button that sticks out.
    pub(crate) async fn reflows(&self) {
        let facts = self.facts().await;
        let at = self.path().await;
        assert!(facts["sideways"].as_i64().unwrap() <= 1, "{at} scrolls sideways by {}", facts["sideways"]);
    }

    async fn facts(&self) -> Value {
        self.client.execute(FACTS, vec![]).await.unwrap()
    }

    async fn check_console(&self, at: &str) {
        let lines = driver::console(&self.client).await;
        // The browser itself notes the status of an error page, and that it put away what a log-out told it to.
        let own = ["the server responded with a status of 4", "Clear-Site-Data header on"];
        let wrong: Vec<_> = lines.iter().filter(|l| !own.iter().any(|note| l.contains(note))).collect();
        assert!(wrong.is_empty(), "console of {at}: {wrong:?}");
    }

    async fn check_accessibility(&self, at: &str) {
        // The rules run in the page's own time, which stands still without script.
        if self.script == Script::Off {
            return;
        }
        let Ok(rules) = std::env::var("COPIHUE_AXE") else { return };
        let rules = std::fs::read_to_string(rules).unwrap();
        self.client.execute(&rules, vec![]).await.unwrap();
        let violations = self.client.execute_async(AXE, vec![]).await.unwrap();
        assert_eq!(violations, json!([]), "accessibility of {at}");
    }

    async fn keep_picture(&self, name: &str, height: u64) {
        let Ok(folder) = std::env::var("COPIHUE_SCREENSHOTS") else { return };
        let height = u32::try_from(height).unwrap_or(1000).clamp(600, 5000);
        let picture = driver::picture(&self.client, self.width, height).await;
        let picture = base64::engine::general_purpose::STANDARD.decode(picture).unwrap();
        std::fs::create_dir_all(&folder).unwrap();
        let script = if self.script == Script::Off { "-sin-script" } else { "" };
        let file = format!("{name}-{}{script}.png", self.width);
        std::fs::write(Path::new(&folder).join(file), picture).unwrap();
    }
}
