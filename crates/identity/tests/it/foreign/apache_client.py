"""Debian's `mod_auth_openidc` in front of a site: login, refresh, and the end of a session that others ended."""
import json
import sys
import time

own, provider, client_id = sys.argv[1:4]
http = browser()


def opened(page):
    return page.url == f"{own}/interior/pagina.txt" and page.text == "adentro\n"


def info(more=""):
    return json.loads(http.get(f"{own}/interior/vuelta?info=json{more}", timeout=TIMEOUT).text)


page = sign_in(http, http.get(f"{own}/interior/pagina.txt", timeout=TIMEOUT))
if not opened(page):
    page = submit(http, page, "/authorize")
assert opened(page), page.text
first = info()
assert first["id_token"]["sub"] == first["userinfo"]["sub"], first
fresh = info("&access_token_refresh_interval=0")
assert fresh["access_token"] != first["access_token"], fresh

page = http.get(f"{provider}/oauth2/logout", params={"client_id": client_id}, timeout=TIMEOUT)
page = submit(http, page, "/oauth2/logout")
assert page.status_code == 200, page.text
print("LEFT", flush=True)

assert sys.stdin.readline() == "told\n"
for _ in range(50):
    page = http.get(f"{own}/interior/pagina.txt", allow_redirects=False, timeout=TIMEOUT)
    if page.status_code == 302:
        break
    time.sleep(0.1)
assert page.status_code == 302 and "/authorize" in page.headers["Location"], page.status_code
print("OUT", flush=True)
