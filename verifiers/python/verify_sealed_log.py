#!/usr/bin/env python3
"""Verifies sealed logs of the format evolock-seal/v1, or the proof of one entry, as docs/SEALED_LOG.md says."""
import argparse
import base64
import gzip
import os
import re
import sys
import time
import zlib
from collections import namedtuple
from hashlib import blake2b, sha256, sha512

LABEL = b"evolock-seal/v1"
LARGEST = 2**53 - 1
LONGEST_LINE = 1200

class Invalid(Exception):
    """A rule that does not hold, by the name that the page has for it."""

def require(holds, failure):
    if not holds:
        raise Invalid(failure)

def attempt(work, *given):
    try:
        return work(*given)
    except Invalid:
        return None

# --- Ed25519, as libsodium judges it: without a cofactor. A point is X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z ---

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)

def add(left, right):
    """The sum of two points, also of equal ones."""
    a = (left[1] - left[0]) * (right[1] - right[0]) % P
    b = (left[1] + left[0]) * (right[1] + right[0]) % P
    c = 2 * left[3] * right[3] * D % P
    d = 2 * left[2] * right[2] % P
    return (b - a) * (d - c) % P, (d + c) * (b + a) % P, (d - c) * (d + c) % P, (b - a) * (b + a) % P

def decode_point(data):
    """The point of 32 bytes, which have to be its canonical encoding."""
    sign, y = divmod(int.from_bytes(data, "little"), 2**255)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * ROOT_OF_MINUS_ONE % P
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

Key = namedtuple("Key", "origin id depth first last root")
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

def read_key(origin, material):
    first = int.from_bytes(material[17:25], "big")
    require(len(material) == 57 and material[:16] == b"\xff" + LABEL, "key")
    require(material[16] <= 20 and first <= LARGEST, "key")
    key_id = sha256(origin.encode() + b"\n" + material).digest()[:4]
    return Key(origin, key_id, material[16], first, first + 2 ** material[16] - 1, material[25:])

def read_verifier_key(text):
    parts = re.fullmatch(r"([!-*,-~]{1,255})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{76})", text)
    require(parts, "key")
    key = read_key(parts[1], base64.b64decode(parts[3]))
    require(key.id.hex() == parts[2], "key")
    return key

def message_of(seal, origin):
    successor = [] if seal.material is None else [f"successor {to_base64(seal.material)}"]
    numbers = [f"number {seal.number}", f"time {seal.time}", f"flags {seal.flags}"]
    return "\n".join([LABEL.decode(), *numbers, *successor, origin, str(seal.size), to_base64(seal.root), ""]).encode()

def check_signature(key, seal):
    """The key made the signature of the seal, of the scheme CompactSum. Returns the seal."""
    leaf = seal.signature[64:96]
    require(key.first <= seal.number <= key.last and len(seal.signature) == 96 + 32 * key.depth, "signature")
    node = leaf
    for level in range(key.depth):
        sibling = seal.signature[96 + 32 * level : 128 + 32 * level]
        is_right = (seal.number - key.first) >> level & 1
        node = blake2b(sibling + node if is_right else node + sibling, digest_size=32).digest()
    require(node == key.root, "signature")
    check_ed25519(leaf, message_of(seal, key.origin), seal.signature[:64])
    return seal

def key_after(key, seal, before):
    """The key of the number after a seal, which is of the key and comes after another seal."""
    is_due = seal.number == key.last and seal.flags & 2 == 0
    require(is_due == (seal.flags & 1 == 1) == (seal.material is not None), "successor")
    successor = attempt(read_key, key.origin, seal.material) if is_due else key
    require(successor and (not is_due or successor.first == seal.number + 1), "successor")
    check_signature(key, seal)
    require(before.time <= seal.time, "time")
    require(before.size <= seal.size, "size")
    return successor

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
    signatures = [re.fullmatch("\u2014 ([^\\s+]+) (\\S+)", line) for line in lines[4:-1]]
    require(all(each and len(read_base64(each[2])) >= 5 for each in signatures), "form")
    blobs = [read_base64(each[2]) for each in signatures if each[1] == lines[0]]
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
    require(any(key.id == blob[:4] and attempt(check_signature, key, seal) for key in keys), "signature")
    return seal

def read_chain(key, data):
    """The seals of a chain, and the key to which it leads."""
    require((not data or data.endswith(b"\n")) and data.count(b"\n") <= 65_536, "chain")
    seals = []
    first = key.first
    for line in data.split(b"\n")[:-1]:
        seal = attempt(read_seal_line, line)
        require(seal, "chain")
        if seals or seal.number >= first:
            before = seals[-1] if seals else seal
            is_succession = seal.number == key.last and seal.flags & 1
            key = attempt(key_after, key, seal, before) if is_succession else None
            require(key, "chain")
            seals.append(seal)
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

def add_range(ranges, start, end, kind):
    if ranges and ranges[-1][1:] == [start, kind]:
        ranges[-1][1] = end
    else:
        ranges.append([start, end, kind])

class Entries:
    """The entries of files in order, read as far as a seal reaches, and compared with their hashes."""

    def __init__(self, files, hashes, first_entry, erased):
        self.leaves = self.read(files)
        self.hashes = hashes
        self.first_entry = first_entry
        self.erased = sorted(erased, reverse=True)
        self.is_torn = False
        self.taken = 0
        self.tree = Tree()
        self.hash_tree = Tree()
        self.hashes_wrong = False
        # Ranges since the last seal of entries that are not as their hashes, and what they are.
        self.differing = []

    def read(self, files):
        """Each leaf, and whether the entry has nothing but spaces. A long line is never in memory as a whole."""
        leaf = None
        for file in files:
            if leaf:
                yield leaf.digest(), is_blank
            leaf = None
            while piece := file.readline(2**20):
                line = piece.rstrip(b"\n")
                is_blank = (leaf is None or is_blank) and not line.strip(b" ")
                leaf = leaf or sha256(b"\0")
                leaf.update(line)
                if line != piece:
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
                self.tree.append(leaf)
            elif len(expected) < 32:
                # Nothing is known of the rest of the front.
                self.taken = min(size, self.first_entry) - 1
            if len(expected) == 32:
                self.hash_tree.append(expected)
                if leaf != expected:
                    add_range(self.differing, self.taken, self.taken + 1, self.kind_of(leaf, is_blank))
            self.taken += 1

    def kind_of(self, leaf, is_blank):
        while self.erased and self.erased[-1][1] <= self.taken:
            self.erased.pop()
        is_accepted = self.erased and self.erased[-1][0] <= self.taken
        return "erased" if is_blank and is_accepted else "changed" if leaf else "gone"

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
    """One reading of a log: which lines held, and what is known by them.

    Files are binary streams. Checkpoints are pairs: the bytes of a note, and of its chain or None. Options are now,
    max_age, retention (seconds), must_end, must_go_on, first_entry, erased (pairs of entries), and revoked_from.
    """

    def __init__(self, verifier_key, files, seals, hashes=None, checkpoints=(), seals_size=LARGEST, **options):
        self.keys = [read_verifier_key(verifier_key)]
        self.options = options
        self.revoked_from = options.get("revoked_from", LARGEST + 1)
        self.entries = Entries(files, hashes, options.get("first_entry", 0), options.get("erased", ()))
        self.failure = None
        self.at = None
        self.has_torn_seal = False
        self.number = self.keys[0].first
        # The last line that held, and the last one before the failure: facts count what was proved before it.
        self.before = None
        self.last = None
        self.seals = 0
        self.ranges = []
        self.unsealed = None
        self.is_behind = False
        self.unverified = 0
        # By their numbers, what was signed of the seals with which checkpoints are compared.
        self.messages = {}
        checkpoints = [self.read_checkpoint(*checkpoint) for checkpoint in checkpoints]
        self.read(seals, seals_size)
        if self.failure is None:
            self.unsealed = sum(1 for _ in self.entries.leaves)
            for checkpoint in checkpoints:
                self.check(*checkpoint)

    def read_checkpoint(self, note, chain):
        note = attempt(read_note, note)
        seals, key = (None if chain is None else attempt(read_chain, self.keys[0], chain)) or ([], None)
        self.messages.update((seal.number, None) for seal in seals)
        self.messages.update((int.from_bytes(blob[4:12], "big"), None) for blob in (note.blobs if note else ()))
        return note, seals, [key] if key else []

    def fail(self, failure, at):
        if self.failure is None:
            self.failure = failure
            self.at = at

    def read(self, seals, left):
        try:
            while self.keys[0].first < self.revoked_from:
                # A line without an end would be read for ever.
                line = seals.readline(min(LONGEST_LINE + 1, left))
                left -= len(line)
                is_whole = line.endswith(b"\n") or len(line) > LONGEST_LINE
                self.has_torn_seal = line != b"" and not is_whole
                if not is_whole or self.number >= self.revoked_from:
                    break
                seal = read_seal_line(line[:-1] if line.endswith(b"\n") else line)
                if self.before or seal.number >= self.number:
                    self.judge(seal)
            require(self.before, "no-seal")
        except Invalid as invalid:
            self.fail(str(invalid), self.number)

    def judge(self, seal):
        """Judges a line. An entry that was changed is a failure after which lines are read, to find all of them."""
        has_ended = self.before and self.before.flags & 2
        require(seal.number == self.number and not has_ended, "number")
        key = key_after(self.keys[-1], seal, self.before or seal)
        self.entries.take(seal.size)
        self.entries.fit(seal.root)
        has_expired = seal.time < self.options.get("now", 0) - self.options.get("retention", LARGEST)
        for start, end, kind in self.entries.differing:
            if kind == "changed":
                self.fail("entries", seal.number)
            add_range(self.ranges, start, end, ("expired" if has_expired else "pruned") if kind == "gone" else kind)
        self.entries.differing = []
        self.before = seal
        self.number += 1
        if self.failure is None:
            self.last = seal
            self.seals += 1
        if seal.number in self.messages:
            self.messages[seal.number] = message_of(seal, key.origin)
        if key is not self.keys[-1]:
            self.keys.append(key)

    def check(self, note, chain, keys):
        """Compares a checkpoint with the log, also the chain of one that does not count. The first fork decides."""
        if self.failure is not None:
            return
        seal = attempt(seal_of_note, note, self.keys + keys) if note else None
        counts = seal is not None and seal.number < self.revoked_from
        self.unverified += not counts
        origin = self.keys[0].origin
        for each in [*chain, seal] if counts else chain:
            if each.number > self.last.number:
                self.is_behind = self.is_behind or each is seal
            elif each.number < self.revoked_from and self.messages[each.number] != message_of(each, origin):
                self.fail("fork", each.number)

    def count(self, *kinds):
        """Entries of some kinds; of a log that is invalid, only those below the size that is proved."""
        size = self.last.size if self.last and self.failure else LARGEST
        return sum(max(0, min(end, size) - start) for start, end, kind in self.ranges if kind in kinds)

    def reasons(self):
        """Why a log that is not invalid is not complete, by the names of the page."""
        now = self.options.get("now")
        max_age = self.options.get("max_age")
        has_ended = self.last.flags & 2 != 0
        is_revoked = self.revoked_from <= LARGEST
        has_clock = now is not None and max_age is not None and not is_revoked
        is_old = has_clock and not has_ended and self.last.time < now - max_age
        # What is not sealed yet is no fault of a log that is being sealed.
        is_young = has_clock and not has_ended and not is_old
        reasons = {
            "behind-checkpoint": self.is_behind,
            "end-unproved": not has_ended and not has_clock,
            "ended": has_ended and self.options.get("must_go_on"),
            "future-time": now is not None and not is_revoked and self.last.time > now + 300,
            "not-ended": not has_ended and self.options.get("must_end"),
            "pruned": self.count("pruned") > 0,
            "revoked": is_revoked,
            "too-old": is_old,
            "torn-entries": self.entries.is_torn and not is_young,
            "torn-seals": self.has_torn_seal and not is_young,
            "unsealed-entries": self.unsealed > 0 and not is_young or self.entries.first_entry > self.last.size,
            "unverified-checkpoint": self.unverified > 0,
        }
        return [name for name, holds in reasons.items() if holds]

# --- The command ---

FAILURES = {
    "form": "NOT as it was sealed: {seals} has a line in the place of seal {at} that is no seal",
    "number": "NOT as it was sealed: {seals} has another seal in the place of seal {at}",
    "successor": "NOT as it was sealed: seal {at} names the next key at a wrong place, or a wrong one",
    "signature": "NOT as it was sealed: seal {at} is forged: the key of its number did not sign it",
    "time": "NOT as it was sealed: seal {at} is of an earlier time than the one before",
    "size": "NOT as it was sealed: seal {at} covers fewer entries than the one before",
    "missing-entries": "NOT proved: seal {at} covers more entries than there are: files are missing, "
    "or entries were removed",
    "entries": "NOT proved: entries from entry {size} on do not fit seal {at}: files are missing, "
    "or entries were changed, removed or inserted",
    "no-seal": "NOT proved: {seals} has no seal {at}",
    "fork": "NOT as it was sealed: seal {at} is another one in a checkpoint: the log was written again",
    "first form": "NOT proved: {seals} has a line in the place of seal {at} that is no seal",
    "first signature": "NOT proved: the verifier key did not sign seal {at}: "
    "the log was renewed after this key was kept, or it is another log, or forged",
}
PROOF_FAILURES = {
    "form": "the proof is not of the form",
    "chain": "the keys of the log do not lead to that of the proof",
    "signature": "the key of the log did not sign the checkpoint",
    "revoked": "its seal is revoked, since the key was stolen",
    "time": "the checkpoint is of an earlier time than its key",
    "size": "the checkpoint covers fewer entries than the seal of its key",
    "entry": "it is another entry than the one of the proof",
}
EPILOG = "Exit codes: 0 valid, 1 invalid, 2 wrong arguments, 3 a file cannot be read, 4 not everything is proved."
PARSER = argparse.ArgumentParser(description=__doc__, epilog=EPILOG, allow_abbrev=False)

def entries_in_words(count):
    return "1 entry" if count == 1 else f"{count} entries"

def moment(seconds):
    is_date = seconds < 253_402_300_800
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(seconds)) if is_date else f"second {seconds} since 1970"

def duration(seconds):
    units = (120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h"), (LARGEST, 86_400, "days")
    return next(f"{seconds // length} {unit}" for limit, length, unit in units if seconds < limit)

def printable(text):
    return "".join(each if each.isprintable() else "\ufffd" for each in text)

def lines_of(log, names, seals):
    """The verdict: what fails, what stands and until when, what is missing, and what was not judged."""
    name = " ".join(names) if len(names) < 5 else f"{' '.join(names[:3])} and {len(names) - 3} more"
    size = log.last.size if log.last else 0
    if log.failure:
        first = f"first {log.failure}"
        failure = first if log.seals == 0 and first in FAILURES else log.failure
        yield f"✗ {name}: {FAILURES[failure].format(at=log.at, seals=seals, size=size)}"
    if log.last and log.failure != "fork":
        absent = log.count("erased", "expired", "pruned")
        count = f"{size - absent} of {entries_in_words(size)}" if absent else entries_in_words(size)
        verb = "is as it was" if size - absent == 1 else "are as they were"
        since = log.options["now"] - log.last.time
        end = f"; the time since, {duration(since)}, is not proved" if since > 0 and not log.failure else ""
        end = ", when the log ended" if log.last.flags & 2 else end
        mark = "!" if log.count("pruned") else "✓"
        yield f"{mark} {'before it' if log.failure else name}: {count} {verb} sealed, to {moment(log.last.time)}{end}"
    if log.failure:
        yield "? not judged: " + ("which content is the true one" if log.failure == "fork" else "what comes after")
    elif log.reasons():
        yield f"! incomplete: {', '.join(log.reasons())}"
    for kind in ("erased", "expired", "pruned"):
        if log.count(kind):
            yield f"! {kind}: {entries_in_words(log.count(kind))}"
    if log.entries.hashes_wrong:
        yield "! hashes: they do not fit the entries, which the seals fit"

def open_file(path):
    if os.path.exists(path) and not os.path.isfile(path):
        raise OSError(f"{path}: it is not a regular file")
    if path.endswith((".zst", ".xz", ".bz2")):
        PARSER.error(f"{path}: it is compressed in a form that is not read here: give the unpacked file")
    return gzip.open(path) if path.endswith(".gz") else open(path, "rb")

def whole(path, most=2**28):
    with sys.stdin.buffer if path == "-" else open_file(path) as file:
        data = file.read(most + 1)
    if len(data) > most:
        PARSER.error(f"{path}: it is larger than {most} bytes")
    return data

def refuse_beside(option, path, logs):
    """Refuses a file beside the log: who can change the log can replace it."""
    resolvers = os.path.abspath, os.path.realpath
    folders = {os.path.dirname(resolve(log)) for log in logs for resolve in resolvers}
    if any(os.path.dirname(resolve(path)) in folders for resolve in resolvers):
        PARSER.error(f"{option} {path}: it is beside the log, and who can change the log can replace it")

def key_of(text, logs):
    is_file = attempt(read_verifier_key, text) is None and os.path.exists(text)
    if is_file:
        refuse_beside("--key", text, logs)
    key = whole(text, 4096).decode(errors="replace").strip("\ufeff \t\r\n") if is_file else text
    if attempt(read_verifier_key, key) is None:
        PARSER.error(f"--key {text}: {'the file does not hold' if is_file else 'it is no file, nor'} a verifier key")
    return key

def erasures_of(text, logs):
    """Pairs of entries, of ranges like 4-6,9, or of a file with a range and a text on each line."""
    ranges = text.split(",")
    if not re.fullmatch(r"[0-9,-]+", text):
        refuse_beside("--erased", text, logs)
        lines = [line.split("#")[0].split() for line in whole(text).decode(errors="replace").split("\n")]
        ranges = [words[0] for words in lines if words]
    parts = [re.fullmatch(r"([0-9]{1,15})(?:-([0-9]{1,15}))?", each) for each in ranges]
    pairs = [(int(each[1]), int(each[2] or int(each[1]) + 1)) for each in parts if each]
    if None in parts or any(start >= end for start, end in pairs):
        PARSER.error("--erased: not ranges of entries: 4-6 are the entries 4 and 5, and 9 is the entry 9")
    return pairs

def seconds_of(text):
    parts = re.fullmatch(r"([1-9][0-9]*)(ms|s|m|h|d)", text)
    if not parts:
        raise argparse.ArgumentTypeError(f"{text} is not a time like 90s, 5m, 12h or 7d")
    lengths = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
    return -(-int(parts[1]) * lengths[parts[2]] // 1000)

def age_of(text):
    return None if text == "none" else seconds_of(text)

def check_log(given):
    last = given.files[-1]
    for path in given.files:
        has_seals = os.path.exists(f"{path}.seals")
        if path != last and has_seals or path.endswith((".seals", ".hashes", ".chain", ".hint")) and not has_seals:
            PARSER.error(f"{path}: give files of entries, oldest first, and the one that has the seals last")
    seals = given.seals or f"{last}.seals"
    hashes = given.hashes or (f"{last}.hashes" if os.path.exists(f"{last}.hashes") else None)
    if given.first_entry is not None and hashes is None:
        PARSER.error("--first-entry needs the hashes: without them no root can be computed")
    if given.erased is not None:
        given.erased = erasures_of(given.erased, [*given.files, seals])
    names = "max_age", "retention", "revoked_from", "first_entry", "must_end", "must_go_on", "erased"
    options = {name: getattr(given, name) for name in names if getattr(given, name) is not None}
    key = key_of(given.key, [*given.files, seals])
    chains = [f"{path}.chain" for path in given.checkpoint]
    chains = [whole(chain) if os.path.exists(chain) else None for chain in chains]
    checkpoints = zip([whole(path, 65_536) for path in given.checkpoint], chains)
    # All are open before anything is read, and the length of the seals is taken first: a log may grow meanwhile.
    files = [open_file(path) for path in given.files]
    hashes = hashes and open_file(hashes)
    seals_file = open_file(seals)
    size = os.fstat(seals_file.fileno()).st_size
    log = Log(key, files, seals_file, hashes, checkpoints, size, now=int(time.time()), **options)
    lines = list(lines_of(log, [printable(path) for path in given.files], printable(seals)))
    is_beyond = not log.failure and any(end > log.last.size for _, end in options.get("erased", ()))
    if is_beyond:
        lines.append("! --erased has entries beyond the last sealed one: they would accept what is not written yet")
    return lines, 1 if log.failure else 4 if is_beyond or log.reasons() else 0

def check_proof(given):
    key = key_of(given.key, [])
    name = "standard input" if given.entry == "-" else printable(given.entry)
    proof = whole(given.proof)
    entry = whole(given.entry)
    try:
        index, seal = verify_proof(key, entry[:-1] if entry.endswith(b"\n") else entry, proof, given.revoked_from)
    except Invalid as invalid:
        return [f"✗ {name}: NOT proved: {PROOF_FAILURES[str(invalid)]}"], 1
    place = f"it is entry {index}, sealed by number {seal.number} at {moment(seal.time)}"
    return [f"✓ {name}: {place}, no older claim is proved"], 0

def main(arguments=None):
    given = PARSER.parse_args(arguments)
    is_one = bool(given.files) != bool(given.proof) and bool(given.proof) == bool(given.entry)
    if not is_one or given.proof == given.entry == "-" or given.must_end and given.must_go_on:
        PARSER.error("give LOG, or --proof and --entry; --ended and --must-go-on exclude each other")
    sys.stdout.reconfigure(encoding="utf-8")
    try:
        lines, code = check_proof(given) if given.proof else check_log(given)
        print("\n".join(lines))
        return code
    except (OSError, EOFError, zlib.error) as error:
        print(f"{PARSER.prog}: error: a file cannot be read: {printable(str(error))}", file=sys.stderr)
        return 3

option = PARSER.add_argument
option("files", nargs="*", metavar="LOG", help="the files of entries, oldest first, the live one last")
option("--key", required=True, help="the verifier key, or a file with it that is not beside the log")
option("--seals", help="the seals: LAST.seals when absent")
option("--hashes", help="the hashes of the entries: LAST.hashes when absent, if it is there")
option("--checkpoint", action="append", default=[], help="a checkpoint from elsewhere, with FILE.chain; repeatable")
option("--max-age", type=age_of, default="30m", help="the greatest age of the last seal, or none: 30m when absent")
option("--ended", action="store_true", dest="must_end", help="the log has to have ended")
option("--must-go-on", action="store_true", help="the log must not have ended")
option("--erased", help="erasures that are accepted: 4-6,9, or a file with a range and a text on each line")
option("--retention", type=seconds_of, help="how long entries are kept, like 400d")
option("--revoked-from", type=int, help="the number of the key in the oldest copy that was stolen")
option("--first-entry", type=int, help="the number of the first entry, when earlier files are gone")
option("--proof", help="checks this proof of one entry, without the log; - for standard input")
option("--entry", help="the entry of the proof, - for standard input")

if __name__ == "__main__":
    sys.exit(main())
