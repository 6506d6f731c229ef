import {
  dateOfSlot,
  kesParameters,
  mainnet,
  slot,
  type CertificateBody,
} from '@evolock/cardano-headers';
import { encodeItem } from '@evolock/cardano-headers/cbor';
import { ed25519 } from '@evolock/kes-sum';
import { keyOf } from '@evolock/test-keys';
import { errorOf, seedOf, wrongly } from '@evolock/test-support';
import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  MAX_LIFETIME,
  MAX_MESSAGE_SIZE,
  verifyDmqMessage,
  type DmqFailure,
  type DmqMessage,
  type DmqVerdict,
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
function messageAt(difference: bigint, evolution: number) {
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

test('the signature and the id are over the given bytes of the payload, in each encoding', () => {
  const canonical = encodeItem(payloadItem());
  const longer = longest(payloadItem());
  expect(verdictOn(joined(partsOf(longer))).valid).toBe(true);
  for (const [payload, signedBytes] of [
    [longer, canonical],
    [canonical, longer],
  ] as const) {
    const verdict = verdictOn(joined(partsOf(payload, { signedBytes })));
    expect(verdict).toMatchObject({ result: 'invalid', kesSignature: 'bad' });
    expect(verdict.failures.map(({ code }) => code)).toEqual(['kes-signature']);
  }
  const { messageId } = partsOf(canonical);
  expect(codesOf(joined({ ...partsOf(longer), messageId }))).toEqual(['message-id']);
});

describe('expiry', () => {
  test.each([
    ['the last second', expiresAt * 1_000, []],
    ['one millisecond later', expiresAt * 1_000 + 1, ['expired']],
    ['less than the limit ahead', (expiresAt - MAX_LIFETIME) * 1_000 + 1, []],
    ['the limit ahead', (expiresAt - MAX_LIFETIME) * 1_000, ['expires-too-late']],
    ['a clock at 0', 0, ['expires-too-late']],
  ])('%s', (_name, at, codes) => {
    expect(codesOf(message, { now: new Date(at) })).toEqual(codes);
  });

  test.each([0, 2 ** 32 - 1])('at second %i is judged too', async (second) => {
    const { bytes } = await signed({ expiresAt: second });
    expect(codesOf(bytes)).toEqual([second === 0 ? 'expired' : 'expires-too-late']);
    expect(codesOf(bytes, { now: new Date(second * 1_000) })).toEqual([]);
  });
});

describe('the evolution', () => {
  test.each([
    [-1n, 0, ['certificate-starts-later'], 'not-checked'],
    [0n, 0, [], 'good'],
    [61n, 61, [], 'good'],
    [62n, 62, ['certificate-expired'], 'good'],
    [5n, 4, ['kes-signature'], 'bad'],
  ])('%i with a signature at %i: %j, %s', (difference, signedAt, codes, kesSignature) => {
    const verdict = verdictOn(messageAt(difference, signedAt));
    expect(verdict.failures.map(({ code }) => code)).toEqual(codes);
    expect(verdict.kesSignature).toBe(kesSignature);
  });

  test('64 is beyond the algorithm', () => {
    const parameters = kesParameters({ slotsPerKesPeriod: 1, maxKesEvolutions: 100 });
    const verdict = verdictOn(messageAt(64n, 0), { parameters });
    expect(verdict.failures.map(({ code }) => code)).toEqual(['evolution-beyond-algorithm']);
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
    expect(codesOf(bytes, { parameters: mainnet, now: new Date(at - (at % 1_000)) })).toEqual(
      codes,
    );
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
});

test('what is not judged has codes: the KES period without dates, the order of numbers without the last', () => {
  const codesOfRest = (options: Partial<DmqVerifyOptions>) =>
    verdictOn(message, options).notJudged.map(({ code }) => code);
  const always = ['network', 'stake', 'other-messages', 'body'];
  expect(codesOfRest({})).toEqual([...always, 'kes-period', 'certificate-numbers']);
  expect(codesOfRest({ parameters: mainnet, lastSequenceNumber: 7n })).toEqual(always);
  expect(verdictOn(new Uint8Array()).notJudged).toEqual([]);
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
  expect(codesOf(bytes, { now: new Date(now.getTime() * 2), lastSequenceNumber: 8n })).toEqual([
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

test('with a changed bit at any byte a message is not valid, for the reasons of its part', () => {
  for (let at = 0; at < message.byteLength; at += 1) {
    const changed = Uint8Array.from(message);
    changed[at]! ^= 1 << (at % 8);
    const codes = codesOf(changed);
    const [name, , , reasons] = regions.find(([, from, to]) => from <= at && at < to) ?? [
      '',
      0,
      0,
      codes,
    ];
    expect(codes, `byte ${at}`).not.toEqual([]);
    expect(
      codes.filter((code) => !reasons.includes(code)),
      `byte ${at} of ${name}`,
    ).toEqual([]);
  }
});

test.each<[string, unknown]>([
  ['parameters', undefined],
  ['maxKesEvolutions', 0],
  ['now', undefined],
  ['now', Date.now()],
  ['now', '2026-09-01'],
  ['now', new Date(NaN)],
  ['lastSequenceNumber', 7],
])('a wrong %s is refused, whatever the bytes are: %o', (name, value) => {
  // A member of the options, or of their parameters.
  const options = { now, parameters: { ...mainnet, [name]: value }, [name]: value };
  for (const bytes of [message, new Uint8Array()])
    expect(errorOf(() => verifyDmqMessage(bytes, wrongly(options)))).toMatchObject({
      code: expect.stringMatching(/^ERR_EVOLOCK_ARGUMENT_/),
      message: expect.stringMatching(`^${name}: `),
    });
});

test('the result of a verdict says what it has', () => {
  type Of<Result> = Extract<DmqVerdict, { readonly result: Result }>;
  expectTypeOf<Of<'valid'>['message']>().toEqualTypeOf<DmqMessage>();
  expectTypeOf<Of<'invalid' | 'not-a-message'>['failures'][0]>().toEqualTypeOf<DmqFailure>();
});
