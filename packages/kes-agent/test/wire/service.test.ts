import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasDrop, serviceVersions } from '../../src/wire/service.js';
import { any32, anyBytes, anyCertificate, anyTimestamp } from '../support/wire/arbitrary.js';
import {
  bytesOf,
  expectMessage,
  expectRoundTrip,
  expectWhole,
  inTurn,
  refusalOf,
  result32,
  serviceMessage,
} from '../support/wire/codecs.js';
import { whole } from '../support/wire/pieces.js';

const TIMESTAMP = '00066130d7a93d5d';
const SIGNING_KEY = 'a1'.repeat(608);
const CERTIFICATE = ['b2'.repeat(32), '0000000000000007', '0000000000000626', 'c3'.repeat(64)];
const TAIL = ['0000002a', ...CERTIFICATE];

const tail = {
  evolution: 42,
  certificate: {
    hotVerificationKey: bytesOf('b2'.repeat(32)),
    sequenceNumber: 7n,
    startPeriod: 1574n,
    signature: bytesOf('c3'.repeat(64)),
  },
};
const signingKey = bytesOf(SIGNING_KEY);

describe('a key', () => {
  test('has 733 bytes in version 2.0', async () => {
    const bytes = bytesOf('00', TIMESTAMP, SIGNING_KEY, ...TAIL);
    expect(bytes).toHaveLength(733);
    const codec = serviceMessage('Service:2.0');
    expect(await expectMessage(codec, bytes)).toEqual({
      head: { kind: 'key', timestamp: 0x6_6130_d7a9_3d5dn },
      signingKey,
      tail,
    });
    await expectWhole(codec, bytes);
  });

  test.each(['Service:1.0', 'Service:StandardCrypto:0.4'] as const)(
    'has 724 bytes in version %s, without a timestamp',
    async (version) => {
      const bytes = bytesOf(SIGNING_KEY, ...TAIL);
      expect(bytes).toHaveLength(724);
      const codec = serviceMessage(version);
      expect(await expectMessage(codec, bytes)).toEqual({
        head: { kind: 'key', timestamp: undefined },
        signingKey,
        tail,
      });
      await expectWhole(codec, bytes);
    },
  );

  test('is read as it was encoded', async () => {
    const arbitrary = fc.record({
      version: fc.constantFrom(...serviceVersions),
      timestamp: anyTimestamp,
      signingKey: anyBytes(608),
      tail: fc.record({ evolution: any32, certificate: anyCertificate }),
    });
    await fc.assert(
      fc.asyncProperty(arbitrary, async ({ version, timestamp, ...rest }) => {
        const codec = serviceMessage(version);
        const known = hasDrop(version) ? timestamp : undefined;
        const message = { head: { kind: 'key' as const, timestamp: known }, ...rest };
        await expectRoundTrip(codec, message);
      }),
    );
  });
});

describe('a drop', () => {
  test('has 9 bytes', async () => {
    const codec = serviceMessage('Service:2.0');
    const bytes = bytesOf('01', TIMESTAMP);
    expect(bytes).toHaveLength(9);
    expect(await expectMessage(codec, bytes)).toEqual({
      head: { kind: 'drop', timestamp: 0x6_6130_d7a9_3d5dn },
    });
    await expectWhole(codec, bytes);
  });

  test('exists in version 2.0 only', () => {
    expect(serviceVersions.filter(hasDrop)).toEqual(['Service:2.0']);
  });

  test('is read as it was encoded', async () => {
    const codec = serviceMessage('Service:2.0');
    await fc.assert(
      fc.asyncProperty(anyTimestamp, async (timestamp) => {
        const message = { head: { kind: 'drop' as const, timestamp } };
        await expectRoundTrip(codec, message);
      }),
    );
  });
});

test('a message of another kind is refused at its first byte', async () => {
  for (let kind = 2; kind < 256; kind++) {
    expect(await refusalOf(serviceMessage('Service:2.0'), Uint8Array.of(kind))).toEqual([
      'wrong-value',
      'the peer sent a value that the protocol does not have: kind of message',
    ]);
  }
});

test.each(['00', '01'])(
  'a timestamp that an agent cannot count on from is refused, kind %s',
  async (kind) => {
    const codec = serviceMessage('Service:2.0');
    expect(await refusalOf(codec, bytesOf(kind, '8000000000000000'))).toEqual([
      'wrong-value',
      'the peer sent a value that the protocol does not have: timestamp',
    ]);
  },
);

test('messages follow each other', async () => {
  const key = ['00', TIMESTAMP, SIGNING_KEY, ...TAIL];
  const codec = serviceMessage('Service:2.0');
  await expectMessage(inTurn([codec, codec, codec]), bytesOf(...key, '01', TIMESTAMP, ...key));
});

describe('a result', () => {
  const results = ['ok', 'outdated', 'invalid-certificate', 'no-key', 'unsupported', 'unknown'];

  test.each([...results.entries()])('%i is %s', async (number, result) => {
    const bytes = bytesOf(`0000000${number}`);
    expect(await expectMessage(result32, bytes)).toBe(result);
    await expectWhole(result32, bytes);
  });

  test('is unknown for each other number', async () => {
    const others = fc.oneof(
      fc.constantFrom(6, 256, 2 ** 31),
      fc.integer({ min: 6, max: 2 ** 32 - 1 }),
    );
    await fc.assert(
      fc.asyncProperty(others, async (number) => {
        const bytes = bytesOf(number.toString(16).padStart(8, '0'));
        expect(await result32.read(whole(bytes))).toBe('unknown');
      }),
    );
  });
});
