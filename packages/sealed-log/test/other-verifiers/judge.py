"""Answers lines of JSON with lines of JSON: what the verifier of a path says of a log, of a proof, and to arguments."""
import base64
import contextlib
import importlib.util
import io
import json
import os
import sys
import time

sys.dont_write_bytecode = True
spec = importlib.util.spec_from_file_location("verifier", sys.argv[1])
verifier = importlib.util.module_from_spec(spec)
spec.loader.exec_module(verifier)

NAMES = {
    "now": "now",
    "maxAge": "max_age",
    "retention": "retention",
    "mustEnd": "must_end",
    "mustGoOn": "must_go_on",
    "firstEntry": "first_entry",
    "erased": "erased",
    "revokedFrom": "revoked_from",
}

NO_FACTS = {
    "result": "invalid",
    "reasons": [],
    "seals": 0,
    "sealedEntries": 0,
    "ended": False,
    "tornEntry": False,
    "hashesWrong": False,
    "unverifiedCheckpoints": 0,
    **{name: [] for name in ("changed", "erased", "expired", "pruned")},
    **{f"{name}Entries": 0 for name in ("changed", "erased", "expired", "pruned")},
}


def stream(text):
    return None if text is None else io.BytesIO(base64.b64decode(text))


def judge_log(given):
    checkpoints = [tuple(base64.b64decode(one[name]) for name in ("note", "chain")) for one in given["checkpoints"]]
    options = {name: given[member] for member, name in NAMES.items() if given.get(member) is not None}
    files = [stream(file) for file in given["files"]]
    hashes = stream(given.get("hashes"))
    try:
        log = verifier.Log(given["verifierKey"], files, stream(given["seals"]), hashes, checkpoints, **options)
    except verifier.Invalid as invalid:
        return {**NO_FACTS, "failure": str(invalid)}
    reasons = [] if log.failed else log.reasons()
    facts = {
        **NO_FACTS,
        "result": "invalid" if log.failed else "incomplete" if reasons else "valid",
        "reasons": reasons,
        "seals": log.last.number - log.keys[0].first + 1 if log.last else 0,
        "tornEntry": log.is_torn,
        "hashesWrong": log.hashes_wrong,
        "unverifiedCheckpoints": log.unverified,
    }
    for start, end, kind in log.ranges:
        facts[kind] = [*facts[kind], [start, end]]
        facts[f"{kind}Entries"] += end - start
    if log.failed:
        facts.update(failure=log.failed[0], at=log.failed[1])
    if log.unsealed is not None:
        facts["unsealedEntries"] = log.unsealed
    if log.last:
        facts.update(sealedEntries=log.last.size, lastTime=log.last.time, ended=log.last.flags & 2 != 0)
    return facts


def judge_proof(given):
    entry = base64.b64decode(given["entry"])
    proof = base64.b64decode(given["proof"])
    try:
        index, seal = verifier.verify_proof(given["verifierKey"], entry, proof, given.get("revokedFrom"))
    except verifier.Invalid as invalid:
        return {"failure": str(invalid)}
    return {"index": index, "seal": seal.number, "time": seal.time}


def judge_ed25519(given):
    try:
        verifier.check_ed25519(*map(base64.b64decode, given["parts"]))
    except verifier.Invalid:
        return False
    return True


def run(given):
    os.chdir(given["folder"])
    time.time = lambda: given["now"]
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    errors = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        try:
            code = verifier.main(given["arguments"])
        except SystemExit as end:
            code = end.code
    out.seek(0)
    return {"code": code, "stdout": out.read(), "stderr": errors.getvalue()}


KINDS = {"log": judge_log, "proof": judge_proof, "ed25519": judge_ed25519, "run": run}

for line in sys.stdin:
    asked = json.loads(line)
    answer = KINDS[asked["kind"]](asked)
    print(json.dumps(answer), flush=True)
