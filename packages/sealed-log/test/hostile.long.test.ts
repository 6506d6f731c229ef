// Long logs: the answer comes in time that is linear in the bytes, and memory does not grow with them.
import { sealedLogVectors } from '@evolock/test-vectors';
import { seedOf } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { writeVerifierKey } from '../src/format/key.js';
import { signedMessage, writeSealLine } from '../src/format/seal.js';
import { Frontier } from '../src/format/tree.js';
import { verifySealedLog } from '../src/verify/index.js';
import { keyOfSeed, native, signerOf } from './support/made-log.js';

const MiB = 2 ** 20;

/** The growth of the memory of this process during a call that reads far more bytes than that. */
async function growthOf(call: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage.rss();
  await call();
  return process.memoryUsage.rss() - before;
}

function* repeated(piece: Uint8Array, times: number) {
  for (let count = 0; count < times; count += 1) yield piece;
}

test('a gigabyte without a newline is one torn entry, in flat memory', async () => {
  const { verifierKey, seals } = sealedLogVectors().logs.find(({ name }) => name === 'empty')!;
  const files = [repeated(new Uint8Array(MiB).fill(0x61), 1024)];
  const growth = await growthOf(async () => {
    const verdict = await verifySealedLog({ verifierKey, files, seals, cryptography: native });
    expect(verdict).toMatchObject({ result: 'incomplete', reasons: ['torn-entries'] });
  });
  expect(growth).toBeLessThan(256 * MiB);
});

/** Seals of a key of depth 15, over nothing. */
function* manySeals(count: number) {
  const [origin, depth, seed] = ['example.com/many', 15, seedOf(1)] as const;
  using signer = signerOf(depth, seed);
  const root = new Frontier(native.sha256).root();
  for (let number = 0; number < count; number += 1) {
    const content = { number, time: number, flags: 0, size: 0, root, successor: undefined };
    const signature = signer.sign(signedMessage(origin, content));
    signer.update();
    yield new TextEncoder().encode(writeSealLine({ ...content, signature }));
  }
}
const verifierKeyOfMany = () => writeVerifierKey(keyOfSeed('example.com/many', 15, 0, seedOf(1)));

test.each([
  ['without native code', 20_000, undefined],
  ['with native code', 32_000, native],
] as const)('seals %s: %i of them, in flat memory', async (_, count, cryptography) => {
  const verifierKey = verifierKeyOfMany();
  const growth = await growthOf(async () => {
    const given = { verifierKey, files: [], seals: manySeals(count), cryptography };
    expect(await verifySealedLog(given)).toMatchObject({ result: 'valid', seals: count });
  });
  expect(growth).toBeLessThan(256 * MiB);
});
