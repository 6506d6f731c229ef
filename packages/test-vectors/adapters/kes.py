"""Key evolving signatures by their definition. An example of a tested implementation: its keys are in ordinary memory."""

from hashlib import blake2b

import ed25519


def hashed(*parts):
    return blake2b(b"".join(parts), digest_size=32).digest()


def expand(seed):
    return hashed(b"\x01", seed), hashed(b"\x02", seed)


def generate(seed, depth):
    """The blocks of a key at period 0: the seed of the leaf, then three blocks per level, innermost first."""
    if depth == 0:
        return [seed]
    left, right = expand(seed)
    blocks = generate(left, depth - 1)
    return blocks + [right, root(blocks), root(generate(right, depth - 1))]


def root(blocks):
    return ed25519.public_key(blocks[0]) if len(blocks) == 1 else hashed(*blocks[-2:])


def evolve(blocks, period):
    depth = len(blocks) // 3
    if depth == 0:
        raise ValueError("no further period")
    half, inner, level = 1 << depth - 1, blocks[:-3], blocks[-3:]
    if period + 1 == half:
        return generate(level[0], depth - 1) + [bytes(32), *level[1:]]
    return evolve(inner, period if period < half else period - half) + level


class Key:
    def __init__(self, blocks, period, compact):
        self.blocks, self.period, self.compact = blocks, period, compact

    def verification_key(self):
        return root(self.blocks)

    def update(self):
        self.blocks = evolve(self.blocks, self.period)
        self.period += 1

    def sign(self, message):
        signature = ed25519.sign(self.blocks[0], message)
        if self.compact:
            signature += ed25519.public_key(self.blocks[0])
        for level in range(len(self.blocks) // 3):
            left, right = self.blocks[3 * level + 2 : 3 * level + 4]
            sibling = left if self.period >> level & 1 else right
            signature += sibling if self.compact else left + right
        return signature


class Kes:
    def __init__(self, algorithm, depth):
        self.compact, self.depth = algorithm.startswith("compact"), depth
        self.periods, self.key_size = 1 << depth, 32 + 96 * depth
        self.signature_size = (96 + 32 * depth) if self.compact else (64 + 64 * depth)

    def generate(self, seed):
        return Key(generate(seed, self.depth), 0, self.compact)

    def read(self, serialised, period=None):
        if len(serialised) != self.key_size:
            raise ValueError("wrong length")
        blocks = [serialised[at : at + 32] for at in range(0, len(serialised), 32)]
        # The right seed of a level is zero exactly in its right half.
        found = sum(1 << level for level in range(self.depth) if not any(blocks[3 * level + 1]))
        if period not in (None, found):
            raise ValueError(f"the key is at period {found}")
        return Key(blocks, found, self.compact)

    def verify(self, verificationKey, period, message, signature):
        if not 0 <= period < self.periods or len(signature) != self.signature_size:
            return False
        verify = self.verify_compact if self.compact else self.verify_sum
        return verify(verificationKey, period, message, signature)

    def verify_sum(self, key, period, message, signature):
        for level in reversed(range(self.depth)):
            left, right = signature[64 + 64 * level :][:32], signature[96 + 64 * level :][:32]
            if hashed(left, right) != key:
                return False
            key = right if period >> level & 1 else left
        return ed25519.verify(key, message, signature[:64])

    def verify_compact(self, key, period, message, signature):
        leaf = node = signature[64:96]
        for level in range(self.depth):
            sibling = signature[96 + 32 * level :][:32]
            node = hashed(sibling, node) if period >> level & 1 else hashed(node, sibling)
        return node == key and ed25519.verify(leaf, message, signature[:64])
