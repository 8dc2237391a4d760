"""Logs in with authlib as any institution's program would: discovery, PKCE, JWKS, userinfo, refresh."""
import sys

from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebKey, jwt

issuer, client_id, secret, callback = sys.argv[1:5]
http = browser()
config = http.get(issuer + "/.well-known/openid-configuration", timeout=TIMEOUT).json()
assert config["issuer"] == issuer
client = OAuth2Session(client_id, secret, scope="openid run name", redirect_uri=callback, code_challenge_method="S256")
client.trust_env = False
verifier, nonce = generate_token(48), generate_token(20)
url, state = client.create_authorization_url(config["authorization_endpoint"], code_verifier=verifier, nonce=nonce)

done = sign_in(http, http.get(url, timeout=TIMEOUT), follow=False)
assert done.status_code == 303, done.text

token = client.fetch_token(
    config["token_endpoint"], authorization_response=done.headers["Location"], state=state, code_verifier=verifier
)
keys = JsonWebKey.import_key_set(http.get(config["jwks_uri"], timeout=TIMEOUT).json())
claims = jwt.decode(token["id_token"], keys, claims_options={
    "iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": client_id},
})
assert claims["nonce"] == nonce
user = client.get(config["userinfo_endpoint"], timeout=TIMEOUT).json()
fresh = client.refresh_token(config["token_endpoint"], refresh_token=token["refresh_token"])
assert fresh["access_token"] != token["access_token"]
print("RUN", f"{user['RolUnico']['numero']}-{user['RolUnico']['DV']}")
