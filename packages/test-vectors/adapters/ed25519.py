"""Ed25519 with the verdicts of libsodium. An example of a tested implementation: slow, and not constant-time."""

from hashlib import sha512

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * D * p[3] * q[3] % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(scalar, point):
    result = 0, 1, 1, 0
    while scalar > 0:
        if scalar & 1:
            result = add(result, point)
        point, scalar = add(point, point), scalar >> 1
    return result


def encode(point):
    x, y, z, _ = point
    inverse = pow(z, -1, P)
    return (y * inverse % P | (x * inverse % P & 1) << 255).to_bytes(32, "little")


def decode(data):
    """The point of a canonical encoding, or None."""
    value = int.from_bytes(data, "little")
    sign, y = value >> 255, value & 2**255 - 1
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def expand(seed):
    digest = sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little") & 2**254 - 8 | 2**254
    return scalar, digest[32:]


def challenge(*parts):
    return int.from_bytes(sha512(b"".join(parts)).digest(), "little") % L


def public_key(seed):
    return encode(multiply(expand(seed)[0], BASE))


def sign(seed, message):
    scalar, prefix = expand(seed)
    nonce = challenge(prefix, message)
    commitment, key = encode(multiply(nonce, BASE)), public_key(seed)
    response = (nonce + challenge(commitment, key, message) * scalar) % L
    return commitment + response.to_bytes(32, "little")


def has_small_order(point):
    x, y, z, _ = multiply(8, point)
    return x == 0 and (y - z) % P == 0


def verify(key, message, signature):
    if len(key) != 32 or len(signature) != 64:
        return False
    commitment, response = signature[:32], int.from_bytes(signature[32:], "little")
    a, r = decode(key), decode(commitment)
    if a is None or r is None or has_small_order(a) or has_small_order(r) or response >= L:
        return False
    negated = (-a[0] % P, a[1], 1, -a[3] % P)
    multiple = multiply(challenge(commitment, key, message), negated)
    return encode(add(multiply(response, BASE), multiple)) == commitment
