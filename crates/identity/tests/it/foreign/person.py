"""The person's browser: opens an application, types the password, comes back to it."""
import html
import re
from urllib.parse import urljoin

import requests

TIMEOUT = 10


def browser():
    http = requests.Session()
    http.trust_env = False
    return http


def form(page, action):
    """The form that leads to an address with these words: where it leads, and the fields that it carries."""
    found = re.search(rf'<form[^>]*action="([^"]*{action}[^"]*)"[^>]*>(.*?)</form>', page.text, re.S)
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', found.group(2))
    fields += re.findall(r'<button[^>]*name="([^"]*)"[^>]*value="([^"]*)"', found.group(2))[:1]
    return urljoin(page.url, html.unescape(found.group(1))), {name: html.unescape(value) for name, value in fields}


def submit(http, page, action):
    """Presses its first button."""
    target, fields = form(page, action)
    return http.post(target, data=fields, timeout=TIMEOUT)


def sign_in(http, page, follow=True):
    """Fills in the login that an application led to."""
    target, fields = form(page, "/authorize")
    data = {"run": "44444444-4", "password": "testing", "csrf": fields["csrf"]}
    return http.post(target, data=data, allow_redirects=follow, timeout=TIMEOUT)
