// The worked signature of the specification is that of a log of the vectors, with every hash.
import { readFileSync, writeFileSync } from 'node:fs';
import { blake2b256 } from '@evolock/kes-sum/all';
import { ed25519 } from '@evolock/kes-verify';
import { sealedLogVectors } from '@evolock/test-vectors';
import { expect, test } from 'vitest';
import { readVerifierKey } from '../src/format/key.js';

const page = new URL('../../../docs/SEALED_LOG_SPECIFICATION.md', import.meta.url);

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** The second seal of the log, which has a key of depth 2: its period is 1. */
function workedSignature(): string[] {
  const { verifierKey, origin, seals } = sealedLogVectors().logs.find(
    ({ name }) => name === 'unsealed-tail',
  )!;
  const line = Buffer.from(seals).toString().split('\n')[1]!;
  const [number, time, flags, size, root, signature] = line.split(' ');
  const message = `evolock-seal/v1\nnumber ${number}\ntime ${time}\nflags ${flags}\n${origin}\n${size}\n${root}\n`;
  const bytes = Buffer.from(signature!, 'base64');
  const part = (at: number, end = at + 32) => bytes.subarray(at, end);
  const [leaf, inner, outer] = [part(64), part(96), part(128)];
  const v1 = blake2b256(Buffer.concat([inner, leaf]));
  const v2 = blake2b256(Buffer.concat([v1, outer]));
  const { depth, first, verificationKey } = readVerifierKey(verifierKey)!;
  expect([depth, Number(number) - first, bytes.length]).toEqual([2, 1, 160]);
  expect(hexOf(v2)).toBe(hexOf(verificationKey));
  expect(ed25519.verify(leaf, Buffer.from(message), part(0, 64))).toBe(true);
  return [
    `verifier key    ${verifierKey}`,
    `first number    ${String(first)}, depth ${String(depth)}`,
    `seal line       ${number} ${time} ${flags} ${size} ${root} …`,
    `message         ${message.replaceAll('\n', '⏎')}`,
    `R               ${hexOf(part(0))}`,
    `S               ${hexOf(part(32))}`,
    `v₀, leaf key    ${hexOf(leaf)}`,
    `x₀              ${hexOf(inner)}`,
    `x₁              ${hexOf(outer)}`,
    `period 1: bit 0 is 1, bit 1 is 0`,
    `v₁ = H(x₀ ‖ v₀) ${hexOf(v1)}`,
    `v₂ = H(v₁ ‖ x₁) ${hexOf(v2)}`,
  ];
}

test('the specification shows a signature of the vectors', () => {
  const text = readFileSync(page, 'utf8');
  const shown = text.replace(/(?<=```text worked\n)[^]*?(?=\n```)/, workedSignature().join('\n'));
  if (process.env['EVOLOCK_WRITE_TRANSCRIPT'] !== undefined) writeFileSync(page, shown);
  expect(text.includes('```text worked\n')).toBe(true);
  expect(readFileSync(page, 'utf8')).toBe(shown);
});
