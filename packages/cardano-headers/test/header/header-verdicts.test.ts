import fc from 'fast-check';
import { errorOf } from '@evolock/test-support';
import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  absolutePeriod,
  kesParameters,
  mainnet,
  poolIdHexOf,
  poolIdOf,
  preprod,
  preview,
  verdictJson,
  type BlockHeader,
  type HeaderFailure,
  type HeaderVerdict,
  type IncompleteReason,
  type KesParameters,
} from '../../src/index.js';
import { firstSlotOfPeriod } from '../../src/period/evolution.js';
import {
  bodyFields,
  encode,
  goodHeader,
  signedHeader,
  tagged,
  type Heads,
  issueCertificate,
} from '../support/headers.js';
import { coldKey, hexOf, kesKey } from '../support/keys.js';
import { native } from '../support/native.js';

const { parseHeader, verifyHeader } = native;

const shapes = ['TPraos', 'Praos', 'Leios'] as const;
/** An era of each shape, and the parts of its blocks after the header. */
const ERAS = { TPraos: [4n, 3], Praos: [6n, 4], Leios: [8n, 1] } as const;
const styles: Heads[] = ['shortest', 'longest', 'indefinite arrays'];
const start = absolutePeriod(400);
/** The numbers of mainnet, for headers of both shapes at any slot. */
const NETWORK = kesParameters({ slotsPerKesPeriod: 129_600, maxKesEvolutions: 62 });

function slotAt(evolution: number): bigint {
  return firstSlotOfPeriod(NETWORK, absolutePeriod(start + BigInt(evolution)))! + 5n;
}

function headerAt(
  evolution: number,
  options: { shape?: (typeof shapes)[number]; heads?: Heads; period?: number } = {},
) {
  const {
    shape = 'Praos',
    heads = 'shortest',
    period = Math.min(Math.max(evolution, 0), 63),
  } = options;
  return goodHeader({
    shape,
    slot: slotAt(evolution),
    cold: coldKey(),
    hot: kesKey({ period }),
    startPeriod: start,
    heads,
  });
}

describe.each(shapes)('a header of shape %s', (shape) => {
  test.each(styles)('is valid with all its facts, %s heads', (heads) => {
    const bytes = headerAt(7, { shape, heads });
    const verdict = verifyHeader(bytes, NETWORK);
    expect(verdict).toMatchObject({
      result: 'valid',
      valid: true,
      canonical: heads === 'shortest',
      failures: [],
      parameters: NETWORK,
      period: 407n,
      evolution: { state: 'valid', evolution: 7, remainingPeriods: 54 },
      certificate: 'good',
      kesSignature: 'good',
      header: {
        shape,
        blockNumber: 77n,
        slot: slotAt(7),
        bodySize: 1_000n,
        poolId: poolIdOf(coldKey().deriveVerificationKey()),
        poolIdHex: poolIdHexOf(coldKey().deriveVerificationKey()),
        certificate: { sequenceNumber: 3n, startPeriod: 400n },
        protocolVersion: { major: shape === 'TPraos' ? 2n : 9n, minor: 0n },
      },
    });
    expect(verdict.header!.bytes).toEqual(new Uint8Array(bytes));
    const { bodyBytes, signedBytes, kesSignature, canonical } = verdict.header!;
    expect(kesSignature).toEqual(kesKey({ period: 7 }).sign(signedBytes));
    expect(canonical).toBe(heads === 'shortest');
    expect(hexOf(bodyBytes) === hexOf(signedBytes)).toBe(canonical);
    expect(hexOf(bytes)).toContain(hexOf(bodyBytes));
  });

  test.each(styles.slice(1))(
    'with a signature over its given bytes is refused, %s heads',
    (heads) => {
      const good = parseHeader(headerAt(7, { shape, heads }));
      const signature = kesKey({ period: 7 }).sign(good.bodyBytes);
      const verdict = verifyHeader(
        encode([{ encoded: good.bodyBytes }, signature], heads),
        NETWORK,
      );
      expect(verdict).toMatchObject({
        result: 'invalid',
        canonical: false,
        certificate: 'good',
        kesSignature: 'bad',
      });
    },
  );

  test('in another encoding has the same verdict and another hash', () => {
    const bytes = headerAt(7, { shape });
    const { header } = verifyHeader(bytes, NETWORK);
    const rewritten = [
      encode([{ encoded: header!.bodyBytes }, header!.kesSignature], 'longest'),
      encode([{ encoded: header!.bodyBytes }, header!.kesSignature], 'indefinite arrays'),
      headerAt(7, { shape, heads: 'longest' }),
    ].map((each) => verifyHeader(each, NETWORK));
    for (const verdict of rewritten) {
      expect(verdict).toMatchObject({ result: 'valid', canonical: false });
      expect(verdict.header!.signedBytes).toEqual(header!.signedBytes);
    }
    const hashes = [header!, ...rewritten.map((each) => each.header!)].map(({ hash }) => hash);
    expect(new Set(hashes).size).toBe(4);
  });

  test('is found in hexadecimal digits, in a block, with its era, as ChainSync sends it, and tagged', () => {
    const bytes = headerAt(7, { shape, heads: 'longest' });
    const [era, count] = ERAS[shape];
    const bare = verifyHeader(bytes, NETWORK);
    const other = { encoded: Uint8Array.of(0x80) };
    const block = [{ encoded: bytes }, ...new Array<typeof other>(count).fill(other)];
    for (const heads of styles) {
      const withEra = encode({ definite: [era, block] }, heads);
      const chainSync = encode({ definite: [era - 1n, tagged(bytes)] }, heads);
      for (const wrapped of [withEra, encode(tagged(withEra)), chainSync]) {
        const { header, ...verdict } = verifyHeader(wrapped, NETWORK);
        expect({ ...verdict, header: { ...header, era: undefined } }).toEqual(bare);
        expect(header?.era).toBe(Number(era));
      }
      const whole = encode(block, heads);
      for (const wrapped of [whole, encode(tagged(whole)), encode(tagged(bytes))])
        expect(verifyHeader(wrapped, NETWORK)).toEqual(bare);
    }
    for (const text of [
      hexOf(bytes),
      `\n ${hexOf(bytes).toUpperCase()}\r\n`,
      new TextEncoder().encode(`${hexOf(bytes)}\n`),
    ])
      expect(verifyHeader(text, NETWORK).valid).toBe(true);
    const otherEra = encode([shape === 'TPraos' ? 6n : 2n, block]);
    expect(errorOf(() => parseHeader(otherEra))).toMatchObject({ problem: 'wrong-era' });
  });

  test('with one changed bit is not valid', () => {
    const bytes = headerAt(7, { shape });
    fc.assert(
      fc.property(fc.nat(bytes.byteLength * 8 - 1), (bit) => {
        const changed = Uint8Array.from(bytes);
        changed[bit >> 3]! ^= 1 << (bit & 7);
        expect(verifyHeader(changed, NETWORK).valid).toBe(false);
      }),
      { numRuns: 150 },
    );
  });

  test('is refused when it is cut off, or bytes follow it', () => {
    const bytes = headerAt(7, { shape });
    fc.assert(
      fc.property(fc.nat(bytes.byteLength - 1), (length) => {
        const error = errorOf(() => parseHeader(bytes.slice(0, length)));
        expect(error['code']).toBe('ERR_EVOLOCK_CARDANO_HEADER');
      }),
      { numRuns: 60 },
    );
    expect(errorOf(() => parseHeader(Buffer.concat([bytes, Uint8Array.of(0)])))).toMatchObject({
      problem: 'trailing-bytes',
    });
  });
});

describe('an evolution', () => {
  test.each([
    [-1, 'certificate-starts-later', 'not-checked'],
    [62, 'certificate-expired', 'good'],
    [63, 'certificate-expired', 'good'],
    [64, 'certificate-expired', 'not-checked'],
  ])('of %i is refused as %s, with the signature %s', (evolution, code, kesSignature) => {
    const verdict = verifyHeader(headerAt(evolution), NETWORK);
    expect(verdict).toMatchObject({ valid: false, certificate: 'good', kesSignature });
    expect(verdict.failures.map((failure) => failure.code)).toEqual([code]);
  });

  test.each([
    [-1, '1 period'],
    [-2, '2 periods'],
  ])('of %i is told as %s before the certificate', (evolution, periods) => {
    const { failures } = verifyHeader(headerAt(evolution), NETWORK);
    expect(failures.map(({ message }) => message)).toEqual([
      expect.stringContaining(`the certificate starts ${periods} after the slot`),
    ]);
  });

  test.each([0, 61])('of %i is accepted', (evolution) => {
    expect(verifyHeader(headerAt(evolution), NETWORK)).toMatchObject({ valid: true });
  });

  test('above 63 is refused, also on a network that accepts more', () => {
    const generous = kesParameters({ slotsPerKesPeriod: 129_600, maxKesEvolutions: 394 });
    expect(verifyHeader(headerAt(63), generous)).toMatchObject({ valid: true });
    const { period, failures } = verifyHeader(headerAt(64), generous);
    expect(failures).toEqual([
      {
        code: 'evolution-beyond-algorithm',
        message: `KES period ${String(period)} is evolution 64 of the certificate, and the algorithm has 0 to 63`,
      },
    ]);
  });

  test('that differs from the period of the key makes the signature bad', () => {
    const verdict = verifyHeader(headerAt(7, { period: 8 }), NETWORK);
    expect(verdict).toMatchObject({ valid: false, certificate: 'good', kesSignature: 'bad' });
    expect(verdict.failures.map(({ message }) => message)).toEqual([
      `the hot key did not sign the header at KES period ${String(verdict.period)}, evolution 7`,
    ]);
  });
});

describe('a header of another network', () => {
  const at = (slot: bigint, shape: (typeof shapes)[number], network: KesParameters) => {
    const keys = { cold: coldKey(), hot: kesKey({ period: 0 }) };
    const startPeriod = absolutePeriod(slot / network.slotsPerKesPeriod);
    const header = goodHeader({ shape, slot, startPeriod, ...keys });
    return verifyHeader(header, network).failures.map(({ code }) => code);
  };

  test.each([
    ['mainnet', mainnet, 4_492_800n, 72_316_800n],
    ['preprod', preprod, 86_400n, 3_542_400n],
    ['preview', preview, 0n, 259_200n],
  ])('is not valid on %s, which is said first', (_name, network, shelley, babbage) => {
    for (const [slot, shape] of [
      [shelley, 'TPraos'],
      [babbage - 1n, 'TPraos'],
      [babbage, 'Praos'],
      [babbage, 'Leios'],
    ] as const)
      expect(at(slot, shape, network)).not.toContain('other-network');
    for (const [slot, shape] of [
      [shelley - 1n, 'TPraos'],
      [babbage - 1n, 'Praos'],
      [babbage - 1n, 'Leios'],
      [babbage, 'TPraos'],
    ] as const)
      if (slot >= 0n) expect(at(slot, shape, network)[0]).toBe('other-network');
  });

  test('is not known where the network does not state its eras', () => {
    expect(at(1n, 'Praos', NETWORK)).not.toContain('other-network');
  });
});

test('a verdict lists all failures', () => {
  const certificate = {
    ...issueCertificate(coldKey(10), {
      hotVerificationKey: kesKey().deriveVerificationKey(),
      sequenceNumber: 0n,
      startPeriod: start,
    }),
  };
  const body = bodyFields({
    shape: 'Praos',
    slot: slotAt(62),
    issuer: coldKey().deriveVerificationKey(),
    certificate,
  });
  const verdict = verifyHeader(signedHeader(body, kesKey({ period: 61 })), NETWORK);
  expect(verdict.failures.map(({ code }) => code)).toEqual([
    'certificate-signature',
    'certificate-expired',
    'kes-signature',
  ]);
  for (const { message } of verdict.failures) expect(message.length).toBeGreaterThan(10);
});

test('a certificate of the pre-launch form is refused with a code of its own', () => {
  const cold = coldKey();
  const hot = kesKey({ period: 7 });
  const hotVerificationKey = hot.deriveVerificationKey();
  const signature = cold.sign(encode([hotVerificationKey, 0n, start]));
  const certificate = { hotVerificationKey, sequenceNumber: 0n, startPeriod: start, signature };
  const body = bodyFields({
    shape: 'TPraos',
    slot: slotAt(7),
    issuer: cold.deriveVerificationKey(),
    certificate,
  });
  const { failures, certificate: fact } = verifyHeader(signedHeader(body, hot), NETWORK);
  expect(failures.map(({ code }) => code)).toEqual(['certificate-pre-launch-form']);
  expect(fact).toBe('bad');
});

test('bytes that are not a header get a verdict', () => {
  const verdict = verifyHeader('zz', NETWORK);
  expect(verdict).toMatchObject({
    result: 'not-a-header',
    valid: false,
    canonical: undefined,
    failures: [{ code: 'malformed' }],
    certificate: 'not-checked',
  });
  expect(verdict.header).toBeUndefined();
});

test('a header does not change when the given bytes change later', () => {
  const bytes = Uint8Array.from(headerAt(7));
  const header = parseHeader(bytes);
  const before = hexOf(header.bodyBytes);
  bytes.fill(0);
  expect(hexOf(header.bodyBytes)).toBe(before);
});

test('a verdict in JSON has all facts', () => {
  const json = verdictJson(verifyHeader(headerAt(7), NETWORK));
  expect(JSON.parse(JSON.stringify(json))).toEqual(json);
  expect(json).toMatchObject({
    kind: 'header',
    result: 'valid',
    reasons: [],
    canonical: true,
    network: { name: 'custom', slotsPerKesPeriod: '129600', maxKesEvolutions: 62 },
    kesPeriod: '407',
    evolution: {
      state: 'valid',
      value: '7',
      remainingPeriods: 54,
      limit: { evolutions: 62, setBy: 'network' },
    },
    header: { slot: String(slotAt(7)), certificate: { startPeriod: '400', sequenceNumber: '3' } },
  });
  expect(json.header!.poolId).toMatch(/^pool1/);
  expect(verdictJson(verifyHeader('', NETWORK))).toMatchObject({
    kind: 'header',
    result: 'not-a-header',
    reasons: [{ code: 'malformed' }],
    canonical: null,
    header: null,
    kesPeriod: null,
    evolution: null,
  });
});

test('the result of a verdict says what it has', () => {
  type Of<Result> = Extract<HeaderVerdict, { readonly result: Result }>;
  expectTypeOf<Of<'valid'>['header']>().toEqualTypeOf<BlockHeader>();
  expectTypeOf<Of<'invalid'>['failures'][0]>().toEqualTypeOf<HeaderFailure>();
  expectTypeOf<Of<'not-a-header'>['failures'][0]>().toEqualTypeOf<HeaderFailure>();
  expectTypeOf<Of<'incomplete'>['reasons'][0]>().toEqualTypeOf<IncompleteReason>();
  expectTypeOf<Extract<HeaderVerdict, { valid: true }>>().toEqualTypeOf<Of<'valid'>>();
});
