import { absolutePeriod, mainnet } from '@evolock/cardano-headers';
import { rejectionOf, wrongly } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  MAX_BODY_SIZE,
  signDmqMessage,
  verifyDmqMessage,
  type DmqSigner,
  type DmqSigningPeriod,
} from '../src/index.js';
import { expiresAt, now, pool, poolOf, signed, start, undated } from './support/pool.js';

/** A signer that must not be called. */
const never: DmqSigner = () => {
  throw new Error('the signer was called');
};

function request(parts: Record<string, unknown> = {}) {
  return {
    parameters: mainnet,
    body: Uint8Array.of(1),
    period: start,
    expiresAt,
    certificate: pool.certificate,
    coldVerificationKey: pool.coldVerificationKey,
    ...parts,
  };
}

describe('a signer', () => {
  test('may answer at once or later', async () => {
    const later: DmqSigner = async (payload, { evolution }) => {
      await Promise.resolve();
      return pool.sign(payload, evolution);
    };
    const { bytes } = await signed({ sign: later });
    expect(bytes).toEqual((await signed()).bytes);
    expect(verifyDmqMessage(bytes, { parameters: undated, now }).valid).toBe(true);
  });

  test('gets period, evolution and bytes of its own, and the caller may change the arguments meanwhile', async () => {
    const body = Uint8Array.of(1, 2, 3);
    const seen: DmqSigningPeriod[] = [];
    const sign: DmqSigner = (payload, at) => {
      seen.push(at);
      const signature = pool.sign(payload, at.evolution);
      payload.fill(0);
      body.fill(0);
      return signature;
    };
    const period = absolutePeriod(561);
    const { bytes } = await signed({ body, sign, period });
    expect(bytes).toEqual((await signed({ period })).bytes);
    expect(seen).toEqual([{ period: 561n, evolution: 61 }]);
  });

  test('fails with its own error', async () => {
    const error = new Error('no key');
    expect(await rejectionOf(signed({ sign: () => Promise.reject(error) }))).toBe(error);
  });

  test.each<[string, DmqSigner]>([
    ['of another key', (payload, { evolution }) => poolOf(2).sign(payload, evolution)],
    ['at another evolution', (payload, { evolution }) => pool.sign(payload, evolution + 1)],
    ['over other bytes', (payload, { evolution }) => pool.sign(payload.subarray(1), evolution)],
    ['of zeros', () => new Uint8Array(448)],
  ])('with a signature %s makes no message', async (_name, sign) => {
    expect(await rejectionOf(signed({ sign }))).toMatchObject({
      code: 'ERR_EVOLOCK_DMQ_SIGNING',
      failures: [{ code: 'kes-signature' }],
    });
  });

  test.each([
    ['447 bytes', new Uint8Array(447), 'VALUE'],
    ['449 bytes', new Uint8Array(449), 'VALUE'],
    ['nothing', undefined, 'TYPE'],
  ])('that returns %s makes no message', async (_name, result, kind) => {
    expect(await rejectionOf(signed({ sign: () => wrongly(result) }))).toMatchObject({
      code: `ERR_EVOLOCK_ARGUMENT_${kind}`,
    });
  });
});

describe('before the signer is called', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['an evolution beyond the network', { period: start + 62n }, 'certificate-expired'],
    ['a period before the certificate', { period: start - 1n }, 'certificate-starts-later'],
    [
      'a certificate of another pool',
      { coldVerificationKey: poolOf(2).coldVerificationKey },
      'certificate-signature',
    ],
  ])('%s is refused', async (_name, parts, code) => {
    expect(await rejectionOf(signDmqMessage(wrongly(request(parts)), never))).toMatchObject({
      code: 'ERR_EVOLOCK_DMQ_SIGNING',
      failures: [{ code }],
    });
  });

  test.each([MAX_BODY_SIZE + 1, 1_000_000])('a body of %i bytes is refused', async (size) => {
    const body = new Uint8Array(size);
    expect(await rejectionOf(signDmqMessage(request({ body }), never))).toMatchObject({
      code: 'ERR_EVOLOCK_DMQ_MESSAGE',
      problem: 'body-too-large',
    });
  });

  test.each<[string, unknown]>([
    ['parameters', undefined],
    ['body', 'text'],
    ['period', undefined],
    ['period', -1n],
    ['expiresAt', 1.5],
    ['expiresAt', 2 ** 32],
    ['certificate', undefined],
    ['coldVerificationKey', new Uint8Array(31)],
    ['hotVerificationKey', new Uint8Array(31)],
  ])('a wrong %s is refused: %o', async (name, value) => {
    // A member of the request, or of its certificate.
    const certificate = { ...pool.certificate, [name]: value };
    const given = request({ certificate, [name]: value });
    expect(await rejectionOf(signDmqMessage(wrongly(given), never))).toMatchObject({
      code: expect.stringMatching(/^ERR_EVOLOCK_ARGUMENT_/),
      message: expect.stringMatching(`^(?:certificate\\.)?${name}: `),
    });
  });
});

test('numbers of JavaScript serve as numbers of a certificate', async () => {
  const certificate = { ...pool.certificate, sequenceNumber: 7, startPeriod: 500 };
  const given = request({ certificate, period: 500 });
  const message = await signDmqMessage(wrongly(given), (payload) => pool.sign(payload, 0));
  expect(message).toMatchObject({ period: 500n, certificate: pool.certificate });
});
