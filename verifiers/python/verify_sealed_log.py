#!/usr/bin/env python3
"""Verifies sealed logs of the format evolock-seal/v1, and proofs of single entries, as docs/SEALED_LOG.md defines them.

It needs Python 3.9 or later and nothing else. Exit codes: 0 valid, 1 invalid, 2 wrong arguments, 3 a file cannot be read,
4 nothing is invalid, and not everything is proved.
"""
import argparse
import base64
import bisect
import gzip
import os
import re
import sys
import time
import zlib
from collections import Counter, namedtuple
from functools import partial
from hashlib import blake2b, sha256, sha512

LABEL = b"evolock-seal/v1"
LARGEST = 2**53 - 1
LONGEST_LINE = 1200

class Invalid(Exception):
    """A rule that does not hold, by the name that the page has for it."""

def require(holds, failure):
    if not holds:
        raise Invalid(failure)

def attempt(read, *given):
    try:
        return read(*given)
    except Invalid:
        return None

# --- Ed25519, as libsodium judges it: without a cofactor ---

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)

def add(left, right):
    """The sum of two points, also of equal ones. A point is X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z."""
    a = (left[1] - left[0]) * (right[1] - right[0]) % P
    b = (left[1] + left[0]) * (right[1] + right[0]) % P
    c = 2 * left[3] * right[3] * D % P
    d = 2 * left[2] * right[2] % P
    return (b - a) * (d - c) % P, (d + c) * (b + a) % P, (d - c) * (d + c) % P, (b - a) * (b + a) % P

def decode_point(data):
    """The point of 32 bytes. They are its only canonical encoding."""
    sign, y = divmod(int.from_bytes(data, "little"), 2**255)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * ROOT_OF_MINUS_ONE % P
    require(y < P and x * x % P == square and not (x == 0 and sign == 1), "signature")
    x = x if x % 2 == sign else P - x
    return x, y, 1, x * y % P

def has_small_order(point):
    for _ in range(3):
        point = add(point, point)
    return point[0] == 0

BASE = decode_point(b"\x58" + 31 * b"\x66")

def check_ed25519(key, message, signature):
    a = decode_point(key)
    s = int.from_bytes(signature[32:], "little")
    require(s < ORDER and not has_small_order(a), "signature")
    k = int.from_bytes(sha512(signature[:32] + key + message).digest(), "little") % ORDER
    minus_a = P - a[0], a[1], 1, P - a[3]
    addends = None, BASE, minus_a, add(BASE, minus_a)
    r = 0, 1, 1, 0
    for bit in range(252, -1, -1):
        r = add(r, r)
        chosen = (s >> bit & 1) + 2 * (k >> bit & 1)
        r = add(r, addends[chosen]) if chosen else r
    inverse = pow(r[2], -1, P)
    encoded = r[1] * inverse % P + r[0] * inverse % P % 2 * 2**255
    # Bytes are compared: R in another encoding is refused.
    require(encoded.to_bytes(32, "little") == signature[:32] and not has_small_order(r), "signature")

# --- The format ---

Seal = namedtuple("Seal", "number time flags size root signature material")
Note = namedtuple("Note", "origin size root blobs")

def read_integer(text):
    require(re.fullmatch(r"0|[1-9][0-9]{0,15}", text) and int(text) <= LARGEST, "form")
    return int(text)

def to_base64(data):
    return base64.b64encode(data).decode()

def read_base64(text, length=None):
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Invalid("form") from None
    require(data and to_base64(data) == text and length in (None, len(data)), "form")
    return data

class Key:
    """A key of a log."""

    def __init__(self, origin, material):
        require(len(material) == 57 and material[:16] == b"\xff" + LABEL and material[16] <= 20, "key")
        self.origin = origin
        self.depth = material[16]
        self.first = int.from_bytes(material[17:25], "big")
        self.last = self.first + 2**self.depth - 1
        self.verification_key = material[25:]
        self.id = sha256(origin.encode() + b"\n" + material).digest()[:4]
        require(self.first <= LARGEST, "key")

    def check(self, seal):
        """This key made the signature of a seal, of the scheme CompactSum."""
        signature = seal.signature
        in_range = self.first <= seal.number <= self.last
        require(in_range and len(signature) == 96 + 32 * self.depth, "signature")
        node = signature[64:96]
        for level in range(self.depth):
            sibling = signature[96 + 32 * level : 128 + 32 * level]
            is_right = (seal.number - self.first) >> level & 1
            node = blake2b(sibling + node if is_right else node + sibling, digest_size=32).digest()
        require(node == self.verification_key, "signature")
        check_ed25519(signature[64:96], message_of(seal, self.origin), signature[:64])
        return True

    def follow(self, seal, before):
        """The key of the number after a seal, which comes after another."""
        is_last = seal.number == self.last and seal.flags & 2 == 0
        require(is_last == (seal.flags & 1 == 1) == (seal.material is not None), "successor")
        key = self
        if is_last:
            key = attempt(Key, self.origin, seal.material)
            require(key and key.first == seal.number + 1, "successor")
        self.check(seal)
        require(before.time <= seal.time, "time")
        require(before.size <= seal.size, "size")
        return key

def read_verifier_key(text):
    parts = re.fullmatch(r"([!-*,-~]{1,255})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{76})", text)
    require(parts, "key")
    key = Key(parts[1], base64.b64decode(parts[3]))
    require(key.id.hex() == parts[2], "key")
    return key

def message_of(seal, origin):
    lines = [LABEL.decode(), f"number {seal.number}", f"time {seal.time}", f"flags {seal.flags}"]
    if seal.material is not None:
        lines.append(f"successor {to_base64(seal.material)}")
    return "\n".join([*lines, origin, str(seal.size), to_base64(seal.root), ""]).encode()

def read_seal_line(line):
    fields = line.decode("latin1").split(" ")
    require(len(line) <= LONGEST_LINE and 6 <= len(fields) <= 7, "form")
    number, at, flags, size = map(read_integer, fields[:4])
    require(flags in (0, 1, 2, 4, 5, 6), "form")
    material = read_base64(fields[6], 57) if len(fields) == 7 else None
    return Seal(number, at, flags, size, read_base64(fields[4], 32), read_base64(fields[5]), material)

def read_note(data):
    require(len(data) <= 65_536 and not re.search(rb"[\x00-\x09\x0b-\x1f]", data), "form")
    try:
        lines = data.decode().split("\n")
    except UnicodeDecodeError:
        raise Invalid("form") from None
    require(6 <= len(lines) <= 105 and lines[3] == lines[-1] == "", "form")
    blobs = []
    for line in lines[4:-1]:
        parts = re.fullmatch("\u2014 ([^\\s+]+) (\\S+)", line)
        require(parts and len(read_base64(parts[2])) >= 5, "form")
        if parts[1] == lines[0]:
            blobs.append(read_base64(parts[2]))
    return Note(lines[0], read_integer(lines[1]), read_base64(lines[2], 32), blobs)

def seal_of_note(note, keys):
    """The seal of the one line of ours, which one of the keys signed."""
    ours = [blob for blob in note.blobs if any(blob[:4] == key.id for key in keys)]
    require(note.origin == keys[0].origin and len(ours) == 1 and len(ours[0]) > 78, "signature")
    blob = ours[0]
    number = int.from_bytes(blob[4:12], "big")
    at = int.from_bytes(blob[12:20], "big")
    end = 78 if blob[20] & 1 else 21
    require(max(number, at) <= LARGEST and blob[20] in (0, 1, 2, 4, 5, 6), "signature")
    seal = Seal(number, at, blob[20], note.size, note.root, blob[end:], blob[21:end] or None)
    require(any(key.id == blob[:4] and attempt(key.check, seal) for key in keys), "signature")
    return seal

def read_chain(key, data):
    """The seals of a chain, and the key to which it leads."""
    require((not data or data.endswith(b"\n")) and data.count(b"\n") <= 65_536, "chain")
    seals = []
    first = key.first
    try:
        for line in data.split(b"\n")[:-1]:
            seal = read_seal_line(line)
            if seals or seal.number >= first:
                require(seal.number == key.last and seal.flags & 1, "chain")
                key = key.follow(seal, seals[-1] if seals else seal)
                seals.append(seal)
    except Invalid:
        raise Invalid("chain") from None
    return seals, key

# --- The proof of one entry ---

def root_of_path(leaf, index, size, path):
    """The root to which a path leads: RFC 9162, section 2.1.3.2."""
    first = index
    second = size - 1
    for node in path:
        require(second > 0, "entry")
        if first & 1 or first == second:
            leaf = sha256(b"\1" + node + leaf).digest()
            while first and not first & 1:
                first >>= 1
                second >>= 1
        else:
            leaf = sha256(b"\1" + leaf + node).digest()
        first >>= 1
        second >>= 1
    require(second == 0, "entry")
    return leaf

def verify_proof(verifier_key, entry, proof, revoked_from=None):
    """The number of the entry, and the seal that proves it. The entry and the proof are bytes."""
    key = read_verifier_key(verifier_key)
    head, _, note = proof.partition(b"\n\n")
    parts = re.fullmatch(r"c2sp\.org/tlog-proof@v1\n(?:extra (.+)\n)?index (.+)((?:\n.+)*)", head.decode("latin1"))
    require(parts, "form")
    chain = read_base64(parts[1]) if parts[1] else b""
    index = read_integer(parts[2])
    path = [read_base64(line, 32) for line in parts[3].split("\n")[1:]]
    note = read_note(note)
    seals, last_key = read_chain(key, chain)
    seal = seal_of_note(note, [last_key])
    require(revoked_from is None or seal.number < revoked_from, "revoked")
    require(not seals or seals[-1].time <= seal.time, "time")
    require(not seals or seals[-1].size <= seal.size, "size")
    leaf = sha256(b"\0" + entry).digest()
    require(index < seal.size and root_of_path(leaf, index, seal.size, path) == seal.root, "entry")
    return index, seal

# --- The entries, and their hashes ---

class Tree:
    """The root of RFC 6962 of the leaves that were appended."""

    def __init__(self):
        self.size = 0
        self.nodes = []

    def append(self, leaf):
        size = self.size
        while size & 1:
            leaf = sha256(b"\1" + self.nodes.pop() + leaf).digest()
            size >>= 1
        self.nodes.append(leaf)
        self.size += 1

    def root(self):
        root = self.nodes[-1] if self.nodes else sha256().digest()
        for node in self.nodes[-2::-1]:
            root = sha256(b"\1" + node + root).digest()
        return root

def add_range(ranges, start, end):
    if ranges and start <= ranges[-1][1]:
        ranges[-1][1] = max(end, ranges[-1][1])
    else:
        ranges.append([start, end])

class Entries:
    """The entries of files in order, read as far as a seal reaches, and compared with their hashes."""

    def __init__(self, files, hashes, first_entry, erased):
        self.leaves = self.read(files)
        self.hashes = hashes
        self.first_entry = first_entry
        self.erased = []
        for start, end in sorted(erased):
            add_range(self.erased, start, end)
        self.is_torn = False
        self.present = 0
        self.taken = 0
        self.tree = Tree()
        self.hash_tree = Tree()
        self.hashes_wrong = False
        # Ranges since the last seal of entries that are not as their hashes, and what they are.
        self.differing = []

    def read(self, files):
        """Each leaf, and whether the entry has nothing but spaces. A long line is never in memory as a whole."""
        leaf = None
        is_blank = True
        for file in files:
            if leaf:
                yield leaf.digest(), is_blank
                leaf = None
            for piece in iter(partial(file.readline, 2**20), b""):
                is_blank = is_blank if leaf else True
                leaf = leaf or sha256(b"\0")
                is_whole = piece.endswith(b"\n")
                line = piece[:-1] if is_whole else piece
                leaf.update(line)
                is_blank = is_blank and not line.strip(b" ")
                if is_whole:
                    yield leaf.digest(), is_blank
                    leaf = None
        self.is_torn = leaf is not None

    def take(self, size):
        """Reads up to a size. Each entry is there, or absent from the front with a hash."""
        require(size == 0 or self.first_entry == 0 or self.hashes, "missing-entries")
        while self.taken < size:
            expected = self.hashes.read(32) if self.hashes else b""
            leaf, is_blank = None, True
            if self.taken >= self.first_entry:
                leaf, is_blank = next(self.leaves, (None, True))
                require(leaf, "missing-entries")
                self.present += 1
                self.tree.append(leaf)
            elif len(expected) < 32:
                # Nothing is known of the rest of the front.
                self.taken = min(size, self.first_entry) - 1
            if len(expected) == 32:
                self.hash_tree.append(expected)
                if leaf != expected:
                    self.differ(is_blank, "changed" if leaf else "gone")
            self.taken += 1

    def differ(self, is_blank, kind):
        at = bisect.bisect_right(self.erased, [self.taken, LARGEST + 1]) - 1
        if is_blank and at >= 0 and self.taken < self.erased[at][1]:
            kind = "erased"
        if self.differing and self.differing[-1][1:] == [self.taken, kind]:
            self.differing[-1][1] += 1
        else:
            self.differing.append([self.taken, self.taken + 1, kind])

    def fit(self, root):
        """The root is that of the entries, or of the hashes. A tree in which one is absent is smaller."""
        fits_entries = self.tree.size == self.taken and self.tree.root() == root
        fits_hashes = self.hashes and self.hash_tree.size == self.taken and self.hash_tree.root() == root
        require(fits_entries or fits_hashes, "entries")
        if self.hashes and not fits_hashes:
            self.hashes_wrong = True
            self.hashes = None
            self.differing = []

# --- The verdict on a log ---

class Log:
    """One reading of a log: which lines held, what is known by them, and what is missing."""

    def __init__(self, key, entries, options):
        self.keys = [key]
        self.entries = entries
        self.options = options
        self.failure = None
        self.at = None
        self.has_torn_seal = False
        # The last line that held, and the last one before the failure: facts count what was proved before it.
        self.before = None
        self.last = None
        self.seals = 0
        self.ranges = {kind: [] for kind in ("changed", "erased", "expired", "pruned")}
        self.counts = Counter()
        # By their numbers, what was signed of the seals with which checkpoints are compared.
        self.messages = {}
        self.is_behind = False
        self.unverified = 0

    def number(self):
        return self.before.number + 1 if self.before else self.keys[0].first

    def is_revoked(self, number):
        return number >= self.options.get("revoked_from", LARGEST + 1)

    def fail(self, failure, at):
        if self.failure is None:
            self.failure = failure
            self.at = at

    def read(self, seals, left):
        try:
            while not self.is_revoked(self.keys[0].first):
                line = seals.readline(min(LONGEST_LINE + 1, left))
                left -= len(line)
                # A line without an end would be read for ever.
                is_whole = line.endswith(b"\n") or len(line) > LONGEST_LINE
                self.has_torn_seal = line != b"" and not is_whole
                if not is_whole or self.is_revoked(self.number()):
                    break
                seal = read_seal_line(line[:-1] if line.endswith(b"\n") else line)
                if self.before or seal.number >= self.number():
                    self.judge(seal)
            require(self.before, "no-seal")
        except Invalid as invalid:
            self.fail(str(invalid), self.number())

    def judge(self, seal):
        """Judges a line. An entry that was changed is a failure after which lines are read, to find all of them."""
        has_ended = self.before and self.before.flags & 2
        require(seal.number == self.number() and not has_ended, "number")
        key = self.keys[-1].follow(seal, self.before or seal)
        self.entries.take(seal.size)
        self.entries.fit(seal.root)
        has_expired = seal.time < self.options.get("now", 0) - self.options.get("retention", LARGEST)
        for start, end, kind in self.entries.differing:
            if kind == "changed":
                self.fail("entries", seal.number)
            kind = ("expired" if has_expired else "pruned") if kind == "gone" else kind
            self.counts[kind] += end - start
            add_range(self.ranges[kind], start, end)
        self.entries.differing = []
        self.before = seal
        if self.failure is None:
            self.last = seal
            self.seals += 1
        if seal.number in self.messages:
            self.messages[seal.number] = message_of(seal, key.origin)
        if key is not self.keys[-1]:
            self.keys.append(key)

    def compare(self, seal):
        """Whether the log has the number of a seal. Then it has the same content, or it is a fork."""
        if seal.number > self.last.number:
            return False
        require(self.messages[seal.number] == message_of(seal, self.keys[0].origin), seal.number)
        return True

    def check(self, note, chain, keys):
        """Compares a checkpoint with the log, also the chain of one that does not count."""
        seal = attempt(seal_of_note, note, self.keys + keys) if note else None
        if seal is None or self.is_revoked(seal.number):
            self.unverified += 1
            seal = None
        for each in chain:
            if not self.is_revoked(each.number):
                self.compare(each)
        if seal and not self.compare(seal):
            self.is_behind = True

    def unsealed(self):
        return self.entries.present - max(0, self.last.size - self.entries.first_entry)

    def reasons(self, files="the entries", seals="the file of seals", chains=()):
        """Why a log that is not invalid is not complete: the names of the page, and sentences."""
        now, max_age, revoked_from = map(self.options.get, ("now", "max_age", "revoked_from"))
        has_ended = self.last.flags & 2 != 0
        since = (now or 0) - self.last.time
        has_clock = now is not None and max_age is not None and revoked_from is None
        is_old = has_clock and not has_ended and since > max_age
        # What is not sealed yet is no fault of a log that is being sealed.
        is_young = has_clock and not has_ended and not is_old
        unsealed = self.unsealed()
        is_behind_front = self.entries.first_entry > self.last.size
        pruned = self.counts["pruned"]
        unverified = "it is of no form, no key of this log signed it, or its seal is revoked"
        if chains:
            unverified = f"{', '.join(chains)} {'is' if len(chains) == 1 else 'are'} missing, and a log that was written again may not be seen: keep each checkpoint with its chain"
        reasons = {
            "behind-checkpoint": self.is_behind and "a checkpoint has a later seal: the end was cut, or this is an old copy",
            "end-unproved": not has_ended and not has_clock and "nothing proves the end: seals that were cut together with their entries are not seen",
            "ended": has_ended and self.options.get("must_go_on") and "the log has ended, and should go on",
            "future-time": now is not None and revoked_from is None and since < -300 and f"the last seal is {duration(-since)} after the present time",
            "not-ended": not has_ended and self.options.get("must_end") and "the log has not ended",
            "pruned": pruned and f"{entries_in_words(pruned)} {'is' if pruned == 1 else 'are'} gone from the front, younger than any given retention and not accepted as erased",
            "revoked": revoked_from is not None and f"seals from {revoked_from} on prove nothing, since their key was stolen: they were not read",
            "too-old": is_old and f"the last seal is {duration(since)} old, and at most {duration(max_age)} is expected: no sealer runs, or the end was cut",
            "torn-entries": self.entries.is_torn and not is_young and f"the last line of {files} has no newline",
            "torn-seals": self.has_torn_seal and not is_young and f"the last line of {seals} has no newline",
            "unsealed-entries": (unsealed and not is_young or is_behind_front) and f"{entries_in_words(unsealed)} after the last seal: nothing proves them",
            "unverified-checkpoint": self.unverified and f"a checkpoint does not count: {unverified}",
        }
        return {name: words for name, words in reasons.items() if words}

def verify_log(verifier_key, files, seals, hashes=None, checkpoints=(), seals_size=LARGEST, **options):
    """The reading of a log. Files are binary streams; checkpoints are pairs of the bytes of a note, and of its chain or None.
    Options are now, max_age, retention (seconds), must_end, must_go_on, first_entry, erased (pairs of entries), revoked_from."""
    if "now" not in options and ("retention" in options or "max_age" in options):
        raise ValueError("an age needs the present time")
    key = read_verifier_key(verifier_key)
    log = Log(key, Entries(files, hashes, options.get("first_entry", 0), options.get("erased", ())), options)
    given = []
    for note, chain in checkpoints:
        note = attempt(read_note, note)
        led = None if chain is None else attempt(read_chain, key, chain)
        given.append((note, led[0] if led else [], [led[1]] if led else []))
        numbers = [seal.number for seal in given[-1][1]]
        numbers += [int.from_bytes(blob[4:12], "big") for blob in (note.blobs if note else [])]
        log.messages.update(dict.fromkeys(numbers))
    log.read(seals, seals_size)
    if log.failure:
        return log
    log.entries.present += sum(1 for _ in log.entries.leaves)
    try:
        for checkpoint in given:
            log.check(*checkpoint)
    except Invalid as fork:
        log.fail("fork", fork.args[0])
    return log

# --- Words, and the command ---

FAILURES = {
    "form": "NOT as it was sealed: {seals} has a line in the place of seal {at} that is no seal",
    "number": "NOT as it was sealed: {seals} has another seal in the place of seal {at}",
    "successor": "NOT as it was sealed: seal {at} names the next key at a wrong place, or a wrong one",
    "signature": "NOT as it was sealed: seal {at} is forged: the key of its number did not sign it",
    "time": "NOT as it was sealed: seal {at} is of an earlier time than the one before",
    "size": "NOT as it was sealed: seal {at} covers fewer entries than the one before",
    "missing-entries": "NOT proved: seal {at} covers more entries than there are: files are missing, or entries were removed",
    "entries": "NOT proved: entries from entry {size} on do not fit seal {at}: files are missing, or entries were changed, removed or inserted",
    "no-seal": "NOT as it was sealed: {seals} has no seal {at}",
    "fork": "NOT as it was sealed: seal {at} is another one in a checkpoint: the log was written again",
}
OTHER_LOG = "NOT proved: the verifier key did not sign seal {at}: the log was renewed after this key was kept, or it is another log, or forged"
PROOF_FAILURES = {
    "form": "the proof is not of the form",
    "chain": "the keys of the log do not lead to that of the proof",
    "signature": "the key of the log did not sign the checkpoint",
    "revoked": "its seal is revoked, since the key was stolen",
    "time": "the checkpoint is of an earlier time than its key",
    "size": "the checkpoint covers fewer entries than the seal of its key",
    "entry": "it is another entry than the one of the proof",
}

def entries_in_words(count):
    return "1 entry" if count == 1 else f"{count} entries"

def moment(seconds):
    is_date = seconds < 253_402_300_800
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(seconds)) if is_date else f"second {seconds} since 1970"

def duration(seconds):
    for limit, length, unit in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h"), (LARGEST, 86_400, "days")):
        if seconds < limit:
            return f"{seconds // length} {unit}"

def printable(text):
    return "".join(each if each.isprintable() else "\ufffd" for each in text)

def lines_of(log, names, seals, chains):
    """The verdict in lines: what was changed, what stands and until when, what is missing, and what was not judged."""
    name = " ".join(names) if len(names) < 5 else f"{' '.join(names[:3])} and {len(names) - 3} more"
    last = log.last
    if log.failure:
        is_other = log.failure == "signature" and log.at == log.keys[0].first
        sentence = OTHER_LOG if is_other else FAILURES[log.failure]
        yield f"✗ {name}: {sentence.format(at=log.at, seals=seals, size=last.size if last else 0)}"
    if last and log.failure != "fork":
        absent = sum(log.counts[kind] for kind in ("erased", "expired", "pruned"))
        left = last.size - absent
        count = f"{left} of {entries_in_words(last.size)}" if absent else entries_in_words(left)
        since = log.options["now"] - last.time
        end = f"; the time since, {duration(since)}, is not proved" if since > 0 and not log.failure else ""
        end = ", when the log ended" if last.flags & 2 else end
        mark = "!" if log.counts["pruned"] else "✓"
        verb = "is as it was" if left == 1 else "are as they were"
        yield f"{mark} {'before it' if log.failure else name}: {count} {verb} sealed, to {moment(last.time)}{end}"
    if log.failure:
        yield "? not judged: which of the two contents is the true one" if log.failure == "fork" else "? not judged: what comes after"
    else:
        yield from (f"! {words}" for words in log.reasons(names[-1], seals, chains).values())
    for kind in ("erased", "expired", "pruned"):
        if log.counts[kind]:
            yield f"! {kind}: entries {', '.join(f'{start} to {end - 1}' for start, end in log.ranges[kind][:10])}"
    if log.entries.hashes_wrong:
        yield "! hashes: they do not fit the entries, which the seals fit"

class Refused(Exception):
    """Arguments with which nothing can be judged, and files that cannot be read: the exit code, and why."""

def open_file(path):
    if not os.path.isfile(path):
        raise Refused(3, f"{path}: {'it is not a regular file' if os.path.exists(path) else 'there is no such file'}")
    if re.search(r"\.(zst|xz|bz2)$", path):
        raise Refused(2, f"{path}: it is compressed in a form that is not read here: give the unpacked file")
    return gzip.open(path) if path.endswith(".gz") else open(path, "rb")

def read_whole(path, most=2**28):
    with sys.stdin.buffer if path == "-" else open_file(path) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise Refused(2, f"{path}: it is larger than {most} bytes")
    return data

def refuse_beside(option, path, logs):
    """Refuses a file beside the log: who can change the log can replace it."""
    folders = {os.path.dirname(resolve(log)) for log in logs for resolve in (os.path.abspath, os.path.realpath)}
    if folders & {os.path.dirname(os.path.abspath(path)), os.path.dirname(os.path.realpath(path))}:
        raise Refused(2, f"{option} {path}: it is beside the log, and who can change the log can replace it: keep it elsewhere")

def key_of(text, logs):
    if attempt(read_verifier_key, text):
        return text
    if not os.path.exists(text):
        raise Refused(2, f"--key {text}: no file has this name, and it is not a verifier key")
    refuse_beside("--key", text, logs)
    line = read_whole(text, 4096).decode(errors="replace").strip("\ufeff \t\r\n")
    if not attempt(read_verifier_key, line):
        raise Refused(2, f"--key {text}: the file does not hold a verifier key")
    return line

def erasures_of(text, logs):
    """Pairs of entries, from 4-6,9 or from a file with a range and a text on each line."""
    parts = text.split(",")
    if not re.fullmatch(r"[0-9,-]+", text):
        refuse_beside("--erased", text, logs)
        lines = read_whole(text).decode(errors="replace").split("\n")
        parts = [line.split("#")[0].split()[0] for line in lines if line.split("#")[0].strip()]
    ranges = []
    for part in parts:
        numbers = re.fullmatch(r"([0-9]{1,15})(?:-([0-9]{1,15}))?", part)
        start = int(numbers[1]) if numbers else 0
        end = int(numbers[2] or start + 1) if numbers else 0
        if start >= end:
            raise Refused(2, f"--erased: {part} is not a range of entries: 4-6 are the entries 4 and 5, and 9 is the entry 9")
        ranges.append((start, end))
    return ranges

def seconds_of(text):
    parts = re.fullmatch(r"([1-9][0-9]*)(ms|s|m|h|d)", text)
    if not parts:
        raise argparse.ArgumentTypeError(f"{text} is not a time like 90s, 5m, 12h or 7d")
    return -(-int(parts[1]) * {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}[parts[2]] // 1000)

def check_log(given):
    logs = given.files
    last = logs[-1]
    for path in logs:
        if re.search(r"\.(seals|hashes|chain|hint)$", path) and not os.path.exists(f"{path}.seals"):
            raise Refused(2, f"{path}: it is no file of entries: give the files of entries")
        if path != last and os.path.exists(f"{path}.seals"):
            raise Refused(2, f"{path}: it has the seals beside it, so it is the last file: give the files oldest first")
    seals = given.seals or f"{last}.seals"
    hashes = given.hashes or (f"{last}.hashes" if os.path.exists(f"{last}.hashes") else None)
    if given.first_entry and not hashes:
        raise Refused(2, "--first-entry needs the hashes: without them no root can be computed")
    options = {
        "now": int(time.time()),
        "max_age": None if given.max_age == "none" else seconds_of(given.max_age),
        "retention": given.retention,
        "revoked_from": given.revoked_from,
        "first_entry": given.first_entry,
        "must_end": given.ended,
        "must_go_on": given.must_go_on,
        "erased": erasures_of(given.erased, [*logs, seals]) if given.erased else None,
    }
    options = {name: value for name, value in options.items() if value is not None}
    key = key_of(given.key, [*logs, seals])
    notes = [(read_whole(path, 65_536), path + ".chain") for path in given.checkpoint]
    checkpoints = [(note, read_whole(chain) if os.path.exists(chain) else None) for note, chain in notes]
    chains = [printable(chain) for _, chain in notes if not os.path.exists(chain)]
    # All are open before anything is read, and the length of the seals is taken first: a log may grow meanwhile.
    files = [open_file(path) for path in logs]
    hashes_file = open_file(hashes) if hashes else None
    seals_file = open_file(seals)
    size = os.fstat(seals_file.fileno()).st_size
    log = verify_log(key, files, seals_file, hashes_file, checkpoints, size, **options)
    lines = list(lines_of(log, [printable(path) for path in logs], printable(seals), chains))
    is_incomplete = not log.failure and log.reasons()
    beyond = [f"{start}-{end}" for start, end in options.get("erased", ()) if log.last and end > log.last.size]
    if beyond and not log.failure:
        lines.append(f"! --erased has entries beyond the last sealed one: {', '.join(beyond)}")
    return lines, 1 if log.failure else 4 if is_incomplete or beyond else 0

def check_proof(given):
    key = key_of(given.key, [])
    proof = read_whole(given.proof)
    entry = read_whole(given.entry)
    name = "standard input" if given.entry == "-" else printable(given.entry)
    try:
        entry = entry[:-1] if entry.endswith(b"\n") else entry
        index, seal = verify_proof(key, entry, proof, given.revoked_from)
    except Invalid as invalid:
        return [f"✗ {name}: NOT proved: {PROOF_FAILURES[str(invalid)]}"], 1
    return [f"✓ {name}: it is entry {index}, sealed by number {seal.number}, {moment(seal.time)}; no older claim is proved"], 0

def main(arguments):
    parser = argparse.ArgumentParser(description="Verifies a sealed log, or the proof of one entry (--proof).", allow_abbrev=False)
    parser.add_argument("files", nargs="*", metavar="LOG", help="the files of entries, oldest first, the live one last")
    parser.add_argument("--key", required=True, help="the verifier key, or a file with it that is not beside the log")
    parser.add_argument("--seals", help="the seals: LAST.seals when absent")
    parser.add_argument("--hashes", help="the hashes of the entries: LAST.hashes when absent, if it is there")
    parser.add_argument("--checkpoint", action="append", default=[], help="a checkpoint that was kept elsewhere, with FILE.chain")
    parser.add_argument("--max-age", default="30m", help="the greatest age of the last seal, or none: 30m when absent")
    parser.add_argument("--ended", action="store_true", help="the log has to have ended")
    parser.add_argument("--must-go-on", action="store_true", help="the log must not have ended")
    parser.add_argument("--erased", help="erasures that are accepted: 4-6,9, or a file with a range and a text on each line")
    parser.add_argument("--retention", type=seconds_of, help="how long entries are kept, like 400d")
    parser.add_argument("--revoked-from", type=int, help="the number of the key in the oldest copy that was stolen")
    parser.add_argument("--first-entry", type=int, help="the number of the first entry, when earlier files are gone")
    parser.add_argument("--proof", help="checks this proof of one entry, without the log")
    parser.add_argument("--entry", help="with --proof: the file of the entry, - for standard input")
    given = parser.parse_args(arguments)
    if bool(given.proof) != bool(given.entry) or bool(given.proof) == bool(given.files) or given.ended and given.must_go_on:
        parser.error("give LOG, or --proof with --entry; --ended and --must-go-on exclude each other")
    try:
        lines, code = check_proof(given) if given.proof else check_log(given)
        sys.stdout.reconfigure(encoding="utf-8")
        print("\n".join(lines))
        return code
    except Refused as refused:
        code, words = refused.args
    except (OSError, EOFError, zlib.error) as error:
        code, words = 3, f"a file cannot be read: {error}"
    print(f"verify_sealed_log: error: {printable(words)}", file=sys.stderr)
    return code

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
