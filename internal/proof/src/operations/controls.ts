/**
 * The controls. Each leaves a copy of a secret outside locked memory, which a scan has to find. They use none of the
 * packages, because the warm-up calls of those would overwrite the copy.
 */
import { createRequire } from 'node:module';
import type { Sodium } from '@evolock/mlocked-bytes/unsound';
import { liveRoot } from '../secrets/expectation.js';
import { layer, type Operation } from './operation.js';

const SEED_SIZE = 32;
const require = createRequire(import.meta.url);

type Leak = (secret: Uint8Array, target: Uint8Array, sodium: Sodium) => unknown;

const text = (secret: Uint8Array, encoding: BufferEncoding) =>
  Buffer.from(secret.buffer, secret.byteOffset, SEED_SIZE).toString(encoding);

const copies: Readonly<Record<string, Leak>> = {
  'Buffer.from of a locked view': (secret) => Buffer.from(secret),
  'slice of a locked view': (secret) => Uint8Array.prototype.slice.call(secret),
  'an array of its bytes': (secret) => Array.from(secret),
  'its hexadecimal text': (secret) => text(secret, 'hex'),
  'its base64 text': (secret) => text(secret, 'base64'),
};

const residues: Readonly<Record<string, Leak>> = {
  'the first key pair of a process, without a warm-up': (secret, target, sodium) => {
    sodium.crypto_sign_seed_keypair(target.subarray(0, 32), target.subarray(32, 96), secret);
  },
  'the first hash of a process, without a warm-up': (secret, target, sodium) => {
    sodium.crypto_generichash(target.subarray(0, 32), secret);
  },
  'a hash after a warm-up, without a dummy hash behind it': (secret, target, sodium) => {
    sodium.crypto_generichash(target.subarray(0, 32), new Uint8Array(SEED_SIZE));
    sodium.crypto_generichash(target.subarray(0, 32), secret);
  },
};

const control = layer('controls', { aside: true, once: true });

const controlsOf = (leaks: Readonly<Record<string, Leak>>): readonly Operation[] =>
  Object.entries(leaks).map(([name, leak]) =>
    control(name, { ...liveRoot, leaves: name.includes('key pair') ? [''] : [] }, ({ plant }) => {
      const sodium = require('sodium-native') as Sodium;
      const locked = sodium.sodium_malloc(SEED_SIZE);
      const target = sodium.sodium_malloc(128);
      plant(locked);
      return [locked, target, leak(locked, target, sodium)];
    }),
  );

/** Copies that live as long as the process. Every scan finds them. */
export const heapControls = controlsOf(copies);

/** The heap controls, and residues on the stack. A later call can overwrite a residue before the scan. */
export const controls: readonly Operation[] = [...heapControls, ...controlsOf(residues)];
