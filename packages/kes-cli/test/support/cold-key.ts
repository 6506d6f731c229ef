import { join } from 'node:path';
import { writeColdSigningKey, writeColdVerificationKey, writeCounter } from '@evolock/cardano-kes';
import { ed25519 } from '@evolock/kes-sum';
import { seedOf } from './own-header.js';

/** Writes a cold key to a folder: `cold.skey`, `cold.vkey`, and `cold.counter`, whose next number is 3. */
export function makeColdKey(folder: string, next = 3n): void {
  const seed = seedOf(5);
  const cold = ed25519.generateKey(seed);
  const coldVerificationKey = cold.deriveVerificationKey();
  writeColdSigningKey(join(folder, 'cold.skey'), cold);
  writeColdVerificationKey(join(folder, 'cold.vkey'), coldVerificationKey);
  writeCounter(join(folder, 'cold.counter'), { next, coldVerificationKey });
  cold.release();
  seed.release();
}
