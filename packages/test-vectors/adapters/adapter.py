import json, sys
import kes  # the implementation to test

ALGORITHMS = {(a, d): kes.Kes(a, d) for a in ("sum", "compactSum") for d in range(8)}
KEYS = {}

def answer(op, key=None, algorithm=None, depth=None, period=None, **given):
    data = {name[:-3]: bytes.fromhex(given[name]) for name in given if name.endswith("Hex")}
    scheme, held = ALGORITHMS.get((algorithm, depth)), KEYS.get(key)
    match op:
        case "hello": return {"protocol": 1, "name": "kes.py", "seed": False, "dsign": False, "kes": [
            {"algorithm": a, "depth": d, "name": f"{a} {d}", "totalPeriods": k.periods, "verificationKeySize": 32,
             "signingKeySize": k.key_size, "signatureSize": k.signature_size,
             "rust": False, "checkedRead": "no"} for (a, d), k in ALGORITHMS.items()]}
        case "kes.verify": return {"valid": scheme.verify(period=period, **data)}
        case "kes.generate" | "kes.read":
            held = scheme.generate(**data) if op == "kes.generate" else scheme.read(period=period, **data)
            KEYS[key := len(KEYS)] = held
            return {"key": key, "period": held.period}
        case "kes.deriveVerificationKey": return {"verificationKeyHex": held.verification_key().hex()}
        case "kes.sign": return {"signatureHex": held.sign(**data).hex()}
        case "kes.update": return held.update() or {"period": held.period}
        case "kes.serialise": return {"serialisedHex": b"".join(held.blocks).hex()}
        case "kes.blockSizes": return {"sizes": [len(block) for block in held.blocks]}
        case "kes.release": return KEYS.update({key: None}) or {}

for line in sys.stdin:
    request = json.loads(line)
    try:
        response = {"ok": True, **answer(**request)}
    except Exception as error:
        response = {"ok": False, "error": repr(error)}
    print(json.dumps({"id": request["id"], **response}), flush=True)
