/**
 * Verifies a stream of signatures on all processors: verdicts come in the order of the items. The threads get public
 * values only and lock no memory.
 */
import assert from 'node:assert/strict';
import { MLockedSeed, sum6Kes, type KesVerification } from '@evolock/kes-sum';
import { KesVerifyPool } from '@evolock/verify-threads/signatures';

const ITEMS = 1_000;
const FORGED = 700;

/** Signatures of one key over many periods, one of them at a wrong period. In a node these come from blocks. */
function* signatures(): Generator<KesVerification> {
  using seed = MLockedSeed.newRandom(32);
  using key = sum6Kes.generateKey(seed);
  const verificationKey = key.deriveVerificationKey();
  for (let index = 0; index < ITEMS; index += 1) {
    if (index % 100 === 99) key.update();
    const message = new TextEncoder().encode(`message ${index}`);
    const period = index === FORGED ? key.period + 1 : key.period;
    yield { verificationKey, period, message, signature: key.sign(message) };
  }
}

await using pool = await KesVerifyPool.start();
const invalid: number[] = [];
let index = 0;
for await (const verdict of pool.verifyMany(sum6Kes, signatures())) {
  if (!verdict) invalid.push(index);
  index += 1;
}
assert.deepEqual(invalid, [FORGED]);
console.log(`${index} signatures, invalid: ${invalid.join(', ')}`);
