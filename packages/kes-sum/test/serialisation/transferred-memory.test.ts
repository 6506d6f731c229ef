import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const dist = new URL('../../dist/index.js', import.meta.url).href;

/** Node.js 20 has the method behind a flag. */
const flags = 'transfer' in ArrayBuffer.prototype ? [] : ['--harmony-rab-gsab-transfer'];

const prelude = `
  import { MLockedSeed, sum6Kes } from ${JSON.stringify(dist)};
  const transfer = (view) => void ArrayBuffer.prototype.transfer.call(view.buffer);
  const codeOf = (use) => {
    try {
      use();
      return 'none';
    } catch (error) {
      return error.code ?? String(error);
    }
  };
  const message = new Uint8Array(3);
  const seed = MLockedSeed.newRandom(32);
  const key = sum6Kes.generateKey(seed);
  const other = sum6Kes.generateKey(seed);
`;

/** The output of a script in its own process, which has to end by itself. */
function printedBy(script: string): unknown {
  const line = [...flags, '--input-type=module', '--eval', prelude + script];
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, line, {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`status ${String(status)}, ${String(signal)}: ${stderr}`);
  return JSON.parse(stdout);
}

test('after a push that transfers the buffer of its block, every key still serialises', () => {
  const script = `
    const pushed = codeOf(() => key.directSerialise(transfer));
    const pulled = codeOf(() => sum6Kes.directDeserialise(transfer));
    const blocks = [];
    other.directSerialise((block) => void blocks.push(...block));
    let offset = 0;
    const copy = sum6Kes.directDeserialise((block) => {
      for (let index = 0; index < block.length; index += 1) block[index] = blocks[offset++];
    });
    for (const alive of [key, other, copy]) alive.updateTo(40);
    const signatures = [key, other, copy].map((alive) => Buffer.from(alive.sign(message)).toString('hex'));
    console.log(JSON.stringify([pushed, pulled, new Set(signatures).size]));
  `;
  const refused = 'ERR_EVOLOCK_VIEW_ESCAPE';
  expect(printedBy(script)).toEqual([refused, refused, 1]);
});

test('a callback that transfers the slab of a seed does not affect keys and benches', () => {
  const script = `
    const sizes = Array.from({ length: 49 }, (_, index) => 16 + index);
    const seeds = sizes.map((size) => MLockedSeed.newRandom(size));
    for (const each of seeds) codeOf(() => each.withBytes(transfer));
    const lost = codeOf(() => sum6Kes.generateKey(seed));
    key.update();
    const verificationKey = other.deriveVerificationKey();
    const valid = sum6Kes.verify(verificationKey, 1, message, key.sign(message));
    const next = MLockedSeed.newRandom(32);
    const { left, right } = next.expand();
    for (const each of [...seeds, seed, next, left, right, key, other]) each.release();
    console.log(JSON.stringify([lost, valid]));
  `;
  expect(printedBy(script)).toEqual(['ERR_EVOLOCK_MEMORY_TRANSFERRED', true]);
});
