//! A receipt of the transparency log as a file.

use axum::response::{IntoResponse, Response};
use http::header;

/// A `.tlog-proof` to download. Of its name, what every system takes is kept.
#[must_use]
pub fn proof_file(name: &str, proof: String) -> Response {
    let safe: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{safe}.tlog-proof\"")),
    ];
    (headers, proof).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_somebody_else_stays_in_its_header() {
        let answer = proof_file("a\"b\r\nc/ñ", String::new());
        let name = answer.headers().get(header::CONTENT_DISPOSITION).and_then(|v| v.to_str().ok());
        assert_eq!(name, Some("attachment; filename=\"a-b--c--.tlog-proof\""));
    }
}
