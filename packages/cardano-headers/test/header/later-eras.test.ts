/** Headers from Dijkstra on: the 12 fields of Leios, and bodies with fields that are not known. */
import { externalVectors } from '@evolock/test-support/external';
import { musashiBlock } from '@evolock/test-support/musashi';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  absolutePeriod,
  isBlockHeaderBody,
  kesParameters,
  preview,
  verdictJson,
  verifyHeader,
} from '../../src/index.js';
import { describeVerdict } from '../../src/words/index.js';
import { arrayAt } from '../../src/cbor/walk.js';
import {
  bodyFields,
  encode,
  issueCertificate,
  signedHeader,
  tagged,
  type Heads,
  type Value,
} from '../support/headers.js';
import { coldKey, hexOf, kesKey } from '../support/keys.js';
import { native } from '../support/native.js';

const NETWORK = kesParameters({ slotsPerKesPeriod: 129_600, maxKesEvolutions: 62 });
const heads = fc.constantFrom<Heads>('shortest', 'longest', 'indefinite arrays');

describe('a real block of Dijkstra', () => {
  const block = Buffer.from(musashiBlock, 'hex');
  const [place] = arrayAt(block, 0, 2)!.items;
  const header = block.subarray(place!.start, place!.end);

  test('is valid, alone and in each container, and states the fields of Leios', () => {
    const whole = { encoded: block };
    const chainSync = encode([7n, tagged(header)]);
    for (const input of [block, header, encode(tagged(block)), encode([8n, whole]), chainSync]) {
      const verdict = verifyHeader(input, NETWORK);
      expect(verdict).toMatchObject({
        result: 'valid',
        canonical: true,
        certificate: 'good',
        kesSignature: 'good',
        evolution: { evolution: 4 },
        header: {
          shape: 'Leios',
          slot: 566_037n,
          blockNumber: 28_091n,
          protocolVersion: { major: 12n, minor: 0n },
          certificate: { startPeriod: 0n, sequenceNumber: 0n },
          leios: { certified: false, announcement: undefined },
          // In this block it is the size of the block's body. Blocks end by their CBOR all the same.
          bodySize: BigInt(block.byteLength - place!.end),
        },
      });
      expect(isBlockHeaderBody(verdict.header!.bodyBytes)).toBe(true);
    }
  });

  test('is never valid with a changed byte of any field', () => {
    const body = arrayAt(header, 0, 2)!.items[0]!;
    const fields = arrayAt(header, body.start, 12)!.items;
    expect(fields).toHaveLength(12);
    for (const { start, end } of fields)
      for (let at = start; at < end; at += 1) {
        const changed = Uint8Array.from(header);
        changed[at]! ^= 1 << (at % 8);
        expect(native.verifyHeader(changed, NETWORK).valid, `byte ${at}`).toBe(false);
      }
  });

  const external = externalVectors('dijkstra/musashi-block.json');
  const why = external.available ? '' : ` (${external.reason})`;
  test.skipIf(!external.available)(`is that of the reference${why}`, () => {
    expect(external.available && external.data).toMatchObject({ blockHex: musashiBlock });
  });
});

const START = 400n;

/** The ten fields of Praos, at evolution 3 of a certificate of the test keys. */
function praosFields(slot = (START + 3n) * 129_600n): Value[] {
  const cold = coldKey();
  const certificate = issueCertificate(cold, {
    hotVerificationKey: kesKey().deriveVerificationKey(),
    sequenceNumber: 3n,
    startPeriod: absolutePeriod(START),
  });
  const issuer = cold.deriveVerificationKey();
  return bodyFields({ shape: 'Praos', slot, issuer, certificate });
}

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const size = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n });
const announcements = fc.option(fc.tuple(hash, size));

test('a header with the fields of Leios in each form is valid, and not with other ones', () => {
  const hot = kesKey({ period: 3 });
  const fields = praosFields();
  const numbers = fc.tuple(fc.boolean(), announcements);
  fc.assert(
    fc.property(numbers, numbers, heads, ([certified, announcement], others, style) => {
      const form = (given: typeof announcement) => given && { definite: given };
      const body = [...fields, certified, form(announcement)];
      const verdict = native.verifyHeader(signedHeader(body, hot, style), NETWORK);
      expect(verdict).toMatchObject({
        result: 'valid',
        kesSignature: 'good',
        evolution: { evolution: 3 },
      });
      const [announced, announcedSize] = announcement ?? [];
      const expected = announced && { hash: hexOf(announced), size: Number(announcedSize) };
      const json = verdictJson(verdict).header!;
      expect(json).toMatchObject({
        shape: 'Leios',
        leios: { certified, announcement: expected ?? null },
      });
      const changed = [...fields, others[0], form(others[1])];
      if (hexOf(encode(changed)) === hexOf(encode(body))) return;
      const { kesSignature } = verdict.header!;
      const forged = native.verifyHeader(encode([changed, kesSignature], style), NETWORK);
      expect(forged).toMatchObject({ result: 'invalid', kesSignature: 'bad' });
    }),
    { numRuns: 60 },
  );
});

/** Items of any kind, as they are encoded. */
const item: fc.Arbitrary<Value> = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.uint8Array({ maxLength: 20 }),
  fc.array(hash, { maxLength: 3 }),
  fc.boolean(),
  fc
    .constantFrom('20', 'f6', 'f7', 'f90000', 'fb3ff0000000000000', 'a10102', 'c11a00000000')
    .map((hex) => ({ encoded: Buffer.from(hex, 'hex') })),
  fc
    .constantFrom('6161', '7f6161ff', '5f4101ff', '9f01ff', 'bf0102ff', '1800', 'd81841f6', 'f820')
    .map((hex) => ({ encoded: Buffer.from(hex, 'hex') })),
);

/** One field, two of which one has another form than in Leios, and three and more: five make fifteen fields, as TPraos has. */
const trailing = fc.oneof(
  fc.array(item, { minLength: 1, maxLength: 1 }),
  fc
    .tuple(
      item.filter((each) => typeof each !== 'boolean'),
      fc.constant(null),
    )
    .map((each) => [...each]),
  fc
    .constantFrom<Value>(
      [],
      0n,
      { definite: [new Uint8Array(31), 1n] },
      { definite: [new Uint8Array(32), 2n ** 32n] },
    )
    .map((each): Value[] => [true, each]),
  fc.array(item, { minLength: 3, maxLength: 9 }),
  fc.array(item, { minLength: 5, maxLength: 5 }),
);

test('a body with more fields of any number and kind is of a later era, and its signature is judged', () => {
  const hot = kesKey({ period: 3 });
  const fields = praosFields();
  fc.assert(
    fc.property(trailing, heads, fc.boolean(), (more, style, isStated) => {
      // What is not known is signed as it stands.
      const given = more.map((each) => ({ encoded: encode(each) }));
      const header = signedHeader([...fields, ...given], hot, style);
      const input = isStated ? encode([8n, [{ encoded: header }, [null, [], null, null]]]) : header;
      const verdict = native.verifyHeader(input, NETWORK);
      expect(verdict).toMatchObject({
        result: 'later-era',
        valid: false,
        canonical: style === 'shortest',
        certificate: 'good',
        kesSignature: 'good',
        failures: [],
        reasons: [{ code: 'later-era' }],
        header: { shape: 'later', fieldCount: 10 + more.length, slot: (START + 3n) * 129_600n },
      });
      expect(verdict.reasons[0].message).toContain(`it has ${10 + more.length} fields`);
      const { bodyBytes, signedBytes } = verdict.header!;
      if (style === 'shortest') expect(bodyBytes).toEqual(signedBytes);
      const cut = native.verifyHeader(
        encode([[...fields, ...given], new Uint8Array(448)], style),
        NETWORK,
      );
      expect(cut).toMatchObject({ result: 'later-era', kesSignature: 'bad' });
      expect(cut.failures.map(({ code }) => code)).toEqual(['kes-signature']);
    }),
    { numRuns: 150 },
  );
});

test('whatever fails of a header of a later era is a fact, and said in words', () => {
  const body = [...praosFields(5n), 1n];
  const verdict = verifyHeader(signedHeader(body, kesKey()), preview, { now: new Date() });
  expect(verdict.result).toBe('later-era');
  expect(verdict.failures.map(({ code }) => code)).toEqual([
    'other-network',
    'certificate-starts-later',
  ]);
  expect(verdict.failures[0].message).toContain('it has 11 fields');
  const { tone, title, reasons, checks } = describeVerdict(verdict);
  expect([tone, title]).toEqual(['note', 'a header of a later era']);
  expect(reasons).toHaveLength(3);
  expect(checks.map(({ name }) => name)).toContain('KES signature');
});
