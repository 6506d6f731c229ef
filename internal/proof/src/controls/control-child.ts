/**
 * The process of the controls. It loads none of the packages, because their warm-up calls would overwrite the leaked
 * copy.
 */
import { MaskedNeedle } from '@evolock/memory-scan';
import { plantCanary } from '../child/canary.js';
import { readArguments } from '../child/child-arguments.js';
import type { Control } from './control-operations.js';
import { rawSodium } from '../child/raw-sodium.js';
import { furtherDown, prepareToStop, stopThisProcess } from '../child/stop.js';

const SEED_SIZE = 32;
/** Values that stay alive until the scan. */
export const alive: unknown[] = [];

const controls: Readonly<Record<Control, (secret: Uint8Array, locked: Locked) => unknown>> = {
  'Buffer.from of a locked view': (secret) => Buffer.from(secret),
  'slice of a locked view': (secret) => Uint8Array.prototype.slice.call(secret),
  'an array of its bytes': (secret) => Array.from(secret),
  'its hexadecimal text': (secret) =>
    Buffer.from(secret.buffer, secret.byteOffset, SEED_SIZE).toString('hex'),
  'its base64 text': (secret) =>
    Buffer.from(secret.buffer, secret.byteOffset, SEED_SIZE).toString('base64'),
  'the first key pair of a process, without a warm-up': (secret, { sodium, target }) => {
    sodium.crypto_sign_seed_keypair(target.subarray(0, 32), target.subarray(32, 96), secret);
  },
  'the first hash of a process, without a warm-up': (secret, { sodium, target }) => {
    sodium.crypto_generichash(target.subarray(0, 32), secret);
  },
  'a hash after a warm-up, without a dummy hash behind it': (secret, { sodium, target }) => {
    sodium.crypto_generichash(target.subarray(0, 32), new Uint8Array(SEED_SIZE));
    sodium.crypto_generichash(target.subarray(0, 32), secret);
  },
};

interface Locked {
  readonly sodium: ReturnType<typeof rawSodium>;
  readonly target: Uint8Array;
}

function main(): void {
  const { id, secret, canary } = readArguments(process.argv.slice(2));
  plantCanary(canary);
  const sodium = rawSodium();
  const locked = sodium.sodium_malloc(SEED_SIZE);
  const target = sodium.sodium_malloc(128);
  const control = controls[id as Control];
  const memory = { sodium, target };
  MaskedNeedle.parse(secret).unmaskInto(locked);
  alive.push(locked, target);
  prepareToStop();
  const left = furtherDown(() => control(locked, memory));
  stopThisProcess();
  // Never reached, because the process is killed after the scan. The reference keeps the values alive until then.
  alive.push(left);
}

main();
