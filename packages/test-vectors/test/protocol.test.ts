// The protocol, as its schema describes it: requests to an implementation that offers everything, and its responses.
import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import type { Implementation, KesKeyHandle } from '../src/index.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { serve } from './support/server.js';

const bytes = new Uint8Array(32);

/** A key that signs nothing: the protocol is tested, not the answers. */
function stubKey(): KesKeyHandle {
  let period = 0;
  return {
    get period() {
      return period;
    },
    deriveVerificationKey: () => bytes,
    sign: () => bytes,
    update() {
      period += 1;
    },
    serialise: () => bytes,
    blockSizes: () => [32],
    release() {
      period = -1;
    },
  };
}

/** An implementation that offers everything. It reads no key: the first level of each is tampered with. */
const stub: Implementation = {
  seed: { expand: () => ({ left: bytes, right: bytes }) },
  dsign: { deriveVerificationKey: () => bytes, sign: () => bytes, verify: () => false },
  extended: { deriveVerificationKey: () => bytes, sign: () => bytes },
  vrf: () => ({
    deriveVerificationKey: () => bytes,
    prove: () => bytes,
    verify: () => undefined,
    outputOf: () => bytes,
  }),
  kes: (algorithm, depth) => ({
    name: `${algorithm} ${depth}`,
    totalPeriods: 2,
    signatureSize: 128,
    signingKeySize: 128,
    verificationKeySize: 32,
    generateKey: stubKey,
    readKey() {
      throw new Error('tampered');
    },
    verify: () => true,
    rust: { generateKey: stubKey, readKey: stubKey },
    checkedRead: { levelOf: () => 1 },
  }),
  headers: { verify: () => ({ result: 'not-a-header' }) },
  sealedLogs: { verify: () => ({ result: 'invalid' }), checkProof: () => false },
};

async function exchange(requests: readonly object[]) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  input.end(requests.map((request) => `${JSON.stringify(request)}\n`).join(''));
  await serve(stub, 'stub', input, output);
  const lines = String(output.read()).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the protocol', () => {
  const about = { algorithm: 'sum', depth: 1 };
  const seedHex = '07'.repeat(32);
  const signing = { ...about, verificationKeyHex: '00'.repeat(32), signatureHex: '00'.repeat(128) };
  const requests = [
    { op: 'hello', protocol: 1 },
    { op: 'seed.expand', seedHex },
    { op: 'dsign.deriveVerificationKey', seedHex },
    { op: 'dsign.sign', seedHex, messageHex: '' },
    {
      op: 'dsign.verify',
      verificationKeyHex: '',
      messageHex: '',
      signatureHex: '',
    },
    { op: 'extended.deriveVerificationKey', extendedKeyHex: '40'.repeat(64) },
    { op: 'extended.sign', extendedKeyHex: '40'.repeat(64), messageHex: 'ab' },
    { op: 'vrf.deriveVerificationKey', algorithm: 'PraosVRF', seedHex },
    { op: 'vrf.prove', algorithm: 'PraosVRF', seedHex, alphaHex: '' },
    {
      op: 'vrf.verify',
      algorithm: 'PraosBatchCompatVRF',
      verificationKeyHex: '00'.repeat(32),
      alphaHex: '',
      proofHex: '00'.repeat(128),
    },
    { op: 'vrf.outputOf', algorithm: 'PraosVRF', proofHex: '00' },
    { op: 'kes.generate', ...about, seedHex },
    { op: 'kes.generate', ...about, seedHex, form: 'rust' },
    { op: 'kes.deriveVerificationKey', key: 1 },
    { op: 'kes.sign', key: 1, messageHex: 'ab' },
    { op: 'kes.update', key: 1 },
    { op: 'kes.serialise', key: 2 },
    { op: 'kes.blockSizes', key: 1 },
    { op: 'kes.release', key: 1 },
    { op: 'kes.sign', key: 1, messageHex: 'ab' },
    { op: 'kes.read', ...about, serialisedHex: '00'.repeat(128), period: 1 },
    { op: 'kes.verify', ...signing, period: -1, messageHex: '' },
    { op: 'headers.verify', headerHex: '', network: {}, now: 7 },
    { op: 'sealedLogs.verify', verifierKey: '', filesHex: ['0a'], sealsHex: '' },
    { op: 'sealedLogs.checkProof', verifierKey: '', entryHex: '', proof: '' },
  ].map((request, index) => ({ id: index + 1, ...request }));

  test('is as its schema says, and every operation is in it', async () => {
    const path = new URL('../schema/stdio-protocol.schema.json', import.meta.url);
    const schema = JSON.parse(readFileSync(path, 'utf8')) as { oneOf: unknown[] };
    const validate = new Ajv2020({ allErrors: true, strictRequired: false }).compile(schema);
    const responses = await exchange(requests);
    requests.forEach((request, index) => {
      const pair = { request, response: responses[index] };
      expect(validate(pair), JSON.stringify([pair, validate.errors])).toBe(true);
    });
    expect(new Set(requests.map(({ op }) => op)).size).toBe(schema.oneOf.length);
  });

  test('refuses a wrong request and answers the next', async () => {
    const responses = await exchange(requests);
    const refused = responses.filter(({ ok }) => ok === false);
    expect(refused).toEqual([
      { id: 20, ok: false, error: 'key 1 is not offered' },
      { id: 21, ok: false, error: expect.any(String) as unknown, level: 1 },
    ]);
    const [unknown] = await exchange([{ id: 1, op: 'toString' }]);
    expect(unknown).toEqual({ id: 1, ok: false, error: 'toString is not offered' });
  });
});
