import { MLockedSeed, praosVrf } from '@evolock/vrf-praos';
import { describe, expect, onTestFinished, test } from 'vitest';
import { absolutePeriod, kesParameters, preview } from '../../src/index.js';
import { alphaOf } from '../../src/header/vrf.js';
import { blake2b256 } from '@evolock/kes-sum/all';
import { blocksOf, previewNonces, whyNone } from '../support/chunks.js';
import { bodyFields, issueCertificate, signedHeader, type OwnVrf } from '../support/headers.js';
import { coldKey, kesKey } from '../support/keys.js';
import { native } from '../support/native.js';

const { parseHeader, verifyHeader } = native;

const NONCE = new Uint8Array(32).fill(0x51);
const OTHER = new Uint8Array(32).fill(0x52);
const SLOT = 1_200n;
const network = kesParameters({ slotsPerKesPeriod: 100, maxKesEvolutions: 62 });

type Shape = 'TPraos' | 'Praos';

/** The results of a pool for a slot. */
function ownVrf(shape: Shape, { nonce = NONCE, slot = SLOT } = {}): OwnVrf {
  const seed = MLockedSeed.fromBytes(new Uint8Array(32).fill(5)) as MLockedSeed<32>;
  const key = praosVrf.generateKey(seed);
  onTestFinished(() => [key, seed].forEach((each) => each.release()));
  const resultOf = (role: 'nonce' | 'leader') => {
    const alpha = alphaOf(blake2b256, slot, nonce, shape === 'TPraos' ? role : undefined);
    const proof = key.prove(alpha);
    return [praosVrf.outputOf(proof)!, proof] as const;
  };
  const verificationKey = key.deriveVerificationKey();
  return { verificationKey, nonce: resultOf('nonce'), leader: resultOf('leader') };
}

/** A header with these results, signed by its pool. */
function headerWith(shape: Shape, vrf: OwnVrf): Uint8Array {
  const cold = coldKey();
  const hot = kesKey({ period: 5 });
  const certificate = issueCertificate(cold, {
    hotVerificationKey: hot.deriveVerificationKey(),
    sequenceNumber: 3n,
    startPeriod: absolutePeriod(7),
  });
  const issuer = cold.deriveVerificationKey();
  return signedHeader(bodyFields({ shape, slot: SLOT, issuer, certificate, vrf }), hot);
}

function verdictOn(header: Uint8Array, epochNonce: Uint8Array | undefined = NONCE) {
  const { result, vrf, certificate, kesSignature, failures } = verifyHeader(header, network, {
    epochNonce,
  });
  const signatures = [certificate, kesSignature];
  return { result, vrf, signatures, codes: failures.map(({ code }) => code) };
}

const signatures = ['good', 'good'];

describe.each(['TPraos', 'Praos'] as const)('a header of shape %s', (shape) => {
  test('is valid with the nonce of its epoch, and states what is still not checked', () => {
    const header = headerWith(shape, ownVrf(shape));
    expect(verdictOn(header)).toEqual({ result: 'valid', vrf: 'good', signatures, codes: [] });
    const { notJudged } = verifyHeader(header, network, { epochNonce: NONCE });
    const codes = notJudged.map(({ code }) => code);
    expect(codes).toContain('slot-leader');
    expect(codes).not.toContain('vrf');
  });

  test('is judged without its proofs when no nonce is given', () => {
    const verdict = verifyHeader(headerWith(shape, ownVrf(shape)), network);
    expect(verdict).toMatchObject({ result: 'valid', vrf: 'not-checked' });
    expect(verdict.notJudged.map(({ code }) => code)).toContain('vrf');
  });

  test('is not valid with another nonce, of another slot or of another key, each by its own code', () => {
    const codes = shape === 'TPraos' ? ['vrf-proof', 'vrf-proof'] : ['vrf-proof'];
    const bad = { result: 'invalid', vrf: 'bad', signatures, codes };
    expect(verdictOn(headerWith(shape, ownVrf(shape)), OTHER)).toEqual(bad);
    expect(verdictOn(headerWith(shape, ownVrf(shape, { nonce: OTHER })))).toEqual(bad);
    expect(verdictOn(headerWith(shape, ownVrf(shape, { slot: SLOT + 1n })))).toEqual(bad);
    const verificationKey = new Uint8Array(32);
    expect(verdictOn(headerWith(shape, { ...ownVrf(shape), verificationKey }))).toEqual(bad);
  });

  test('is not valid with an output that is not that of its proof', () => {
    const vrf = ownVrf(shape);
    for (const output of [vrf.nonce[0].map((byte) => byte ^ 1), new Uint8Array(63)]) {
      const header = headerWith(shape, { ...vrf, nonce: [output, vrf.nonce[1]] });
      expect(verdictOn(header)).toMatchObject({ vrf: 'bad', signatures, codes: ['vrf-output'] });
    }
  });
});

test('the two results of a TPraos header cannot stand for one another', () => {
  const vrf = ownVrf('TPraos');
  const header = headerWith('TPraos', { ...vrf, nonce: vrf.leader, leader: vrf.nonce });
  expect(verdictOn(header).codes).toEqual(['vrf-proof', 'vrf-proof']);
  const { nonce, leader } = parseHeader(headerWith('TPraos', vrf)).vrf;
  expect([nonce.output, leader.proof]).toEqual([vrf.nonce[0], vrf.leader[1]]);
});

test('a header of Praos has one result for both roles', () => {
  const { vrf } = parseHeader(headerWith('Praos', ownVrf('Praos')));
  expect(vrf.leader).toEqual(vrf.nonce);
});

const nonceOf = (epoch: bigint) =>
  new Uint8Array(Buffer.from(previewNonces?.get(epoch) ?? '', 'hex'));

describe.skipIf(previewNonces === undefined)(`headers of preview${whyNone}`, () => {
  test.each([
    [0, 0n],
    [44, 2n],
    [114, 5n],
    [236, 11n],
  ])('of chunk %i have valid proofs with the nonce of epoch %i alone', (chunk, epoch) => {
    const verifier = native.headerVerifier(preview);
    const blocks = blocksOf(chunk);
    // Every tenth: the long test verifies all.
    for (const block of blocks.filter((_, index) => index % 10 === 0)) {
      const good = verifier.verify(block, { epochNonce: nonceOf(epoch) });
      expect(good).toMatchObject({ result: 'valid', vrf: 'good' });
      const bad = verifier.verify(block, { epochNonce: nonceOf(epoch + 1n) });
      expect(bad).toMatchObject({ result: 'invalid', vrf: 'bad', kesSignature: 'good' });
      expect(new Set(bad?.failures.map(({ code }) => code))).toEqual(new Set(['vrf-proof']));
    }
  });
});
