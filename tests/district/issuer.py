"""An identity provider of our own on loopback: discovery, sign-in, tokens signed RS256, keys, user information.

What it does wrong is set by the test: claims, the signing key, the nonce, what it tells of itself.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "yumiao-test", "a-secret-of-the-test"
GOOD, OTHER = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))


class Issuer:
    """The provider; ``reset`` makes it honest again."""

    def __init__(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.server.issuer = self
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.codes = {}
        self.asked = []
        self.reset()

    def reset(self):
        self.claims = {}
        self.changes = {}
        self.user_info = {}
        self.told = {}
        self.key = GOOD
        self.algorithm = "RS256"
        self.is_denying = False

    def start(self):
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def discovery(self):
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "userinfo_endpoint": f"{self.address}/me",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        } | self.told

    def keys(self):
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(GOOD.public_key()))
        return {"keys": [public | {"kid": "k1", "use": "sig", "alg": "RS256"}]}

    def authorise(self, asked):
        """Where the browser goes after the person said who they are."""
        self.asked.append(asked)
        if self.is_denying:
            return f"{asked['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': asked['state']})}"
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, given):
        """The answer to a code, once, for whoever has the secret and the verifier; None for others."""
        asked = self.codes.pop(given.get("code"), None)
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        known = (given.get("client_id"), given.get("client_secret")) == (CLIENT, SECRET)
        if asked is None or not known or challenge != asked["code_challenge"]:
            return None
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims = {
            key: value for key, value in (claims | self.claims | self.changes).items() if value != "gone"
        }
        key = self.key if self.algorithm == "RS256" else None
        signed = jwt.encode(claims, key, algorithm=self.algorithm, headers={"kid": "k1"})
        return {"access_token": "at", "token_type": "Bearer", "expires_in": 300, "id_token": signed}


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        issuer, parts = self.server.issuer, urlsplit(self.path)
        asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
        if parts.path == "/authorize":
            self.send_response(302)
            self.send_header("Location", issuer.authorise(asked))
            self.end_headers()
        elif parts.path == "/me" and self.headers["Authorization"] == "Bearer at":
            self._answer({"sub": issuer.claims["sub"]} | issuer.user_info)
        elif parts.path == "/keys":
            self._answer(issuer.keys())
        elif parts.path == "/.well-known/openid-configuration":
            self._answer(issuer.discovery())
        else:
            self.send_error(404)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        given = {key: values[0] for key, values in parse_qs(body).items()}
        answer = self.server.issuer.token(given)
        self._answer(answer or {"error": "invalid_grant"}, 200 if answer else 400)

    def _answer(self, value, status=200):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""
