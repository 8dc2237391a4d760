//! Headers that every answer carries.

use http::{HeaderMap, HeaderName, HeaderValue, header};

/// Built once for a deployment.
#[derive(Clone)]
pub(crate) struct Security(Vec<(HeaderName, HeaderValue)>);

const PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), \
    fullscreen=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), \
    picture-in-picture=(), publickey-credentials-get=(self), screen-wake-lock=(), usb=(), \
    xr-spatial-tracking=()";

impl Security {
    /// `form_hosts`: where a form may lead by a redirect, besides our own pages.
    pub(crate) fn new(form_hosts: &[String], secure: bool) -> Self {
        let hosts: String = form_hosts.iter().map(|h| format!(" {h}")).collect();
        let csp = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
             connect-src 'self'; form-action 'self'{hosts}; base-uri 'none'; frame-ancestors 'none'; \
             manifest-src 'self'; worker-src 'self'"
        );
        let mut all = Vec::new();
        if let Ok(value) = HeaderValue::from_str(&csp) {
            all.push((header::CONTENT_SECURITY_POLICY, value));
        }
        let fixed =
            |name: &'static str, value| (HeaderName::from_static(name), HeaderValue::from_static(value));
        all.extend([
            fixed("x-content-type-options", "nosniff"),
            fixed("referrer-policy", "same-origin"),
            fixed("x-frame-options", "DENY"),
            fixed("cross-origin-opener-policy", "same-origin"),
            fixed("cross-origin-resource-policy", "same-origin"),
            fixed("permissions-policy", PERMISSIONS),
        ]);
        if secure {
            all.push(fixed("strict-transport-security", "max-age=63072000; includeSubDomains; preload"));
        }
        Self(all)
    }

    /// Adds what the answer does not set itself.
    pub(crate) fn apply(&self, headers: &mut HeaderMap) {
        headers.reserve(self.0.len() + 4);
        for (name, value) in &self.0 {
            headers.entry(name).or_insert_with(|| value.clone());
        }
    }
}
