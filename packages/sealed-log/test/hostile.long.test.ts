// Long logs: the answer comes in time that is linear in the bytes, and memory does not grow with them.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { blake2b } from '@noble/hashes/blake2.js';
import { sealedLogVectors } from '@evolock/test-vectors';
import { buildSync } from 'esbuild';
import { expect, test } from 'vitest';
import { readKey, writeMaterial, writeVerifierKey } from '../src/format/key.js';
import { signedMessage, writeSealLine } from '../src/format/seal.js';
import { Frontier } from '../src/format/tree.js';
import { native } from '../src/native.js';
import { verifySealedLog } from '../src/verify/index.js';
import { newPlace } from './support/engines.js';

const MiB = 2 ** 20;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** The bytes that are in use after a collection. */
function bytesInUse(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Pieces, and by how much the bytes in use grow between an early piece and the last one. */
class Watched {
  growth = NaN;

  *pieces(all: Iterable<Uint8Array>, early: number) {
    let [count, before] = [0, 0];
    for (const piece of all) {
      count += 1;
      if (count === early) before = bytesInUse();
      yield piece;
    }
    this.growth = bytesInUse() - before;
  }
}

function* repeated(piece: Uint8Array, times: number) {
  for (let count = 0; count < times; count += 1) yield piece;
}

test('a gigabyte without a newline is one torn entry, in flat memory', async () => {
  const { verifierKey, seals } = sealedLogVectors().logs.find(({ name }) => name === 'empty')!;
  const watched = new Watched();
  const files = [watched.pieces(repeated(new Uint8Array(MiB).fill(0x61), 1024), 100)];
  const verdict = await verifySealedLog({ verifierKey, files, seals, cryptography: native });
  expect(verdict).toMatchObject({ reasons: ['end-unproved', 'torn-entries'] });
  expect(watched.growth).toBeLessThan(4 * MiB);
});

const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
/** The base point of Ed25519. As a key it has the secret 1. */
const BASE = Buffer.alloc(32, 0x66);
BASE[0] = 0x58;

/** Signs with the secret 1 and the nonce 1, which costs no multiplication of a point. */
function signedByOne(message: Uint8Array): Buffer {
  const digest = createHash('sha512').update(BASE).update(BASE).update(message).digest();
  const response = (BigInt(`0x${digest.reverse().toString('hex')}`) + 1n) % ORDER;
  const bytes = Buffer.from(response.toString(16).padStart(64, '0'), 'hex').reverse();
  return Buffer.concat([BASE, bytes]);
}

/** Seals over nothing in pieces of 50, and their verifier key. All leaves of it are the same, so it needs no tree. */
function manySeals(depth: number, count: number) {
  const origin = 'example.com/many';
  let node: Uint8Array = BASE;
  const path = [node];
  for (let level = 0; level < depth; level += 1) {
    path.push(node);
    node = blake2b(Buffer.concat([node, node]), { dkLen: 32 });
  }
  const root = new Frontier(native.sha256).root();
  function* pieces() {
    let lines = '';
    for (let number = 0; number < count; number += 1) {
      const content = { number, time: number, flags: 0, size: 0, root, successor: undefined };
      const signature = signedByOne(signedMessage(origin, content));
      lines += writeSealLine({ ...content, signature: Buffer.concat([signature, ...path]) });
      if (number % 50 < 49) continue;
      yield new TextEncoder().encode(lines);
      lines = '';
    }
  }
  const key = readKey(origin, writeMaterial(depth, 0, node))!;
  return { verifierKey: writeVerifierKey(key), pieces: pieces() };
}

test('seals without native code: 20,000 of them, in flat memory', async () => {
  const { verifierKey, pieces } = manySeals(15, 20_000);
  const watched = new Watched();
  const seals = watched.pieces(pieces, 40);
  const verdict = await verifySealedLog({ verifierKey, files: [], seals });
  expect(verdict).toMatchObject({ reasons: ['end-unproved'], seals: 20_000 });
  // The lines of these seals are some 15 MiB.
  expect(watched.growth).toBeLessThan(8 * MiB);
});

test('a million seals with native code, in flat memory', async () => {
  const { verifierKey, pieces } = manySeals(20, 1_000_000);
  const watched = new Watched();
  const seals = watched.pieces(pieces, 2000);
  const verdict = await verifySealedLog({ verifierKey, files: [], seals, cryptography: native });
  expect(verdict).toMatchObject({ reasons: ['end-unproved'], seals: 1_000_000 });
  // The lines of these seals are some gigabyte.
  expect(watched.growth).toBeLessThan(16 * MiB);
}, 3_600_000);

/** Each is a text of some 20 MB. */
const hostileProofs = {
  'lines of a path': "head + 'index 0' + '\\nAAAA'.repeat(4e6) + '\\n\\n' + note",
  'fields of an index': "head + 'index' + ' '.repeat(2e7) + '\\n\\n' + note",
  'fields of a seal':
    "head + 'extra ' + btoa(' '.repeat(15e6) + '\\n') + '\\nindex 0\\n\\n' + note",
  'lines of a chain': "head + 'extra ' + btoa('\\n'.repeat(15e6)) + '\\nindex 0\\n\\n' + note",
  'lines of a note': "head + 'index 0\\n\\n' + 'a\\n'.repeat(1e7)  + note",
  'signatures of a note': "head + 'index 0\\n\\n' + note + 'a\\n'.repeat(1e7)",
};

test('a proof with millions of parts is judged in a heap that could not hold a list of them', () => {
  const { folder } = newPlace();
  const { verifierKey, notes } = sealedLogVectors().logs[0]!;
  const judged = Object.entries(hostileProofs).map(
    ([name, text]) => `console.log(${JSON.stringify(name)}, judge(${text}));`,
  );
  const contents = `
    import { verifyEntryProof } from './src/verify/index.ts';
    const [verifierKey, note] = ${JSON.stringify([verifierKey, notes[0]])};
    const head = 'c2sp.org/tlog-proof@v1\\n';
    const entry = new Uint8Array(0);
    const judge = (proof) => verifyEntryProof({ verifierKey, entry, proof }).failure;
    ${judged.join('\n')}`;
  const outfile = join(folder, 'judge.mjs');
  const resolveDir = fileURLToPath(new URL('..', import.meta.url));
  const settings = { bundle: true, platform: 'node', format: 'esm' } as const;
  buildSync({ stdin: { contents, resolveDir }, outfile, ...settings });
  const { stdout, stderr } = spawnSync(process.execPath, ['--max-old-space-size=128', outfile], {
    encoding: 'utf8',
  });
  expect(stdout.trim().split('\n'), stderr).toEqual(
    Object.keys(hostileProofs).map(
      (name) => `${name} ${name.endsWith('chain') || name.endsWith('seal') ? 'chain' : 'form'}`,
    ),
  );
});
