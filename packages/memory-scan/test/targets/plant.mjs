// Plants secrets, each in the way that its name states, and stops itself before the scan.
// The serialised needles are in NEEDLES, one a line.
import { createRequire } from 'node:module';
import { setImmediate as turn } from 'node:timers/promises';
import { MaskedNeedle } from '@evolock/memory-scan';

const kept = [];

function keep(value) {
  kept.push(value);
  return value;
}

function secretOf(needle) {
  const bytes = Buffer.alloc(needle.length);
  needle.unmaskInto(bytes);
  return bytes;
}

/** A text of the secret, as a flat string and not a rope. */
function keepText(text, encoding) {
  keep(Buffer.from(text, encoding).toString(encoding));
}

function sodium() {
  return createRequire(import.meta.url)('sodium-native');
}

function locked(size) {
  return keep(sodium().sodium_malloc(size));
}

function complement(bytes, from, to) {
  for (let index = from; index < to; index += 1) bytes[index] ^= 0xff;
}

function withPrefix(length, needle) {
  return Buffer.concat([Buffer.alloc(length, 42), secretOf(needle), Buffer.alloc(8 - length, 42)]);
}

const ways = {
  nothing: (needle) => keep(Buffer.alloc(needle.length)),
  'small-array': (needle) => needle.unmaskInto(keep(new Uint8Array(needle.length))),
  buffer: (needle) =>
    needle.unmaskInto(keep(Buffer.alloc(100_000)).subarray(50_001, 50_001 + needle.length)),
  'hex-lower': (needle) => keepText(`key: ${secretOf(needle).toString('hex')}`, 'latin1'),
  'hex-upper': (needle) =>
    keepText(`key: ${secretOf(needle).toString('hex').toUpperCase()}`, 'latin1'),
  base64: (needle) => keep(withPrefix(1, needle).toString('base64')),
  base64url: (needle) => keep(secretOf(needle).toString('base64url')),
  'utf-16': (needle) => keepText(`€${secretOf(needle).toString('latin1')}`, 'utf16le'),
  'utf-16-hex-lower': (needle) => keepText(`€${secretOf(needle).toString('hex')}`, 'utf16le'),
  'utf-16-hex-upper': (needle) =>
    keepText(`€${secretOf(needle).toString('hex').toUpperCase()}`, 'utf16le'),
  'utf-16-base64': (needle) => keepText(`€${secretOf(needle).toString('base64')}`, 'utf16le'),
  'utf-16-base64url': (needle) => keepText(`€${secretOf(needle).toString('base64url')}`, 'utf16le'),
  'swapped-32': (needle) => keep(secretOf(needle).swap32()),
  'swapped-64': (needle) => keep(secretOf(needle).swap64()),
  'swapped-64-after-prefix': (needle) => keep(withPrefix(1, needle).swap64()),
  'number-array': (needle) => keep([...secretOf(needle)]),
  'after-prefix': (needle) => keep(withPrefix(1, needle)),
  truncated(needle) {
    const bytes = keep(secretOf(needle));
    complement(bytes, 0, 5);
    complement(bytes, 17, needle.length);
  },
  'overwritten-middle': (needle) => complement(keep(secretOf(needle)), 12, 16),
  locked: (needle) => needle.unmaskInto(locked(needle.length)),
  'no-access'(needle) {
    const memory = locked(needle.length);
    needle.unmaskInto(memory);
    sodium().sodium_mprotect_noaccess(memory);
  },
  /** Frees each second buffer. The others are empty, and keep the heap from shrinking. */
  async freed(needle) {
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
  /** The first call of a native function leaves the seed on the C stack. */
  stack(needle) {
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
};

const needles = process.env['NEEDLES'].split('\n').map((text) => MaskedNeedle.parse(text));
for (const needle of needles) await ways[needle.name](needle);
process.kill(process.pid, 'SIGSTOP');
// Only for a test that continues it.
setInterval(() => kept.length, 1000);
