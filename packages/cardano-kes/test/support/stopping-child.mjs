// Issues a certificate, and stops before one call to the file system until its input continues it: before the n-th call that
// concerns a lock of the counter, or before it writes the counter. Prints the result.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';

const [counterPath, certificatePath, stopAt] = process.argv.slice(2);
const counterName = basename(counterPath);
const { readSync, writeSync } = fs;
const say = (value) => writeSync(1, `${JSON.stringify(value)}\n`);
const calls = [];
const locks = new Set();
let stopped = false;

function stop(name) {
  stopped = true;
  say({ stopped: name });
  readSync(0, Buffer.alloc(1));
}

function before(name, [first, second], made) {
  const isOfLock =
    [first, second].some((each) => String(each).includes(`${counterName}.evolock-lock`)) ||
    locks.has(first);
  if (isOfLock) calls.push(name);
  const isStop = isOfLock && calls.length === Number(stopAt);
  const isWork =
    stopAt === 'working' &&
    String(first).includes(counterName) &&
    String(first).endsWith('.evolock-new');
  if ((isStop || isWork) && !stopped) stop(name);
  const result = made();
  if (isOfLock && name === 'openSync') locks.add(result);
  return result;
}

for (const name of ['openSync', 'writeSync', 'linkSync', 'renameSync', 'unlinkSync']) {
  const call = fs[name];
  fs[name] = (...given) => before(name, given, () => call(...given));
}
syncBuiltinESMExports();

const { absolutePeriod } = await import('@evolock/cardano-headers');
const { issueToFile } = await import('@evolock/cardano-kes');
const { ed25519, MLockedSeed } = await import('@evolock/kes-sum');
const seed = MLockedSeed.fromBytes(new Uint8Array(32).fill(9));
const coldKey = ed25519.generateKey(seed);
try {
  const { certificate } = issueToFile(certificatePath, {
    coldKey,
    counterPath,
    hotVerificationKey: new Uint8Array(32),
    startPeriod: absolutePeriod(1),
  });
  say({ number: Number(certificate.sequenceNumber), calls });
} catch (error) {
  say({ reason: error.reason ?? String(error), calls });
}
coldKey.release();
seed.release();
