#!/usr/bin/env python3
"""Verifies sealed logs of the format evolock-seal/v1, as docs/SEALED_LOG_SPECIFICATION.md says."""
import argparse
import base64
import gzip
import os
import pathlib
import re
import sys
import time
import zlib
from collections import namedtuple
from functools import reduce
from hashlib import blake2b, sha256, sha512

LABEL = b"evolock-seal/v1"
LARGEST = 2**53 - 1
LONGEST_LINE = 1200

class Invalid(ValueError):
    """A rule that does not hold, by its name in the specification."""

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
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    require(y < P and x * x % P == square and not (x == 0 and sign == 1), "signature")
    x = x if x % 2 == sign else P - x
    return x, y, 1, x * y % P

def has_small_order(point):
    return reduce(lambda double, _: add(double, double), range(3), point)[0] == 0

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
    require(encoded.to_bytes(32, "little") == signature[:32] and not has_small_order(r), "signature")

# --- The format ---

Key = namedtuple("Key", "origin id depth first last root")
Seal = namedtuple("Seal", "number time flags size root signature material")

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
    require(len(material) == 57 and material[:16] == b"\xff" + LABEL and material[16] <= 20 and first <= LARGEST, "key")
    key_id = sha256(origin.encode() + b"\n" + material).digest()[:4]
    return Key(origin, key_id, material[16], first, first + 2 ** material[16] - 1, material[25:])

def read_verifier_key(text):
    parts = re.fullmatch(r"([!-*,-~]{1,255})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{76})", text)
    require(parts, "key")
    key = read_key(parts[1], base64.b64decode(parts[3]))
    require(key.id.hex() == parts[2], "key")
    return key

def message_of(seal, origin):
    successor = f"successor {to_base64(seal.material)}\n" if seal.material else ""
    head = f"{LABEL.decode()}\nnumber {seal.number}\ntime {seal.time}\nflags {seal.flags}\n"
    return f"{head}{successor}{origin}\n{seal.size}\n{to_base64(seal.root)}\n".encode()

def check_signature(key, seal):
    """The key made the signature of the seal, of the scheme CompactSum. Returns the seal."""
    leaf = seal.signature[64:96]
    require(key.first <= seal.number <= key.last and len(seal.signature) == 96 + 32 * key.depth, "signature")
    root = leaf
    for level in range(key.depth):
        sibling = seal.signature[96 + 32 * level : 128 + 32 * level]
        is_right = (seal.number - key.first) >> level & 1
        root = blake2b(sibling + root if is_right else root + sibling, digest_size=32).digest()
    require(root == key.root, "signature")
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
    text = data.decode(errors="replace")
    lines = text.split("\n")
    require(len(data) <= 65_536 and text.encode() == data and not re.search(r"[\x00-\x09\x0b-\x1f]", text), "form")
    require(6 <= len(lines) <= 105 and lines[3] == lines[-1] == "", "form")
    signatures = [re.fullmatch("\u2014 ([^\\s+]+) (\\S+)", line) for line in lines[4:-1]]
    require(all(each and len(read_base64(each[2])) >= 5 for each in signatures), "form")
    blobs = [read_base64(each[2]) for each in signatures if each[1] == lines[0]]
    return lines[0], read_integer(lines[1]), read_base64(lines[2], 32), blobs

def seal_of_note(origin, size, root, blobs, keys):
    """The seal of the one line of ours, which one of the keys signed."""
    ours = [blob for blob in blobs if any(blob[:4] == key.id for key in keys)]
    require(origin == keys[0].origin and len(ours) == 1 and len(ours[0]) > 78, "signature")
    blob = ours[0]
    number = int.from_bytes(blob[4:12], "big")
    at = int.from_bytes(blob[12:20], "big")
    end = 78 if blob[20] & 1 else 21
    require(max(number, at) <= LARGEST and blob[20] in (0, 1, 2, 4, 5, 6), "signature")
    seal = Seal(number, at, blob[20], size, root, blob[end:], blob[21:end] or None)
    require(any(key.id == blob[:4] and attempt(check_signature, key, seal) for key in keys), "signature")
    return seal

def read_chain(key, data):
    """The seals of a chain, and the key to which it leads."""
    seals = []
    *lines, rest = data.split(b"\n")
    require(not rest and len(lines) <= 65_536, "chain")
    for seal in map(read_seal_line, lines):
        if seals or seal.number >= key.first:
            require(seal.number == key.last and seal.flags & 1, "chain")
            key = key_after(key, seal, seals[-1] if seals else seal)
            seals.append(seal)
    return seals, key

# --- Trees of entries, and the proof of one ---

def node(left, right):
    return sha256(b"\1" + left + right).digest()

def root_of_path(leaf, index, size, path):
    """The root to which a path leads. The left subtree has the greatest power of two below the size."""
    require((size > 1) == bool(path), "entry")
    if size == 1:
        return leaf
    left = 1 << (size - 1).bit_length() - 1
    if index < left:
        return node(root_of_path(leaf, index, left, path[:-1]), path[-1])
    return node(path[-1], root_of_path(leaf, index - left, size - left, path[:-1]))

def verify_proof(verifier_key, entry, proof, revoked_from=None):
    """The number of the entry, and the seal that proves it. The entry and the proof are bytes."""
    key = read_verifier_key(verifier_key)
    head, _, note = proof.partition(b"\n\n")
    parts = re.fullmatch(r"c2sp\.org/tlog-proof@v1\n(?:extra (.+)\n)?index (.+)((?:\n.+){0,53})", head.decode("latin1"))
    require(parts, "form")
    chain = read_base64(parts[1]) if parts[1] else b""
    index = read_integer(parts[2])
    path = [read_base64(line, 32) for line in parts[3].split("\n")[1:]]
    note = read_note(note)
    seals, last_key = attempt(read_chain, key, chain) or (None, None)
    require(last_key, "chain")
    seal = seal_of_note(*note, [last_key])
    require(revoked_from is None or seal.number < revoked_from, "revoked")
    require(not seals or seals[-1].time <= seal.time, "time")
    require(not seals or seals[-1].size <= seal.size, "size")
    leaf = sha256(b"\0" + entry).digest()
    require(index < seal.size and root_of_path(leaf, index, seal.size, path) == seal.root, "entry")
    return index, seal

def append(nodes, leaf):
    """Appends a leaf to a tree: whole subtrees from left to right, each with its size."""
    size = 1
    while nodes and nodes[-1][0] == size:
        leaf = node(nodes.pop()[1], leaf)
        size *= 2
    nodes.append((size, leaf))

def is_root(root, nodes, size):
    hashes = [each for _, each in reversed(nodes)] or [sha256().digest()]
    return size == sum(each for each, _ in nodes) and root == reduce(lambda right, left: node(left, right), hashes)

def add_range(ranges, start, end, kind):
    if ranges and ranges[-1][1:] == [start, kind]:
        ranges[-1][1] = end
    else:
        ranges.append([start, end, kind])

# --- The verdict on a log ---

class Log:
    """One reading of a log. Files are binary streams, checkpoints pairs of bytes: a note, and its chain."""

    def __init__(self, verifier_key, files, seals, hashes=None, checkpoints=(), seals_size=LARGEST, **options):
        self.keys = [read_verifier_key(verifier_key)]
        self.number = self.keys[0].first
        self.options = options
        self.revoked_from = options.get("revoked_from", LARGEST + 1)
        self.first_entry = options.get("first_entry", 0)
        self.leaves = self.read_entries(files)
        self.is_torn = False
        self.unsealed = None
        self.taken = 0
        self.tree = []
        self.hashes = hashes
        self.hash_tree = []
        self.hashes_wrong = False
        # Ranges of entries that are not as their hashes, and what they are: since the last seal, and before.
        self.differing = []
        self.ranges = []
        # A failure and its number, the last line that held, and the last one before the failure: facts are of it.
        self.failed = None
        self.before = None
        self.last = None
        self.has_torn_seal = False
        # The hash of what was signed of each seal, in order: checkpoints are compared with it.
        self.contents = bytearray()
        self.is_behind = False
        self.unverified = 0
        self.read(seals, seals_size)
        if self.failed is None:
            self.unsealed = sum(1 for _ in self.leaves)
            for checkpoint in checkpoints:
                self.check(*checkpoint)

    def fail(self, failure, at):
        self.failed = self.failed or (failure, at)

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

    def read_entries(self, files):
        """The hash of each entry, and whether it has nothing but spaces."""
        for at, file in enumerate(files, 1):
            for line in file:
                entry = line[:-1] if line.endswith(b"\n") else line
                self.is_torn = entry is line and at == len(files)
                if not self.is_torn:
                    yield sha256(b"\0" + entry).digest(), not entry.strip(b" ")

    def take(self, size):
        """Reads up to a size. Each entry is there, or absent from the front with a hash."""
        require(size == 0 or self.first_entry == 0 or self.hashes, "missing-entries")
        while self.taken < size:
            expected = self.hashes.read(32) if self.hashes else b""
            leaf, is_blank = None, True
            if self.taken >= self.first_entry:
                leaf, is_blank = next(self.leaves, (None, True))
                require(leaf, "missing-entries")
                append(self.tree, leaf)
            elif len(expected) < 32:
                # Nothing is known of the rest of the front.
                self.taken = min(size, self.first_entry) - 1
            if len(expected) == 32:
                append(self.hash_tree, expected)
                if leaf != expected:
                    is_accepted = any(start <= self.taken < end for start, end in self.options.get("erased", ()))
                    kind = "erased" if is_blank and is_accepted else "changed" if leaf else "gone"
                    add_range(self.differing, self.taken, self.taken + 1, kind)
            self.taken += 1

    def fit(self, root):
        """The root is that of the entries, or of the hashes. A tree in which one is absent is smaller."""
        fits_hashes = self.hashes and is_root(root, self.hash_tree, self.taken)
        require(fits_hashes or is_root(root, self.tree, self.taken), "entries")
        if self.hashes and not fits_hashes:
            self.hashes_wrong = True
            self.hashes = None
            self.differing = []

    def judge(self, seal):
        """Judges a line. An entry that was changed is a failure after which lines are read, to find all of them."""
        has_ended = self.before and self.before.flags & 2
        require(seal.number == self.number and not has_ended, "number")
        key = key_after(self.keys[-1], seal, self.before or seal)
        self.take(seal.size)
        self.fit(seal.root)
        has_expired = seal.time < self.options.get("now", 0) - self.options.get("retention", LARGEST)
        for start, end, kind in self.differing:
            if kind == "changed":
                self.fail("entries", seal.number)
            add_range(self.ranges, start, end, ("expired" if has_expired else "pruned") if kind == "gone" else kind)
        self.differing = []
        self.before = seal
        self.number += 1
        if self.failed is None:
            self.last = seal
        self.contents += sha256(message_of(seal, key.origin)).digest()
        if key is not self.keys[-1]:
            self.keys.append(key)

    def check(self, note, chain):
        """Compares a checkpoint with the log, also the chain of one that does not count. The first fork decides."""
        key = self.keys[0]
        seals, last_key = attempt(read_chain, key, chain or b"") or ([], key)
        seal = attempt(lambda: seal_of_note(*read_note(note), [*self.keys, last_key]))
        counts = seal is not None and seal.number < self.revoked_from
        self.unverified += not counts
        for each in [*seals, seal] if counts else seals:
            at = 32 * (each.number - key.first)
            content = sha256(message_of(each, key.origin)).digest()
            if each.number > self.last.number:
                self.is_behind = self.is_behind or each is seal
            elif each.number < self.revoked_from and self.contents[at : at + 32] != content:
                self.fail("fork", each.number)

    def count(self, *kinds):
        return sum(end - start for start, end, kind in self.ranges if kind in kinds)

    def reasons(self):
        """Why a log that is not invalid is not complete, by the names of the specification."""
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
            "torn-entries": self.is_torn and not is_young,
            "torn-seals": self.has_torn_seal and not is_young,
            "unsealed-entries": self.unsealed > 0 and not is_young or self.first_entry > self.last.size,
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
    "missing-entries": "NOT proved: seal {at} covers more entries than there are: files are missing, or entries were removed",
    "entries": "NOT proved: entries from entry {size} on do not fit seal {at}: files are missing, or entries were changed, removed or inserted",
    "no-seal": "NOT proved: {seals} has no seal {at}",
    "fork": "NOT as it was sealed: seal {at} is another one in a checkpoint: the log was written again",
    "revoked": "NOT proved: every seal from {revoked} on is revoked, and there is none before it",
    "first form": "NOT proved: {seals} has a line in the place of seal {at} that is no seal",
    "first signature": "NOT proved: the verifier key did not sign seal {at}: the log was renewed after this key was kept, or it is another log, or forged",
}
MISSING = {"missing-entries", "no-seal", "pruned", "behind-checkpoint", "too-old", "not-ended", "ended"}
PARSER = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)

def moment(seconds):
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(seconds)) if seconds < 253_402_300_800 else f"second {seconds} since 1970"

def duration(seconds, units=((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h"), (LARGEST, 86_400, "days"))):
    return next(f"{seconds // length} {unit}" for limit, length, unit in units if seconds < limit)

def verdict_in_words(log, names, seals):
    name = " ".join(names) if len(names) < 5 else f"{' '.join(names[:3])} and {len(names) - 3} more"
    size = log.last.size if log.last else 0
    if log.failed:
        failure, at = log.failed
        kind = "revoked" if failure == "no-seal" and log.revoked_from <= at else "" if log.last else f"first {failure}"
        return f"✗ {name}: {FAILURES.get(kind, FAILURES[failure]).format(at=at, seals=seals, size=size, revoked=log.revoked_from)}"
    absent = log.count("erased", "expired", "pruned")
    count = f"{size - absent} of {size}" if absent else size
    since = log.options["now"] - log.last.time
    end = ", when the log ended" if log.last.flags & 2 else f"; the time since, {duration(since)}, is not proved" if since > 0 else ""
    verb = f"{'entry' if size == 1 else 'entries'} {'is as it was' if size - absent == 1 else 'are as they were'}"
    return f"{'!' if log.count('pruned') else '✓'} {name}: {count} {verb} sealed, to {moment(log.last.time)}{end}"

def open_file(path):
    if path.endswith((".zst", ".xz", ".bz2")):
        PARSER.error(f"{path}: it is compressed in a form that is not read here: give the unpacked file")
    if os.path.exists(path) and not os.path.isfile(path):
        raise OSError(f"{path} is not a regular file")
    return gzip.open(path) if path.endswith(".gz") else open(path, "rb")

def key_of(given):
    if not os.path.exists(given.key):
        return given.key
    folders = {os.path.dirname(resolve(log)) for log in given.files for resolve in (os.path.abspath, os.path.realpath)}
    if folders & {os.path.dirname(os.path.abspath(given.key)), os.path.dirname(os.path.realpath(given.key))}:
        PARSER.error(f"--key {given.key}: it is beside the log, and who can change the log can replace it")
    return pathlib.Path(given.key).read_text(errors="replace").strip("\ufeff \t\r\n")

def check(given):
    paths = [(pathlib.Path(path), pathlib.Path(f"{path}.chain")) for path in given.checkpoint]
    checkpoints = [(note.read_bytes(), chain.read_bytes() if chain.exists() else b"") for note, chain in paths]
    # All are open before anything is read, and the length of the seals is taken first: a log may grow meanwhile.
    files = [open_file(path) for path in given.files]
    hashes = open_file(f"{given.files[-1]}.hashes") if os.path.exists(f"{given.files[-1]}.hashes") else None
    if given.first_entry and hashes is None:
        PARSER.error("--first-entry needs the hashes: without them no root can be computed")
    seals = open_file(given.seals or f"{given.files[-1]}.seals")
    names = "max_age", "retention", "must_end", "must_go_on", "first_entry", "erased", "revoked_from"
    options = {name: getattr(given, name) for name in names if getattr(given, name) is not None}
    log = Log(key_of(given), files, seals, hashes, checkpoints, os.fstat(seals.fileno()).st_size, now=int(time.time()), **options)
    changed = [f"changed: {start} to {end - 1}" for start, end, kind in log.ranges if kind == "changed"][:10]
    reasons = changed if log.failed else log.reasons()
    if log.last and any(end > log.last.size for _, end in given.erased):
        reasons.append("--erased has entries beyond the last sealed one: they would accept what is not written yet")
    code = 5 if MISSING & {*reasons, *(log.failed or ())} else 1 if log.failed else 4 if reasons else 0
    return "\n! ".join([verdict_in_words(log, given.files, seals.name), *reasons]), code

def main(arguments=None):
    given = PARSER.parse_args(arguments)
    sys.stdout.reconfigure(encoding="utf-8")
    try:
        text, code = check(given)
    except Invalid:
        PARSER.error("--key: it is no verifier key, and no file that holds one")
    except (OSError, EOFError, zlib.error) as error:
        print(f"{PARSER.prog}: a file cannot be read: {error}", file=sys.stderr)
        return 5 if isinstance(error, FileNotFoundError) else 3
    print("".join(each if each.isprintable() or each == "\n" else "\ufffd" for each in text))
    return code

option = PARSER.add_argument
option("files", nargs="+", metavar="LOG", help="the files of entries, oldest first, the live one last")
option("--key", required=True, help="the verifier key, or a file with it that is not beside the log")
option("--seals", help="the seals: LAST.seals when absent")
option("--checkpoint", action="append", default=[], help="a checkpoint from elsewhere, with FILE.chain; repeatable")
option("--max-age", type=int, default=1800, help="the greatest age of the last seal, seconds: 1800 when absent")
option("--no-max-age", action="store_const", dest="max_age", const=None, help="the last seal may have any age")
option("--ended", action="store_true", dest="must_end", help="the log has to have ended")
option("--must-go-on", action="store_true", help="the log must not have ended")
option("--erased", type=int, nargs=2, action="append", default=[], help="an accepted erasure: first, and last + 1")
option("--retention", type=int, help="how long entries are kept, seconds")
option("--revoked-from", type=int, help="the number of the key in the oldest copy that was stolen")
option("--first-entry", type=int, help="the number of the first entry, when earlier files are gone")

if __name__ == "__main__":
    sys.exit(main())
