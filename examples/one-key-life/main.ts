/**
 * The life of one Sum6 key: generation, 32 periods here, 32 periods in a second process, wiping. Each line with a ✓ is
 * checked before it is printed.
 */
import { EvolockError, MLockedSeed, sum6Kes, type KesSigningKey } from '@evolock/kes-sum';
import { lockStatus } from '@evolock/kes-sum/all';
import { handOver } from './hand-over.js';
import { periodMessage, prove } from './common.js';
import { reachableLeaves, signingLeaf } from './reachable-leaves.js';

const HALF = sum6Kes.totalPeriods / 2;
const LAST = sum6Kes.totalPeriods - 1;

/** Milliseconds after which the second process is killed. */
const TIME_LIMIT = 30_000;

console.log('1  Locked memory is not swapped, excluded from core dumps, and wiped on release');
console.log(`   bytes that this process can lock: ${lockStatus().limit ?? 'unknown'}`);

console.log(`2  Generate a key of ${sum6Kes.name} from a random seed`);
const signingKey = generate();
try {
  const verificationKey = signingKey.deriveVerificationKey();
  console.log(`   verification key ${Buffer.from(verificationKey).toString('hex')}`);
  const leavesAtFirst = reachableLeaves(signingKey);

  console.log(`3  Sign and evolve, periods 0 to ${HALF - 1}`);
  const usedLeaves: string[] = [];
  while (signingKey.period < HALF) {
    const { period } = signingKey;
    const signature = signingKey.sign(periodMessage(period));
    proveValidAtItsPeriodOnly(verificationKey, period, signature);
    usedLeaves.push(signingLeaf(signature, period));
    signingKey.update();
  }
  done(`${HALF} signatures: each is valid at its own period, and invalid at the ${LAST} others`);

  console.log(`4  The key of period ${HALF} cannot sign for the past`);
  const leavesNow = reachableLeaves(signingKey);
  prove(leavesAtFirst.size === sum6Kes.totalPeriods, 'the new key leads to every leaf');
  prove(leavesNow.size === HALF, 'the key leads to the current and the future leaves');
  prove(
    usedLeaves.every((leaf) => leavesAtFirst.has(leaf)),
    'the new key led to every used leaf',
  );
  prove(!usedLeaves.some((leaf) => leavesNow.has(leaf)), 'the key leads to no used leaf');
  done(
    `its secrets lead to ${leavesNow.size} of ${leavesAtFirst.size} leaves, and to no used leaf`,
  );

  console.log('5  Send the key to a second process, from locked memory to locked memory');
  await handOver(signingKey, new URL('./second-process.js', import.meta.url), TIME_LIMIT, {
    received(key, period) {
      prove(key === Buffer.from(verificationKey).toString('hex'), 'the same key has arrived');
      prove(period === HALF, 'its period is the same');
      signingKey.release();
      done(
        `${sum6Kes.signingKeySize} bytes arrived; the key here is wiped: sign() throws ${refusal(signingKey)}`,
      );
    },
    signed(period, signature) {
      proveValidAtItsPeriodOnly(verificationKey, period, signature);
    },
    ended(count, code) {
      prove(count === HALF, 'the second process signs at every remaining period');
      done(`periods ${HALF} to ${LAST} signed there, verified here with 32 public bytes`);
      prove(
        code === 'ERR_EVOLOCK_KES_LAST_PERIOD',
        'the key does not evolve after its last period',
      );
      done(`period ${LAST} is the last: update() throws ${code}; the key there is wiped`);
    },
  });
} finally {
  signingKey.release();
}

function generate(): KesSigningKey {
  using seed = MLockedSeed.newRandom(sum6Kes.seedSize);
  return sum6Kes.generateKey(seed);
}

function proveValidAtItsPeriodOnly(
  verificationKey: Uint8Array,
  period: number,
  signature: Uint8Array,
): void {
  for (let claimed = 0; claimed <= LAST; claimed += 1) {
    const valid = sum6Kes.verify(verificationKey, claimed, periodMessage(period), signature);
    prove(valid === (claimed === period), `the signature of ${period} is valid at no other period`);
  }
}

function refusal(key: KesSigningKey): string {
  try {
    key.sign(periodMessage(0));
  } catch (error) {
    if (error instanceof EvolockError) return error.code;
    throw error;
  }
  throw new Error('a wiped key has signed');
}

function done(claim: string): void {
  console.log(`   ✓ ${claim}`);
}
