/**
 * The process that makes Sum6 keys until the lock limit, and then asks the kernel how much it holds locked. All but the
 * first are clones of it, which are keys like others, and 500 times faster to make.
 */
import { readFileSync } from 'node:fs';
import { sum6Kes, type KesSigningKey } from '@evolock/kes-sum';
import { lockStatus } from '@evolock/kes-sum/all';
import { newKey } from '../new-key.js';

const KIB = 1024;

function lockedBytes(): number {
  const mappings = readFileSync('/proc/self/smaps', 'utf8').matchAll(/^Locked:\s+(\d+) kB$/gm);
  return [...mappings].reduce((sum, [, size]) => sum + Number(size) * KIB, 0);
}

function keysUpToTheLimit(first: KesSigningKey): KesSigningKey[] {
  const keys = [first];
  try {
    for (;;) keys.push(first.clone());
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_EVOLOCK_LOCK_LIMIT') throw error;
    return keys;
  }
}

const first = newKey(sum6Kes);
const root = first.deriveVerificationKey();
const keys = keysUpToTheLimit(first);
const message = Uint8Array.of(1);
const expected = Buffer.from(first.sign(message));
const { policy, unlockedRegions } = lockStatus();
const result = {
  keys: keys.length,
  keyBytes: keys.length * sum6Kes.lockedSize,
  lockedBytes: lockedBytes(),
  /** Whether every region was proved locked when it was made, and every key still signs. */
  proved:
    policy === 'require' &&
    unlockedRegions === 0 &&
    sum6Kes.verify(root, 0, message, expected) &&
    keys.every((key) => expected.equals(key.sign(message))),
  user: process.getuid?.(),
};
console.log(JSON.stringify(result));

/** The output of the process. */
export type KeysResult = typeof result;
