//! What the browser's driver offers beyond the standard: pictures of whole pages, and the console.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use fantoccini::Client;
use fantoccini::elements::Element;
use serde_json::{Value, json};

/// Where the driver listens, when the tests were given one.
pub(crate) fn address() -> Option<String> {
    std::env::var("COPIHUE_WEBDRIVER").ok()
}

/// What the page wrote to the console since it was last asked, as `level: message`.
pub(crate) async fn console(client: &Client) -> Vec<String> {
    let lines = post(client, "se/log", json!({"type": "browser"})).await;
    let lines = lines.as_array().cloned().unwrap_or_default();
    lines.iter().map(|l| format!("{}: {}", text(l, "level"), text(l, "message"))).collect()
}

/// A picture of the whole page, also of what has to be scrolled to, in the colours of PNG.
pub(crate) async fn picture(client: &Client, width: u32, height: u32) -> String {
    let clip = json!({"x": 0, "y": 0, "width": width, "height": height, "scale": 1});
    let parameters = json!({"captureBeyondViewport": true, "clip": clip});
    let asked = json!({"cmd": "Page.captureScreenshot", "params": parameters});
    text(&post(client, "goog/cdp/execute", asked).await, "data")
}

/// Presses and lets go the left button over the middle of an element's first line.
pub(crate) async fn click(client: &Client, element: &Element) {
    let middle = "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'});
        const box = arguments[0].getClientRects()[0];
        return [box.left + box.width / 2, box.top + box.height / 2]";
    let at = client.execute(middle, vec![serde_json::to_value(element).unwrap()]).await.unwrap();
    for kind in ["mousePressed", "mouseReleased"] {
        let event = json!({"type": kind, "x": at[0], "y": at[1], "button": "left", "clickCount": 1});
        let asked = json!({"cmd": "Input.dispatchMouseEvent", "params": event});
        post(client, "goog/cdp/execute", asked).await;
    }
}

/// Gives the browser an authenticator that keeps passkeys and always finds that it is the right person (Web Authentication §11).
pub(crate) async fn add_authenticator(client: &Client) {
    let authenticator = json!({
        "protocol": "ctap2_1",
        "transport": "internal",
        "hasResidentKey": true,
        "hasUserVerification": true,
        "isUserConsenting": true,
        "isUserVerified": true,
    });
    let id = post(client, "webauthn/authenticator", authenticator).await;
    assert!(id.is_string(), "the driver has no authenticators: {id}");
}

/// Ends a window, without waiting for any other task.
pub(crate) fn end(session: &str) {
    let Some(address) = address() else { return };
    let host = address.trim_start_matches("http://");
    let Ok(mut driver) = std::net::TcpStream::connect(host) else { return };
    let _ = driver.set_read_timeout(Some(Duration::from_secs(10)));
    let _ = write!(driver, "DELETE /session/{session} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    let _ = driver.read(&mut [0; 512]);
}

async fn post(client: &Client, command: &str, body: Value) -> Value {
    let session = client.session_id().await.unwrap().unwrap();
    let url = format!("{}/session/{session}/{command}", address().unwrap());
    let request = reqwest::Client::new().post(url).header("content-type", "application/json");
    let answer = request.body(body.to_string()).send().await.unwrap().text().await.unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    answer["value"].clone()
}

fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_default().to_owned()
}
