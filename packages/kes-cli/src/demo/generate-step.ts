import { lockStatus, MLockedSeed, sum6Kes, type KesSigningKey } from '@evolock/kes-sum';
import { prove } from './demo-error.js';
import type { Life } from './life.js';
import { lockedInWords } from './lock-words.js';

/** A Sum6 key from a random seed, which is wiped at once. */
export function generateKey({ screen, allocator }: Life): KesSigningKey {
  screen.step(`Generate a Sum6 key (${sum6Kes.name}) from a random seed`);
  const key = fromRandomSeed(allocator);
  prove(allocator.liveSlots === 1, 'of key and seed, only the key is live');
  screen.proof(
    `${sum6Kes.totalPeriods} periods, ${sum6Kes.signingKeySize} bytes; the seed is wiped; locked now: ${lockedInWords(lockStatus())}`,
  );
  const verificationKey = Buffer.from(key.deriveVerificationKey()).toString('hex');
  screen.note(`verification key ${verificationKey}`);
  return key;
}

function fromRandomSeed(allocator: Life['allocator']): KesSigningKey {
  const seed = MLockedSeed.newRandom(sum6Kes.seedSize, { allocator });
  try {
    return sum6Kes.generateKey(seed, { allocator });
  } finally {
    seed.release();
  }
}
