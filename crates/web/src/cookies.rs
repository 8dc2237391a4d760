//! Cookies: reading them without allocation, writing them with the right attributes.

use http::{HeaderMap, HeaderValue, header};

/// The names of our cookies, by whether the deployment is served over TLS.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names {
    pub(crate) session: &'static str,
    pub(crate) pre: &'static str,
    pub(crate) rescue: &'static str,
    secure: bool,
}

/// Size of letters and contrast; readable by no script.
pub(crate) const PREFERENCES: &str = "pref";

impl Names {
    pub(crate) const fn new(secure: bool) -> Self {
        if secure {
            Self { session: "__Host-sesion", pre: "__Host-pre", rescue: "__Host-rescate", secure }
        } else {
            Self { session: "sesion", pre: "pre", rescue: "rescate", secure }
        }
    }

    /// A cookie that lives as long as the browser, or `max_age` seconds.
    pub(crate) fn set(self, name: &str, value: &str, max_age: Option<i64>) -> Option<HeaderValue> {
        let mut text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax");
        if let Some(seconds) = max_age {
            text.push_str(&format!("; Max-Age={seconds}"));
        }
        if self.secure {
            text.push_str("; Secure");
        }
        HeaderValue::from_str(&text).ok()
    }

    pub(crate) fn clear(self, name: &str) -> Option<HeaderValue> {
        self.set(name, "", Some(0))
    }
}

/// The value of a cookie. When it came twice (a cookie tossed in by a sibling domain) there is none.
pub(crate) fn get<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
    let mut values = lines.flat_map(|line| line.split(';')).filter_map(|pair| {
        let (n, v) = pair.trim().split_once('=')?;
        (n == name).then_some(v)
    });
    let first = values.next()?;
    values.next().is_none().then_some(first)
}

/// Adds a `Set-Cookie`.
pub(crate) fn add(headers: &mut HeaderMap, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        headers.append(header::SET_COOKIE, cookie);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_06_a_cookie_that_came_twice_is_no_cookie() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=1; sesion=x; pref=150"));
        assert_eq!(get(&headers, "sesion"), Some("x"));
        headers.append(header::COOKIE, HeaderValue::from_static("sesion=y"));
        assert_eq!(get(&headers, "sesion"), None);
        assert_eq!(get(&headers, "sesio"), None);
    }
}
