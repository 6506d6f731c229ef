import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { any32, any64, anyBytes, anyCertificate, maybeAny } from '../support/wire/arbitrary.js';
import {
  choice,
  bytesOf,
  expectMessage,
  expectRoundTrip,
  expectWhole,
  identifier,
  inTurn,
  offer,
  refusalOf,
  signAnswer,
  signRequest,
} from '../support/wire/codecs.js';
import { whole } from '../support/wire/pieces.js';
import { signVersions } from '../../src/wire/sign.js';

const SIGN_1_0 = '5369676e3a312e30 000000000000000000000000000000000000000000000000';
const wrongValue = 'the peer sent a value that the protocol does not have';
const request = signRequest(1000);

test('the handshake', async () => {
  const [offered] = await expectMessage(inTurn([offer]), bytesOf('00000001', SIGN_1_0));
  expect(offered).toEqual(signVersions);
  const client = bytesOf('01', SIGN_1_0, SIGN_1_0);
  const codecs = [choice(signVersions), identifier('Sign:1.0')];
  const [chosen] = await expectMessage(inTurn(codecs), client);
  expect(chosen).toBe('Sign:1.0');
});

describe('a request', () => {
  test.each([
    ['without a period', '00 00000003 616263', undefined],
    ['with a period', '01 0000000000000650 00000003 616263', 1616n],
  ])('%s', async (_name, hex, period) => {
    const bytes = bytesOf(hex);
    const message = new TextEncoder().encode('abc');
    expect(await expectMessage(request, bytes)).toEqual({ message, period });
    await expectWhole(request, bytes);
  });

  test('for an empty message', async () => {
    const { message } = await expectMessage(request, bytesOf('00 00000000'));
    expect(message).toHaveLength(0);
  });

  test('follows another on the same connection', async () => {
    const bytes = bytesOf('00 00000003 616263', '01 0000000000000650 00000000', '00 00000001 ff');
    await expectMessage(inTurn([request, request, request]), bytes);
  });

  test('is read as it was encoded', async () => {
    const any = fc.record({ message: fc.uint8Array({ maxLength: 1000 }), period: maybeAny(any64) });
    await fc.assert(
      fc.asyncProperty(any, async (asked) => {
        await expectRoundTrip(request, asked);
      }),
    );
  });

  test('is read at the limit, and refused above it before the message is read', async () => {
    const asked = { message: new Uint8Array(1000), period: undefined };
    expect(await request.read(whole(request.encode(asked)))).toEqual(asked);
    for (const size of ['000003e9', '80000000', 'ffffffff']) {
      expect(await refusalOf(request, bytesOf('00', size))).toEqual([
        'too-long',
        'the peer stated a length above the limit: bytes of the message: at most 1000',
      ]);
    }
  });

  test('begins with no other byte than 0 and 1', async () => {
    for (let byte = 2; byte < 256; byte++) {
      expect(await refusalOf(request, Uint8Array.of(byte))).toEqual([
        'wrong-value',
        `${wrongValue}: presence of the period`,
      ]);
    }
  });
});

describe('an answer', () => {
  test('with a signature has 606 bytes', async () => {
    const bytes = bytesOf(
      ...['0000', '0000000000000650', '0000002a'],
      ...['b2'.repeat(32), '0000000000000007', '0000000000000626', 'c3'.repeat(64)],
      ...['e5'.repeat(32), 'f6'.repeat(448)],
    );
    expect(bytes).toHaveLength(606);
    expect(await expectMessage(signAnswer, bytes)).toEqual({
      result: 'signed',
      period: 1616n,
      evolution: 42,
      certificate: {
        hotVerificationKey: bytesOf('b2'.repeat(32)),
        sequenceNumber: 7n,
        startPeriod: 1574n,
        signature: bytesOf('c3'.repeat(64)),
      },
      coldVerificationKey: bytesOf('e5'.repeat(32)),
      signature: bytesOf('f6'.repeat(448)),
    });
    await expectWhole(signAnswer, bytes);
  });

  const refusals = [
    ['0001', 'no-key'],
    ['0002', 'wrong-period'],
    ['0003', 'block-header'],
    ['0004', 'too-long'],
    ['0005', 'too-many'],
    ['0006', 'clock'],
    ['0007', 'malformed'],
  ] as const;

  test.each(refusals)('%s is %s, with the current period: 10 bytes', async (number, result) => {
    const bytes = bytesOf(number, '0000000000000650');
    expect(bytes).toHaveLength(10);
    expect(await expectMessage(signAnswer, bytes)).toEqual({ result, period: 1616n });
    await expectWhole(signAnswer, bytes);
  });

  test.each(['0008', '00ff', '0100', 'ffff'])('%s is refused', async (number) => {
    expect(await refusalOf(signAnswer, bytesOf(number, '0000000000000650'))).toEqual([
      'wrong-value',
      `${wrongValue}: the result of a request`,
    ]);
  });

  test('is read as it was encoded', async () => {
    const signed = fc.record({
      result: fc.constant('signed' as const),
      period: any64,
      evolution: any32,
      certificate: anyCertificate,
      coldVerificationKey: anyBytes(32),
      signature: anyBytes(448),
    });
    const refused = fc.record({
      result: fc.constantFrom(...refusals.map(([, result]) => result)),
      period: any64,
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(signed, refused), async (answer) => {
        await expectRoundTrip(signAnswer, answer);
      }),
    );
  });
});
