// Plants a secret as a scenario states, and stops itself before the scan.
// Usage: node plant.mjs SCENARIO, with the serialised needle in NEEDLE.
import { createRequire } from 'node:module';
import { setImmediate as turn } from 'node:timers/promises';
import { MaskedNeedle } from '@evolock/memory-scan';

const needle = MaskedNeedle.parse(process.env['NEEDLE'] ?? '');
const kept = [];

function keep(value) {
  kept.push(value);
  return value;
}

function secret() {
  const bytes = Buffer.alloc(needle.length);
  needle.unmaskInto(bytes);
  return bytes;
}

/** A flat string, not a rope. */
function flat(text, encoding) {
  return Buffer.from(text, encoding).toString(encoding);
}

function sodium() {
  return createRequire(import.meta.url)('sodium-native');
}

function locked(size = needle.length) {
  return keep(sodium().sodium_malloc(size));
}

function complement(bytes, from, to) {
  for (let index = from; index < to; index += 1) bytes[index] ^= 0xff;
}

function withPrefix(length) {
  return Buffer.concat([Buffer.alloc(length, 0x2a), secret(), Buffer.alloc(8 - length, 0x2a)]);
}

const scenarios = {
  nothing: () => keep(Buffer.alloc(needle.length)),
  'small-array': () => needle.unmaskInto(keep(new Uint8Array(needle.length))),
  buffer: () =>
    needle.unmaskInto(keep(Buffer.alloc(100_000)).subarray(50_001, 50_001 + needle.length)),
  'hex-lower': () => keep(flat(`key: ${secret().toString('hex')}`, 'latin1')),
  'hex-upper': () => keep(flat(`key: ${secret().toString('hex').toUpperCase()}`, 'latin1')),
  base64: () => keep([0, 1, 2].map((length) => withPrefix(length).toString('base64'))),
  base64url: () => keep(secret().toString('base64url')),
  'utf-16': () => keep(flat(`€${secret().toString('latin1')}`, 'utf16le')),
  'utf-16-hex-lower': () => keep(flat(`€${secret().toString('hex')}`, 'utf16le')),
  'utf-16-hex-upper': () => keep(flat(`€${secret().toString('hex').toUpperCase()}`, 'utf16le')),
  'utf-16-base64': () => keep(flat(`€${secret().toString('base64')}`, 'utf16le')),
  'utf-16-base64url': () => keep(flat(`€${secret().toString('base64url')}`, 'utf16le')),
  'swapped-32': () => keep(secret().swap32()),
  'swapped-64': () => keep(secret().swap64()),
  'swapped-64-after-prefix': () => keep(withPrefix(1).swap64()),
  'number-array': () => keep([...secret()]),
  'after-prefix': () => keep(withPrefix(1)),
  truncated() {
    const bytes = keep(secret());
    complement(bytes, 0, 5);
    complement(bytes, 17, needle.length);
  },
  'overwritten-middle': () => complement(keep(secret()), 12, 16),
  locked: () => needle.unmaskInto(locked()),
  'no-access'() {
    const memory = locked();
    needle.unmaskInto(memory);
    sodium().sodium_mprotect_noaccess(memory);
  },
  /** The first call of a native function leaves the seed on the C stack. */
  stack() {
    const seed = locked(32);
    needle.unmaskInto(seed);
    const { crypto_sign_seed_keypair: generate } = sodium();
    const [verificationKey, signingKey] = [Buffer.alloc(32), locked(64)];
    // Deep on the stack, which later calls do not reach before the stop.
    const at = (depth) => {
      if (depth > 0) at(depth - 1);
      else generate(verificationKey, signingKey, seed);
    };
    at(1_000);
  },
  /** Frees each second buffer. The others are empty, and keep the heap from shrinking. */
  async freed() {
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 200; count += 1) {
      keep(new Uint8Array(4096));
      needle.unmaskInto(new Uint8Array(4096).subarray(2048, 2048 + needle.length));
    }
    const live = before + 200 * 4096;
    while (process.memoryUsage().arrayBuffers > live) {
      globalThis.gc();
      await turn();
    }
  },
};

await scenarios[process.argv[2] ?? '']();
process.kill(process.pid, 'SIGSTOP');
// Only for a test that continues it.
setInterval(() => kept.length, 1000);
