import { blake2b256 } from '@evolock/kes-sum';
import { externalVectors } from '@evolock/test-vectors';
import { decode, Encoder } from 'cbor-x';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CborError } from '../../src/demo/cbor-error.js';
import { decodeHeader } from '../../src/demo/header.js';
import { judgeHeader, whyInvalid } from '../../src/demo/header-verdict.js';
import { named } from './external-data.js';
import {
  array,
  EVOLUTION,
  head,
  joined,
  ownHeader,
  PARAMETERS,
  SLOTS_PER_KES_PERIOD,
  START_PERIOD,
  unsigned,
  type HeaderOptions,
} from './own-header.js';

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'));
}

function judge(header: Uint8Array) {
  return judgeHeader(decodeHeader(header), PARAMETERS);
}

// What others wrote, of which nothing is known before it is compared.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Entry = any;

const realHeaders = externalVectors('real-headers.json');
const realEntries: Entry[] = realHeaders.available ? (realHeaders.data as Entry[]) : [];

describe('a real header', () => {
  it.skipIf(!realHeaders.available)(named('is there', realHeaders), () => {
    expect(realEntries).not.toEqual([]);
  });

  it.each(realEntries.map((entry, index) => [`${index}: ${entry.source}`, entry] as const))(
    '%s has the fields that it is said to have, and its verdict',
    (_name, { headerHex, expected, valid, format, slot }) => {
      const header = decodeHeader(bytesOf(headerHex));
      const said = {
        format: header.format,
        slot: header.slot,
        blockNo: header.blockNumber,
        headerHash: hex(blake2b256(header.original)),
        protocolVersion: header.protocolVersion,
        headerBodyLength: header.body.length,
        issuerVkeyHex: hex(header.issuerVerificationKey),
        opcert: {
          hotVkeyHex: hex(header.operationalCertificate.hotVerificationKey),
          sequenceNumber: header.operationalCertificate.sequenceNumber,
          kesPeriod: header.operationalCertificate.startPeriod,
          sigmaHex: hex(header.operationalCertificate.signature),
        },
        kesSignatureHex: hex(header.kesSignature),
      };
      expect(said).toEqual({
        format: format ?? said.format,
        slot: slot === null ? said.slot : BigInt(slot),
        blockNo: BigInt(expected.blockNo),
        headerHash: expected.headerHash,
        protocolVersion: expected.protocolVersion.map(BigInt),
        headerBodyLength: expected.headerBodyLength,
        issuerVkeyHex: expected.issuerVkeyHex,
        opcert: {
          ...expected.opcert,
          sequenceNumber: BigInt(expected.opcert.sequenceNumber),
          kesPeriod: BigInt(expected.opcert.kesPeriod),
        },
        kesSignatureHex: expected.kesSignatureHex,
      });
      const verdict = judgeHeader(header, {
        slotsPerKesPeriod: BigInt(expected.slotsPerKESPeriod),
        maxKesEvolutions: BigInt(expected.maxKESEvolutions),
      });
      expect(verdict).toMatchObject({
        kesPeriod: BigInt(expected.kesPeriodOfSlot),
        evolution: BigInt(expected.evolution),
        certificateValid: expected.opcertValid,
        kesSignatureValid: expected.kesValid,
        valid,
      });
    },
  );
});

const consensusCases = externalVectors('consensus-header-cases.json');
const consensusEntries: Entry[] = consensusCases.available ? (consensusCases.data as Entry[]) : [];

describe('a case of the consensus suite', () => {
  it.skipIf(!consensusCases.available)(named('is there', consensusCases), () => {
    expect(consensusEntries).not.toEqual([]);
  });

  it.each(consensusEntries.map((entry) => [entry.title as string, entry] as const))(
    '%s',
    (_title, entry) => {
      const header = decodeHeader(bytesOf(entry.headerHex));
      const verdict = judgeHeader(header, {
        slotsPerKesPeriod: BigInt(entry.slotsPerKESPeriod),
        maxKesEvolutions: BigInt(entry.maxKESEvo),
      });
      expect(header.slot).toBe(BigInt(entry.slot));
      expect(header.operationalCertificate.startPeriod).toBe(BigInt(entry.opcertKesPeriod));
      expect(verdict).toMatchObject({
        evolution: BigInt(entry.evolution),
        certificateValid: entry.opcertOk,
        kesSignatureValid: entry.kesOk,
      });
    },
  );
});

const shapes: HeaderOptions[] = (['TPraos', 'Praos'] as const).flatMap((format) => [
  { format },
  { format, heads: 'longest' as const },
  { format, indefinite: true },
]);

describe.each(shapes)('a header of our own: %o', (options) => {
  const header = ownHeader(options);

  it('is valid', () => {
    const decoded = decodeHeader(header);
    expect(decoded).toMatchObject({
      format: options.format,
      blockNumber: 12_345n,
      bodySize: 1_000n,
    });
    expect(hex(decoded.original)).toBe(hex(header));
    expect(judge(header)).toEqual({
      kesPeriod: START_PERIOD + BigInt(EVOLUTION),
      evolution: BigInt(EVOLUTION),
      evolutionInRange: true,
      certificateValid: true,
      kesSignatureValid: true,
      valid: true,
    });
  });

  it('is found in a wrapped block', () => {
    const rest = [array([], 'shortest'), array([], 'shortest')];
    const block = array([unsigned(6, 'longest'), array([header, ...rest], 'longest')], 'shortest');
    expect(hex(decodeHeader(block).original)).toBe(hex(header));
    expect(judge(block).valid).toBe(true);
  });

  it('is refused when anything is missing or added', () => {
    fc.assert(
      fc.property(fc.nat(header.length - 1), (length) => {
        expect(() => decodeHeader(header.subarray(0, length))).toThrow(CborError);
      }),
    );
    expect(() => decodeHeader(joined([header, Uint8Array.of(0)]))).toThrow(
      expect.objectContaining({ code: 'CBOR_TRAILING_BYTES', offset: header.length }),
    );
  });

  it('is not valid with any byte changed', () => {
    fc.assert(
      fc.property(fc.nat(header.length - 1), fc.integer({ min: 1, max: 255 }), (index, change) => {
        const changed = header.slice();
        changed[index]! ^= change;
        expect(isValid(changed)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });
});

/** Whether it is valid; anything thrown but a typed error is thrown on. */
function isValid(header: Uint8Array): boolean {
  try {
    return judge(header).valid;
  } catch (error) {
    if (error instanceof CborError) return false;
    throw error;
  }
}

it('is valid with heads that are not the shortest, and would not be if it were encoded again', () => {
  const header = ownHeader({ heads: 'longest' });
  const encoder = new Encoder({ tagUint8Array: false, useRecords: false });
  const again = new Uint8Array(encoder.encode(decode(header)));
  expect(again.length).toBeLessThan(header.length);
  expect(judge(header).valid).toBe(true);
  expect(judge(again)).toMatchObject({ certificateValid: true, kesSignatureValid: false });
});

describe('the evolution', () => {
  const last = (START_PERIOD + BigInt(EVOLUTION) + 1n) * SLOTS_PER_KES_PERIOD - 1n;

  it.each([
    ['the last slot of the period', last, true],
    ['the first slot of the next', last + 1n, false],
    ['the slot before the period', last - SLOTS_PER_KES_PERIOD, false],
    ['a slot before the certificate begins', 0n, false],
    ['the greatest slot', 2n ** 64n - 1n, false],
  ])('at %s', (_name, slot, valid) => {
    const verdict = judge(ownHeader({ slot }));
    expect(verdict.valid).toBe(valid);
    expect(verdict.certificateValid).toBe(true);
  });

  it.each([
    [6n, true],
    [5n, false],
    [0n, false],
  ])('under a limit of %d evolutions', (maxKesEvolutions, valid) => {
    const verdict = judgeHeader(decodeHeader(ownHeader()), { ...PARAMETERS, maxKesEvolutions });
    expect(verdict.valid).toBe(valid);
    if (!valid) expect(whyInvalid(verdict)).toBe('evolution 5 is out of range');
  });

  it('is bound by the periods of the key as well', () => {
    const slot = (START_PERIOD + 64n) * SLOTS_PER_KES_PERIOD;
    const parameters = { ...PARAMETERS, maxKesEvolutions: 394n };
    const verdict = judgeHeader(decodeHeader(ownHeader({ slot })), parameters);
    expect(verdict).toMatchObject({ evolution: 64n, evolutionInRange: false, valid: false });
  });
});

describe('what is no header is refused', () => {
  it.each([
    ['an integer', '01', 'CBOR_UNEXPECTED_TYPE'],
    ['an empty array', '80', 'CBOR_UNEXPECTED_TYPE'],
    ['a body alone', '8180', 'CBOR_UNEXPECTED_TYPE'],
    ['a body of no field', '828040', 'CBOR_UNEXPECTED_TYPE'],
    ['a Byron block', '820183858080808080f6f6', 'CBOR_UNEXPECTED_TYPE'],
    ['an empty wrapped block', '820680', 'CBOR_UNEXPECTED_TYPE'],
    ['fields of another type', `828a${'f4'.repeat(10)}40`, 'CBOR_UNEXPECTED_TYPE'],
  ])('%s', (_name, text, code) => {
    expect(() => decodeHeader(bytesOf(text))).toThrow(
      expect.objectContaining({ name: 'CborError', code }),
    );
  });

  it('a float where an integer belongs, which cbor-x would take for one', () => {
    const header = ownHeader();
    const place = hex(header).indexOf(hex(head(0, 12_345, 'shortest'))) / 2;
    const float = Uint8Array.of(0xfa, 0x46, 0x40, 0xe4, 0x00);
    expect(decode(float)).toBe(12_345);
    const changed = joined([header.subarray(0, place), float, header.subarray(place + 3)]);
    expect(() => decodeHeader(changed)).toThrow(/no unsigned integer at byte 2$/);
  });

  it('any bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (anything) => {
        expect(isValid(anything)).toBe(false);
      }),
      { numRuns: 5_000 },
    );
  });

  it('any items at all where a header has its fields', () => {
    const item = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constantFrom(...fields()));
    fc.assert(
      fc.property(fc.array(item, { minLength: 8, maxLength: 16 }), (items) => {
        const body = joined([head(4, items.length, 'shortest'), ...items]);
        expect(isValid(joined([Uint8Array.of(0x82), body, head(2, 0, 'shortest')]))).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });
});

/** Items that do belong into a header. */
function fields(): Uint8Array[] {
  return [
    '01',
    '1bffffffffffffffff',
    `5820${'00'.repeat(32)}`,
    `5840${'00'.repeat(64)}`,
    '820901',
  ].map(bytesOf);
}
