"""A Flask site with `flask-dance`: OAuth 2.0 without discovery, the secret by Basic, userinfo by POST."""
import os
import sys
import threading

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
from flask import Flask, redirect, url_for
from flask_dance.consumer import OAuth2ConsumerBlueprint
from werkzeug.serving import WSGIRequestHandler, make_server

base, client_id, secret, port = sys.argv[1:5]
own = f"http://127.0.0.1:{port}"
app = Flask("sitio")
app.secret_key = "de prueba"
clave = OAuth2ConsumerBlueprint(
    "clave",
    "sitio",
    client_id=client_id,
    client_secret=secret,
    base_url=base,
    authorization_url=f"{base}/openid/authorize",
    token_url=f"{base}/openid/token",
    scope=["openid", "run", "name"],
)
app.register_blueprint(clave, url_prefix="/login")


@app.route("/")
def home():
    if not clave.session.authorized:
        return redirect(url_for("clave.login"))
    user = clave.session.post("/openid/userinfo")
    assert user.status_code == 200, user.text
    run = user.json()["RolUnico"]
    return f"{run['numero']}-{run['DV']}"


class Quiet(WSGIRequestHandler):
    def log(self, *args):
        pass


server = make_server("127.0.0.1", int(port), app, request_handler=Quiet, threaded=True)
threading.Thread(target=server.serve_forever, daemon=True).start()

http = browser()
page = sign_in(http, http.get(f"{own}/", timeout=TIMEOUT))
assert page.url == f"{own}/" and page.status_code == 200, page.text
print("RUN", page.text)
