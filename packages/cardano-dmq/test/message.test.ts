import { encodeItem, type CborItem } from '@evolock/cardano-headers/cbor';
import { absolutePeriod, isBlockHeaderBody, poolIdHexOf, poolIdOf } from '@evolock/cardano-headers';
import { errorOf } from '@evolock/test-support';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_BODY_SIZE, MAX_MESSAGE_SIZE, parseDmqMessage } from '../src/index.js';
import { blake2b256 } from '@evolock/kes-sum/all';
import {
  expiresAt,
  joined,
  longest,
  longHead,
  partsOf,
  payloadItem,
  pool,
  signed,
  start,
  type EncodedParts,
} from './support/pool.js';

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** The error of a message with some parts replaced. */
function errorWith(parts: Partial<EncodedParts>) {
  return errorOf(() =>
    parseDmqMessage(joined({ ...partsOf(encodeItem(payloadItem())), ...parts })),
  );
}

test('the golden payload has the golden id', () => {
  const payload = encodeItem([Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), 123n, 123_456n]);
  expect(hexOf(payload)).toBe('834a0102030405060708090a187b1a0001e240');
  // By `b2sum --length 256`. The known id begins with cae6855d and ends with f61132b9.
  expect(hexOf(blake2b256(payload))).toBe(
    'cae6855d1dcca1fc57b79c65c1fbacf5ab62b3d5e8d8ef095e9bc2e2f61132b9',
  );
});

test('a message has the fields that it was signed with, and keeps its bytes', async () => {
  const message = await signed();
  const given = new Uint8Array(message.bytes);
  const read = parseDmqMessage(given);
  given.fill(0);
  expect(read).toEqual(message);
  expect(read).toMatchObject({
    body: Uint8Array.of(1, 2, 3),
    period: 503n,
    expiresAt,
    certificate: pool.certificate,
    coldVerificationKey: pool.coldVerificationKey,
    poolId: poolIdOf(pool.coldVerificationKey),
    poolIdHex: poolIdHexOf(pool.coldVerificationKey),
    payloadBytes: encodeItem(payloadItem()),
    messageId: blake2b256(encodeItem(payloadItem())),
    kesSignature: pool.sign(encodeItem(payloadItem()), 3),
  });
  expect(read.bytes).toEqual(joined(partsOf(encodeItem(payloadItem()))));
  expect(read.payloadBytes.buffer).toBe(read.bytes.buffer);
});

test('each body, period and expiry comes back', async () => {
  const anyPayload = fc.record({
    body: fc.uint8Array({ maxLength: MAX_BODY_SIZE }),
    period: fc.bigInt(0n, 61n).map((evolution) => absolutePeriod(start + evolution)),
    expiresAt: fc.nat(2 ** 32 - 1),
  });
  const payloadOf = (body: Uint8Array) => ({ body, period: start, expiresAt });
  await fc.assert(
    fc.asyncProperty(anyPayload, async (payload) => {
      const message = parseDmqMessage((await signed(payload)).bytes);
      expect(message).toMatchObject(payload);
      expect(message.bytes.byteLength).toBeLessThanOrEqual(MAX_MESSAGE_SIZE);
      // So each agent signs it.
      expect(isBlockHeaderBody(message.payloadBytes)).toBe(false);
    }),
    { numRuns: 20, examples: [0, MAX_BODY_SIZE].map((size) => [payloadOf(new Uint8Array(size))]) },
  );
});

test('heads of any length are read, and the bytes are kept', () => {
  const { hotVerificationKey, sequenceNumber, startPeriod, signature } = pool.certificate;
  const certificate: CborItem = [hotVerificationKey, sequenceNumber, startPeriod, signature];
  const payload = longest(payloadItem());
  const parts = {
    ...partsOf(payload),
    head: longHead(4, 5n),
    certificate: longest(certificate),
    coldVerificationKey: longest(pool.coldVerificationKey),
  };
  const read = parseDmqMessage(joined(parts));
  expect(read).toMatchObject({ body: Uint8Array.of(1, 2, 3), period: 503n, expiresAt });
  expect(read.payloadBytes).toEqual(new Uint8Array(payload));
  expect(read.certificate).toEqual(pool.certificate);
  expect(read.bytes).toEqual(joined(parts));
});

describe('bytes are not a message', () => {
  test('when there are none, or too many, or too many in the body', () => {
    expect(errorOf(() => parseDmqMessage(new Uint8Array()))).toMatchObject({
      code: 'ERR_EVOLOCK_DMQ_MESSAGE',
      problem: 'empty',
    });
    const large = new Uint8Array(MAX_MESSAGE_SIZE + 1);
    expect(errorOf(() => parseDmqMessage(large))).toMatchObject({ problem: 'too-large' });
    const largest = errorOf(() => parseDmqMessage(large.subarray(1)));
    expect(largest).not.toMatchObject({ problem: 'too-large' });
    const payload = encodeItem(payloadItem(new Uint8Array(MAX_BODY_SIZE + 1)));
    expect(errorWith({ payload })).toMatchObject({ problem: 'body-too-large' });
  });

  test('when it is cut off at any byte, or a byte follows', async () => {
    const { bytes } = await signed();
    for (let length = 1; length < bytes.byteLength; length += 1)
      expect(errorOf(() => parseDmqMessage(bytes.subarray(0, length)))).toMatchObject({
        code: 'ERR_EVOLOCK_DMQ_MESSAGE',
        problem: 'truncated',
      });
    expect(errorWith({ tail: Uint8Array.of(0) })).toMatchObject({
      problem: 'trailing-bytes',
      offset: bytes.byteLength,
    });
  });

  const good = partsOf(encodeItem(payloadItem()));
  /** An array with an end instead of a length. */
  const indefinite = (array: Uint8Array) => Uint8Array.of(0x9f, ...array.subarray(1), 0xff);
  const wrong: readonly [string, Partial<EncodedParts>, RegExp][] = [
    ['a message of four items', { head: Uint8Array.of(0x84) }, /^message /],
    ['a map', { head: Uint8Array.of(0xa5), tail: new Uint8Array(40) }, /^message /],
    [
      'a message of indefinite length',
      { head: Uint8Array.of(0x9f), tail: Uint8Array.of(0xff) },
      /^message .*definite/,
    ],
    ['an id of 31 bytes', { messageId: encodeItem(new Uint8Array(31)) }, /^message id /],
    ['an id of indefinite length', { messageId: Uint8Array.of(0x5f, 0x40, 0xff) }, /^message id /],
    ['a tagged id', { messageId: Uint8Array.of(0xd8, 24, 0x40) }, /^message id /],
    ['a payload in a byte string', { payload: encodeItem(encodeItem(payloadItem())) }, /^payload /],
    [
      'a payload of indefinite length',
      { payload: indefinite(good.payload) },
      /^payload .*definite/,
    ],
    ['a payload of four items', { payload: encodeItem([1n, 2n, 3n, 4n]) }, /^payload /],
    ['a body that is a number', { payload: encodeItem([1n, 2n, 3n]) }, /^body /],
    ['a body of text', { payload: Uint8Array.of(0x83, 0x61, 0x61, 0x01, 0x02) }, /^body /],
    ['a negative period', { payload: Uint8Array.of(0x83, 0x40, 0x20, 0x02) }, /^KES period /],
    ['a period as a bignum', { payload: Uint8Array.of(0x83, 0x40, 0xc2, 0x40, 0x02) }, /^KES per/],
    ['an expiry of 33 bits', { payload: encodeItem([new Uint8Array(), 1n, 2n ** 32n]) }, /^expiry/],
    ['a signature of 447 bytes', { kesSignature: encodeItem(new Uint8Array(447)) }, /^KES sign/],
    ['a signature of 449 bytes', { kesSignature: encodeItem(new Uint8Array(449)) }, /^KES sign/],
    ['a certificate of three items', { certificate: encodeItem([1n, 2n, 3n]) }, /^operational /],
    [
      'a certificate with a hot key of 31 bytes',
      { certificate: encodeItem([new Uint8Array(31), 0n, 0n, new Uint8Array(64)]) },
      /^hot verification key /,
    ],
    [
      'a certificate of indefinite length',
      { certificate: indefinite(good.certificate) },
      /^operational certificate .*definite/,
    ],
    [
      'a cold key of 33 bytes',
      { coldVerificationKey: encodeItem(new Uint8Array(33)) },
      /^cold verification key /,
    ],
  ];

  test.each(wrong)('with %s', (_name, parts, field) => {
    const error = errorWith(parts);
    expect(error).toMatchObject({ code: 'ERR_EVOLOCK_DMQ_MESSAGE', problem: 'wrong-field' });
    expect(error['field']).toMatch(field);
  });
});
