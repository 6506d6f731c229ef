import {
  absolutePeriod,
  dateOfSlot,
  kesParameters,
  mainnet,
  slot,
  type CertificateBody,
  type KesParameters,
} from '@evolock/cardano-kes';
import { encodeItem } from '@evolock/cardano-kes/cbor';
import { ed25519 } from '@evolock/kes-sum';
import { keyOf } from '@evolock/test-keys';
import { errorOf, seedOf, wrongly } from '@evolock/test-support';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  MAX_LIFETIME,
  MAX_MESSAGE_SIZE,
  verifyDmqMessage,
  type DmqVerifyOptions,
} from '../src/index.js';
import {
  expiresAt,
  joined,
  longest,
  now,
  partsOf,
  payloadItem,
  pool,
  poolOf,
  signed,
  start,
  undated,
} from './support/pool.js';

const message = (await signed()).bytes;

function verdictOn(bytes: Uint8Array, options: Partial<DmqVerifyOptions> = {}) {
  return verifyDmqMessage(bytes, { parameters: undated, now, ...options });
}

function codesOf(bytes: Uint8Array, options?: Partial<DmqVerifyOptions>) {
  return verdictOn(bytes, options).failures.map(({ code }) => code);
}

/** A message whose period has a difference to the start of its certificate, signed at an evolution. */
function messageAt(difference: bigint, evolution = Number(difference)) {
  return joined(
    partsOf(encodeItem(payloadItem(Uint8Array.of(1), start + difference)), { evolution }),
  );
}

test('a valid message has a verdict with all facts', () => {
  expect(verdictOn(message, { lastSequenceNumber: 7n })).toMatchObject({
    result: 'valid',
    valid: true,
    parameters: undated,
    message: { bytes: message, period: 503n },
    evolution: { state: 'valid', evolution: 3, remainingPeriods: 58 },
    certificate: 'good',
    kesSignature: 'good',
    failures: [],
  });
});

test('bytes that are not a message have a verdict', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: MAX_MESSAGE_SIZE + 100 }), (bytes) => {
      expect(verdictOn(bytes)).toMatchObject({
        result: 'not-a-message',
        valid: false,
        message: undefined,
        evolution: undefined,
        certificate: 'not-checked',
        kesSignature: 'not-checked',
        failures: [{ code: 'malformed' }],
      });
    }),
  );
});

describe('a signature is over the given bytes of the payload', () => {
  const canonical = encodeItem(payloadItem());
  const longer = longest(payloadItem());

  test('in each encoding', () => {
    expect(verdictOn(joined(partsOf(longer))).valid).toBe(true);
  });

  test('and not over another encoding of the same payload', () => {
    for (const [payload, signedBytes] of [
      [longer, canonical],
      [canonical, longer],
    ] as const) {
      const verdict = verdictOn(joined(partsOf(payload, { signedBytes })));
      expect(verdict).toMatchObject({ result: 'invalid', kesSignature: 'bad' });
      expect(verdict.failures.map(({ code }) => code)).toEqual(['kes-signature']);
    }
  });

  test('and the id is the hash of these bytes', () => {
    const { messageId } = partsOf(canonical);
    expect(codesOf(joined({ ...partsOf(longer), messageId }))).toEqual(['message-id']);
  });
});

describe('expiry', () => {
  test.each([
    ['the last second', expiresAt * 1_000, []],
    ['one millisecond later', expiresAt * 1_000 + 1, ['expired']],
    ['less than the limit ahead', (expiresAt - MAX_LIFETIME) * 1_000 + 1, []],
    ['the limit ahead', (expiresAt - MAX_LIFETIME) * 1_000, ['expires-too-late']],
    ['a clock at 0', 0, ['expires-too-late']],
  ])('%s', (_name, at, codes) => {
    expect(codesOf(message, { now: at })).toEqual(codes);
  });

  test.each([0, 2 ** 32 - 1])('at second %i is judged too', async (second) => {
    const { bytes } = await signed({ expiresAt: second });
    expect(codesOf(bytes)).toEqual([second === 0 ? 'expired' : 'expires-too-late']);
    expect(codesOf(bytes, { now: second * 1_000 })).toEqual([]);
  });
});

describe('the evolution', () => {
  test.each([0n, 61n])('%i is valid', (difference) => {
    expect(codesOf(messageAt(difference))).toEqual([]);
  });

  test('62 is beyond the network, with a good signature', () => {
    const verdict = verdictOn(messageAt(62n));
    expect(verdict.failures.map(({ code }) => code)).toEqual(['certificate-expired']);
    expect(verdict.kesSignature).toBe('good');
  });

  test('of another signature is wrong', () => {
    expect(codesOf(messageAt(5n, 4))).toEqual(['kes-signature']);
  });

  test('64 is beyond the algorithm', () => {
    const parameters = kesParameters({ slotsPerKesPeriod: 1, maxKesEvolutions: 100 });
    const verdict = verdictOn(messageAt(64n, 0), { parameters });
    expect(verdict.failures.map(({ code }) => code)).toEqual(['evolution-beyond-algorithm']);
    expect(verdict.kesSignature).toBe('not-checked');
  });

  test('before the certificate starts is not valid, and its signature is not checked', () => {
    const verdict = verdictOn(messageAt(-1n, 0));
    expect(verdict.failures.map(({ code }) => code)).toEqual(['certificate-starts-later']);
    expect(verdict.kesSignature).toBe('not-checked');
  });
});

describe('the KES period', () => {
  /** 503 on mainnet: it begins here, and takes 129,600 seconds. */
  const begins = dateOfSlot(mainnet, slot(503 * 129_600)).getTime();
  const ends = begins + 129_600_000;

  test.each([
    ['in its first millisecond', begins, []],
    ['in its last millisecond', ends - 1, []],
    ['before it begins', begins - 1, ['kes-period']],
    ['when it is over', ends, ['kes-period']],
    ['before the start of the network', 0, ['kes-period']],
  ])('%s', async (_name, at, codes) => {
    const { bytes } = await signed({ expiresAt: Math.floor(at / 1_000) });
    expect(codesOf(bytes, { parameters: mainnet, now: at - (at % 1_000) })).toEqual(codes);
  });

  test('is out of scope when the slots have no dates', () => {
    const scopeOf = (parameters: KesParameters) => verdictOn(message, { parameters }).outOfScope;
    expect(scopeOf(undated).join()).toMatch(/KES period/);
    expect(scopeOf(mainnet).join()).not.toMatch(/KES period/);
  });
});

describe('the sequence number', () => {
  test.each([
    [undefined, []],
    [0n, []],
    [7n, []],
    [8n, ['sequence-number-fell']],
    [2n ** 64n - 1n, ['sequence-number-fell']],
  ])('7 after %s', (lastSequenceNumber, codes) => {
    expect(codesOf(message, { lastSequenceNumber })).toEqual(codes);
  });

  test('is out of scope when the last one is unknown', () => {
    const scopeOf = (options: Partial<DmqVerifyOptions>) => verdictOn(message, options).outOfScope;
    expect(scopeOf({}).join()).toMatch(/sequence numbers/);
    expect(scopeOf({ lastSequenceNumber: 7n }).join()).not.toMatch(/sequence numbers/);
  });
});

describe('a certificate', () => {
  const payload = encodeItem(payloadItem());

  test('of another pool is refused', () => {
    const other = partsOf(payload, { by: poolOf(2) });
    const own = partsOf(payload);
    const { coldVerificationKey, certificate } = other;
    expect(codesOf(joined({ ...own, coldVerificationKey }))).toEqual(['certificate-signature']);
    expect(codesOf(joined({ ...own, certificate, coldVerificationKey }))).toEqual([
      'kes-signature',
    ]);
    expect(verdictOn(joined(other)).valid).toBe(true);
  });

  test('in the form from before the launch of mainnet is named', () => {
    using cold = keyOf(ed25519, seedOf(1));
    const { hotVerificationKey, sequenceNumber, startPeriod }: CertificateBody = pool.certificate;
    const fields = [hotVerificationKey, sequenceNumber, startPeriod];
    const certificate = encodeItem([...fields, cold.sign(encodeItem(fields))]);
    expect(codesOf(joined({ ...partsOf(payload), certificate }))).toEqual([
      'certificate-pre-launch-form',
    ]);
  });
});

test('all failures are listed', () => {
  const other = partsOf(encodeItem(payloadItem()));
  const parts = partsOf(encodeItem(payloadItem(Uint8Array.of(1), start + 63n)), { evolution: 3 });
  const bytes = joined({
    ...parts,
    messageId: other.messageId,
    coldVerificationKey: encodeItem(poolOf(2).coldVerificationKey),
  });
  expect(codesOf(bytes, { now: now * 2, lastSequenceNumber: 8n })).toEqual([
    'message-id',
    'expired',
    'sequence-number-fell',
    'certificate-signature',
    'certificate-expired',
    'kes-signature',
  ]);
});

/** Where the parts of `message` begin, and what fails when a byte of the content of one is changed. */
const regions: readonly [string, number, number, readonly string[]][] = [
  ['the id', 3, 35, ['message-id']],
  ['the body', 37, 40, ['message-id', 'kes-signature']],
  [
    'the period',
    41,
    43,
    ['message-id', 'kes-signature', 'certificate-starts-later', 'certificate-expired'],
  ],
  ['the expiry', 44, 48, ['message-id', 'kes-signature', 'expired', 'expires-too-late']],
  ['the KES signature', 51, 499, ['kes-signature']],
  ['the hot verification key', 502, 534, ['certificate-signature', 'kes-signature']],
  ['the sequence number', 534, 535, ['certificate-signature', 'malformed']],
];

test.each(regions)('a changed byte of %s has its reasons', (_name, from, to, reasons) => {
  fc.assert(
    fc.property(
      fc.integer({ min: from, max: to - 1 }),
      fc.integer({ min: 1, max: 255 }),
      (at, bits) => {
        const changed = Uint8Array.from(message);
        changed[at]! ^= bits;
        const codes = codesOf(changed);
        expect(codes).not.toEqual([]);
        expect(codes.filter((code) => !reasons.includes(code))).toEqual([]);
      },
    ),
    { numRuns: 50 },
  );
});

test('with a changed bit at any byte a message is not valid', () => {
  for (let at = 0; at < message.byteLength; at += 1) {
    const changed = Uint8Array.from(message);
    changed[at]! ^= 1 << (at % 8);
    expect(verdictOn(changed).valid, `byte ${String(at)}`).toBe(false);
  }
});

describe('wrong arguments', () => {
  test.each<[string, unknown, string]>([
    ['no options', undefined, 'TYPE'],
    ['no parameters', { now }, 'TYPE'],
    ['wrong parameters', { now, parameters: { ...mainnet, maxKesEvolutions: 0 } }, 'VALUE'],
    ['no moment', { parameters: mainnet }, 'TYPE'],
    ['a date', { parameters: mainnet, now: new Date() }, 'TYPE'],
    ['a negative moment', { parameters: mainnet, now: -1 }, 'VALUE'],
    ['a moment after the last date', { parameters: mainnet, now: 8.64e15 + 1 }, 'VALUE'],
    ['a number as sequence number', { parameters: mainnet, now, lastSequenceNumber: 7 }, 'TYPE'],
  ])('%s', (_name, options, kind) => {
    for (const bytes of [message, new Uint8Array()])
      expect(errorOf(() => verifyDmqMessage(bytes, wrongly(options)))).toMatchObject({
        code: `ERR_EVOLOCK_ARGUMENT_${kind}`,
      });
  });
});

test('a certificate of another start period moves the evolution', async () => {
  const later = poolOf(1, 8n, absolutePeriod(503n));
  const { bytes } = await signed({ pool: later });
  expect(verdictOn(bytes).evolution).toMatchObject({ state: 'valid', evolution: 0 });
});
