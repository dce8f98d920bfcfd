"""Attacks on access tokens, over HTTP and through both replicas (DESIGN section 5); as unit tests they are in tests/unit/auth."""
import base64
import json
import os
import time
import uuid

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

import harness as h

OWN = f"{h.BASE}/api/v1/vacancies/own"


def b64(data):
    return base64.urlsafe_b64encode(data if isinstance(data, bytes) else json.dumps(data).encode()).rstrip(b"=").decode()


def status(token):
    """The same from both replicas, several times: what one of them remembers changes nothing."""
    found = {requests.get(OWN, headers={"Authorization": "Bearer " + token}, timeout=10).status_code for _ in range(4)}
    assert len(found) == 1, found
    return found.pop()


@pytest.fixture(scope="module")
def claims(employer):
    """What a good token of this organisation says."""
    made = jwt.decode(h.token(h.new_client(employer)), options={"verify_signature": False})
    return {k: made[k] for k in ("sub", "organisation", "organisation_name", "scope", "iss", "aud")}


def own_key():
    with open(f"{h.VAR}/keys/signing-1.pem", "rb") as f:
        return serialization.load_pem_private_key(f.read(), None)


def public_pem():
    return own_key().public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def test_a_forged_one_with_the_platforms_own_key_works(claims):
    """Without this the refusals below would prove nothing."""
    assert status(h.forge(**claims)) == 200


def body_of(claims):
    now = int(time.time())
    return {**claims, "jti": uuid.uuid4().hex[:26], "iat": now, "nbf": now, "exp": now + 300}


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", ""])
def test_alg_none(claims, alg):
    for signature in ("", "AA", b64(b"\0" * 64)):
        for header in ({"alg": alg}, {"alg": alg, "kid": "1"}, {"kid": "1"}):
            assert status(f"{b64(header)}.{b64(body_of(claims))}.{signature}") == 401


@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_hmac_with_the_public_key_as_its_secret(claims, alg):
    import hashlib
    import hmac

    point = own_key().public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    for secret in (public_pem(), public_pem().strip(), point, b""):
        text = f"{b64({'alg': alg, 'kid': '1', 'typ': 'JWT'})}.{b64(body_of(claims))}"
        assert status(text + "." + b64(hmac.new(secret, text.encode(), getattr(hashlib, alg.replace("HS", "sha"))).digest())) == 401


def test_another_key_even_one_that_comes_along(claims):
    other = ec.generate_private_key(ec.SECP256R1())
    pem = other.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    own = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(other.public_key()))
    for extra in ({}, {"jwk": own}, {"jku": "http://127.0.0.1:9/jwks"}, {"x5u": "http://127.0.0.1:9/c"}, {"crit": ["exp"]}):
        assert status(h.forge(key=pem, headers=extra, **claims)) == 401
        if extra:
            assert status(h.forge(headers=extra, **claims)) == 401  # nothing but alg, kid and typ, however well signed


@pytest.mark.parametrize("curve", [ec.SECP384R1(), ec.SECP521R1()], ids=["ES384", "ES512"])
def test_another_curve(claims, curve):
    pem = ec.generate_private_key(curve).private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    assert status(h.forge(key=pem, algorithm="ES384" if curve.name == "secp384r1" else "ES512", **claims)) == 401


@pytest.mark.parametrize("changed", [{"exp": -1}, {"exp": -3600}, {"exp": None}, {"exp": "x"}, {"exp": 100000}, {"nbf": 3600}, {"iss": "http://evil.example"}, {"iss": None}, {"iss": ""}, {"aud": "other"},
                                     {"aud": None}, {"aud": ["x", "y"]}, {"sub": None}, {"organisation": None}, {"organisation": 5}], ids=str)
def test_claims_that_are_not_ours_or_not_now(claims, changed):
    now = int(time.time())
    changed = {k: now + v if k in ("exp", "nbf") and isinstance(v, int) else v for k, v in changed.items()}
    try:
        token = h.forge(**{**claims, **changed})
    except TypeError:  # what the library does not write is written by hand
        header, _, signature = h.forge(**claims).split(".")
        token = f"{header}.{b64({**body_of(claims), **changed})}.{signature}"
    assert status(token) in ((401, 403) if "organisation" in changed or "sub" in changed else (401,))


def test_a_token_changed_in_any_of_its_parts(claims):
    good = h.forge(**claims)
    header, payload, signature = good.split(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    other = h.forge(**{**claims, "jti": "x"}).split(".")[2]
    bad = [good[:n] for n in range(0, len(good) - 1, max(1, len(good) // 40))] + [good + "x", good + ".", good + "." + signature, "." + good, good.replace(".", "..", 1), f"{header}.{payload}", f"{header}.{payload}.",
           f"{header}.{payload}.{other}", f"{header}.{b64({**body_of(claims), 'organisation': '0' * 26})}.{signature}", f"{header}.{payload}.{b64(raw[:63])}", f"{header}.{payload}.{b64(raw + b'0')}",
           f"{header}.{payload}.{b64(bytes(64))}", f"{header}.{payload}.{b64(b'0D' + raw)}", f"{payload}.{header}.{signature}", good.swapcase(), "x" * 9000]
    for i, token in enumerate(bad):
        r = requests.get(OWN, headers={"Authorization": "Bearer " + token}, timeout=10)
        assert r.status_code in (400, 401) if len(token) > 8000 else r.status_code == 401, (i, token)
    assert status(good) == 200


@pytest.mark.parametrize("scheme", ["bearer ", "BEARER ", "Bearer  "])
def test_the_scheme_is_read_without_regard_to_case(claims, scheme):
    assert requests.get(OWN, headers={"Authorization": scheme + h.forge(**claims)}, timeout=10).status_code == 200


@pytest.mark.parametrize("value", ["{}", "Basic {}", "Token {}", "Bearer {}, Bearer {}", "Bearer{}"])
def test_other_schemes_are_no_token(claims, value):
    assert requests.get(OWN, headers={"Authorization": value.format(h.forge(**claims), "x")}, timeout=10).status_code == 401
    assert requests.get(OWN + "?access_token=" + h.forge(**claims), timeout=10).status_code == 401


def jwks_fetches():
    return sum(h.metric("identity", "serve", n, f'http_requests_total{{method="GET",route="/oauth2/jwks",status="{c}xx"}}') for n in (1, 2) for c in (2, 5))


def test_unknown_keys_do_not_make_the_services_fetch_without_end(claims):
    """Two replicas, each at most once a second, however many tokens with keys that nobody knows come in."""
    before, began, count = jwks_fetches(), time.time(), 0
    while time.time() - began < 3:
        for kid in (uuid.uuid4().hex, "../../etc/passwd", "1' or '1", "", "x" * 65):
            assert requests.get(OWN, headers={"Authorization": "Bearer " + h.forge(kid=kid, **claims)}, timeout=10).status_code == 401
            count += 1
    took = time.time() - began
    assert jwks_fetches() - before <= 2 * (took + 2) and count > 3 * 2 * (took + 2)
    assert status(h.forge(**claims)) == 200


def test_revoked_within_a_second_on_every_replica(employer):
    client = h.new_client(employer)
    head = h.bearer(client)
    for _ in range(6):
        assert requests.get(OWN, headers=head, timeout=10).status_code == 200
    h.revoke(employer, client)
    began, refused = time.time(), 0
    while refused < 8:  # nginx takes the replicas in turn
        refused = refused + 1 if requests.get(OWN, headers=head, timeout=10).status_code == 401 else 0
        assert time.time() - began < 1.6, "a revoked client was let in after more than a second"
    time.sleep(1)
    assert {requests.get(OWN, headers=head, timeout=10).status_code for _ in range(8)} == {401}


def test_the_key_set_tells_nothing_secret():
    keys = requests.get(h.BASE + "/oauth2/jwks", timeout=10).json()["keys"]
    assert keys and all(set(k) <= {"kty", "crv", "x", "y", "kid", "alg", "use"} and k["kty"] == "EC" and k["crv"] == "P-256" for k in keys)
    for root, _, names in os.walk(f"{h.VAR}/keys"):
        assert os.stat(root).st_mode & 0o077 == 0
        for name in names:
            if name.endswith((".key", ".pem")) or name.startswith("redis"):
                assert os.stat(os.path.join(root, name)).st_mode & 0o077 == 0, name
