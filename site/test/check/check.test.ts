import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { preview as parametersOfPreview, headerItems } from '@evolock/cardano-headers';
import { verifyDatabase } from '@evolock/cardano-headers/database';
import { externalVectors } from '@evolock/test-support/external';
import { musashiBlock } from '@evolock/test-support/musashi';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Line } from '../../src/check/check.js';
import { examples, withChangedBit } from '../../src/check/examples.js';
import { failuresOf, linesReport, textOfLines } from '../../src/check/reports/lines-report.js';
import type { Report } from '../../src/check/reports/report.js';
import type { Settings } from '../../src/check/settings.js';
import * as judged from '../support/judged.js';
import { example as file, type RealHeader } from '../support/judged.js';

type Fields = Partial<Settings>;
const stepsOf = async (input: string | Uint8Array, fields: Fields = {}, now?: Date) =>
  judged.stepsOn(await judged.checkable(input), fields, now);
const reportOn = async (input: string | Uint8Array, fields: Fields = {}) =>
  judged.reportOn(await judged.checkable(input), fields);

async function linesOf(input: string | Uint8Array, fields: Fields = {}): Promise<Line[]> {
  const steps = await stepsOf(input, fields);
  return steps.flatMap((step) => (step.kind === 'lines' ? step.lines : []));
}

const header = file('mainnet-conway.hex').toString();

/** Blocks of the tests of several headers. */
const FEW = 5;

function firstBlocks(chunk: Uint8Array): Uint8Array {
  const ends = [...headerItems(chunk)].map(({ offset, size }) => offset + size);
  return chunk.subarray(0, ends[FEW - 1]);
}

function firstEnd(chunk: Uint8Array): number {
  const [first] = headerItems(chunk);
  return first === undefined ? 0 : first.size;
}

/** The value of a fact. */
function factOf(report: Report, name: string): string | undefined {
  return report.groups.flatMap(({ facts }) => facts).find((fact) => fact.name === name)?.value;
}

function toneOf(report: Report, name: string) {
  return report.checks.find((each) => each.name === name)?.tone;
}

describe('a header', () => {
  test('is reported with its facts', async () => {
    const report = await reportOn(header);
    expect(factOf(report, 'Slot')).toBe(
      '134,402,628 (2024-09-10 11:48:39 UTC, if this is mainnet)',
    );
    expect(factOf(report, 'Block number')).toBe('10,817,298');
    expect(factOf(report, 'Evolution')).toBe('36');
    expect(factOf(report, 'KES period')).toBe(
      '1,037 (begins 2024-09-10 09:44:51 UTC, if this is mainnet)',
    );
    expect(factOf(report, 'Counter')).toBe('23');
    expect(factOf(report, 'Protocol version')).toBe('9.1');
    expect(factOf(report, 'Pool')).toMatch(/^pool1/);
    expect(report.notJudged.join()).not.toContain('protocol version');
    const other = file('preprod-conway.hex').toString();
    const { notJudged } = await reportOn(other, { network: 'preprod' });
    expect(notJudged.join()).toContain('protocol version');
  });

  test('is judged with the parameters of another network', async () => {
    const other = { network: 'other', slotsPerKesPeriod: '86400' } as const;
    const report = await reportOn(header, { ...other, maxKesEvolutions: '62' });
    expect(report.tone).toBe('bad');
    expect(toneOf(report, 'Period')).toBe('bad');
    expect(
      (await reportOn(header, { ...other, slotsPerKesPeriod: '129600', maxKesEvolutions: '36' }))
        .sentences,
    ).toEqual([
      'KES period 1037 is evolution 36 of the certificate, and the network accepts 0 to 35.',
    ]);
  });

  test('of a good certificate says at which evolution its key did sign', async () => {
    const other = { network: 'other', maxKesEvolutions: '62' } as const;
    const sentenceAt = async (slotsPerKesPeriod: string, text = header) => {
      const { checks } = await reportOn(text, { ...other, slotsPerKesPeriod });
      return checks.find(({ name }) => name === 'KES signature')?.sentence;
    };
    const signed = 'It signed the header at KES period 1,037, evolution 36.';
    expect(await sentenceAt('130000')).toBe(
      `The hot key did not sign the header at KES period 1033, evolution 32. ${signed}`,
    );
    expect(await sentenceAt('86400')).toBe(`Not checked: the key has no evolution 554. ${signed}`);
    const changed = withChangedBit(header, 2399);
    expect(await sentenceAt('129600', changed)).toMatch(
      /at none of its 64 evolutions, of which the network uses 62\.$/,
    );
  });

  test('of another network says so first, and has no dates', async () => {
    const dates = (report: Report) => /\d UTC/.test(JSON.stringify(report.groups));
    // Of 2023 and of 2024: on mainnet these slots are in 2021 and in 2022.
    const preprod = file('preprod-conway.hex').toString();
    const form = await reportOn(preprod);
    expect(form).toMatchObject({ tone: 'note', title: 'Not a header of mainnet' });
    expect(form.sentences[0]).toContain('before Babbage');
    expect(form.sentences[1]).toBe('It fits preprod and preview: choose the one that it is of.');
    expect(dates(form)).toBe(false);
    const later = await reportOn(header, { network: 'preview' });
    expect(later).toMatchObject({ tone: 'note', title: expect.stringMatching(/^Incomplete: /) });
    expect(later.sentences[0]).toMatch(
      /^The header may be of another network, .* on preview its slot 134,402,628 begins at 2027-/,
    );
    expect(later.sentences[1]).toBe('It fits mainnet: choose that network.');
    expect(toneOf(later, 'Slot')).toBe('note');
    expect(dates(later)).toBe(false);
    const broken = await reportOn(withChangedBit(preprod, 2399));
    expect(broken).toMatchObject({ tone: 'bad', title: 'Not a header of mainnet, and not valid' });
  });

  const real = externalVectors('real-headers.json');
  test.skipIf(!real.available)(
    `is judged as its own network judges it, and asks for the parameters of no named network${real.available ? '' : `: ${real.reason}`}`,
    async () => {
      if (!real.available) return;
      const all = Object.values(real.data as Record<string, RealHeader>);
      for (const { headerHex, valid, expected } of all) {
        const own = {
          network: 'other',
          slotsPerKesPeriod: String(expected.slotsPerKESPeriod),
          maxKesEvolutions: String(expected.maxKESEvolutions),
        } as const;
        const report = await reportOn(headerHex, own);
        expect(report.tone).toBe(valid ? 'good' : 'bad');
        expect(factOf(report, 'Hash of the header')).toBe(expected.headerHash);
        expect(factOf(report, 'Hash of the cold key')).toBe(expected.poolIdHex);
        expect(factOf(report, 'Evolution')).toBe(String(expected.evolution));
      }
      // Mainnet had version 4 at its slot, which was before the hard fork to Alonzo.
      const early = all.find(({ slot }) => slot === 39_258_667)!;
      const retired = await reportOn(early.headerHex);
      expect(retired).toMatchObject({
        tone: 'note',
        title: 'Not a header of mainnet',
        networks: [],
      });
      expect(retired.sentences[0]).toContain('version 6, and mainnet had version 4');
      expect(factOf(retired, 'Slot')).not.toContain('UTC');
      for (const { headerHex } of all.filter((each) => each.network === 'mainnet'))
        expect(await reportOn(headerHex)).toMatchObject({ tone: 'good', sentences: [] });
      const { headerHex } = all.find(({ network }) => network.startsWith('vasil-dev'))!;
      for (const network of ['mainnet', 'preview'] as const) {
        const report = await reportOn(headerHex, { network });
        expect(report.networks).toEqual([]);
        expect(report.sentences.join(' ')).toContain(
          'It fits none of mainnet, preprod and preview',
        );
      }
      const own = { network: 'other', slotsPerKesPeriod: '86400' } as const;
      expect(await reportOn(headerHex, { ...own })).toMatchObject({ tone: 'good' });
      const [sentence] = (await reportOn(headerHex)).sentences;
      expect(sentence).toMatch(/its slot is \d,\d{3},\d{3}, /);
    },
  );

  test('has a good VRF proof under the nonce of its epoch, and a bad one under another', async () => {
    const { settings } = examples.find(({ id }) => id === 'preview')!;
    const first = await reportOn(file('preview-first.hex').toString(), settings);
    expect(first).toMatchObject({ tone: 'good', sentences: [] });
    expect(toneOf(first, 'VRF proof')).toBe('good');
    const report = await reportOn(header, { epochNonce: '00'.repeat(32) });
    expect(toneOf(report, 'VRF proof')).toBe('bad');
    expect(toneOf(report, 'KES signature')).toBe('good');
    expect(report.tone).toBe('bad');
  });

  test('that is cut off is no header, in a sentence', async () => {
    expect(await reportOn(header.trim().slice(0, -2))).toMatchObject({
      tone: 'bad',
      title: 'Not a header',
      sentences: [expect.stringMatching(/^The CBOR ends too early.*\.$/)],
    });
  });
});

describe('a wrong field gets a sentence', () => {
  test.each([
    [{ network: 'other', slotsPerKesPeriod: '0', maxKesEvolutions: '62' }, 'slotsPerKESPeriod'],
    [{ network: 'other', slotsPerKesPeriod: '1', maxKesEvolutions: '-1' }, 'maxKESEvolutions'],
    [{ epochNonce: '1234' }, '64 hexadecimal digits'],
  ] as const)('%j', async (fields, words) => {
    expect(await stepsOf(header, { ...fields })).toEqual([
      { kind: 'problem', sentence: expect.stringContaining(words) },
    ]);
  });
});

describe('a certificate', () => {
  const text = file('certificate.json').toString();
  const { cborHex } = JSON.parse(text) as { cborHex: string };

  test('has the same report as an envelope, as digits and as bytes', async () => {
    const report = await reportOn(text);
    expect(await reportOn(cborHex)).toEqual(report);
    expect(await reportOn(Buffer.from(cborHex, 'hex'))).toEqual(report);
    expect(factOf(report, 'Counter')).toBe('23');
    expect(factOf(report, 'Start period')).toMatch(/^1,001 \(begins 2024-07-18 /);
  });

  test('is valid, past or to come at a moment', async () => {
    const titleAt = async (date: string) => {
      const [step] = await stepsOf(text, {}, new Date(date));
      return step?.kind === 'report' ? step.report.title : undefined;
    };
    expect(await titleAt('2024-09-01T00:00:00Z')).toBe(
      'Signed by its cold key; valid at this KES period, if it is for mainnet',
    );
    expect(await titleAt('2024-01-01T00:00:00Z')).toBe(
      'Signed by its cold key; starts in 133 KES periods, if it is for mainnet',
    );
    expect(await titleAt('2026-08-01T00:00:00Z')).toBe(
      'Signed by its cold key; ended 433 KES periods ago, if it is for mainnet',
    );
  });

  test('of another network than the chosen one names the networks on which it is valid', async () => {
    const networksAt = async (date: string, network: Settings['network'] = 'mainnet') => {
      const [step] = await stepsOf(text, { network }, new Date(date));
      if (step?.kind !== 'report') throw new Error('no report');
      const { networks, sentences, tone } = step.report;
      return { networks, sentences, tone };
    };
    const sentence = 'If it is for preprod, it is valid now: choose the network that it is for.';
    expect(await networksAt('2026-08-01T00:00:00Z')).toEqual({
      networks: ['preprod'],
      sentences: [sentence],
      tone: 'note',
    });
    for (const [date, network] of [
      ['2026-08-01T00:00:00Z', 'preprod'],
      ['2024-09-01T00:00:00Z', 'mainnet'],
      ['2021-01-01T00:00:00Z', 'mainnet'],
    ] as const)
      expect(await networksAt(date, network)).toMatchObject({ networks: [], sentences: [] });
  });

  test('of a network without dates is signed, and its life is not judged', async () => {
    const other = { network: 'other', slotsPerKesPeriod: '100', maxKesEvolutions: '62' } as const;
    const report = await reportOn(text, { ...other });
    expect(report).toMatchObject({ tone: 'note', title: 'Signed by its cold key' });
    expect(toneOf(report, 'Signature')).toBe('good');
  });

  test('with one bit changed is not valid', async () => {
    const report = await reportOn(withChangedBit(cborHex, 8 * 10));
    expect(report).toMatchObject({ tone: 'bad', title: 'Not valid' });
  });

  test('is no verification key, whatever its type says', async () => {
    const other = text.replace('NodeOperationalCertificate', 'KesVerificationKey_ed25519_kes_2^6');
    expect(await reportOn(other)).toMatchObject({
      tone: 'bad',
      title: 'This file contains other bytes than its type says',
    });
  });
});

describe('a header from Dijkstra on', () => {
  const own = { network: 'other', slotsPerKesPeriod: '129600', maxKesEvolutions: '62' } as const;
  /** One more field, before the signature of 451 bytes, and the body of the block. */
  const later = musashiBlock
    .replace(/^82828c/, '82828d')
    .replace(/(?=5901c0.{896}84f680f6f6$)/, 'f5');

  test('is reported with the fields of Leios', async () => {
    const report = await reportOn(musashiBlock, own);
    expect(report.tone).toBe('good');
    expect(factOf(report, 'leios_certified')).toBe('no');
    expect(factOf(report, 'leios_announcement')).toBe('none');
  });

  test('is neither valid nor invalid when it has more fields', async () => {
    const report = await reportOn(later, own);
    expect(report).toMatchObject({ tone: 'note', title: 'A header of a later era' });
    expect(report.sentences.join()).toMatch(/^A header of a later era: it has 13 fields,/);
    expect([toneOf(report, 'Certificate'), toneOf(report, 'KES signature')]).toEqual([
      'good',
      'bad',
    ]);
    const both = Buffer.from(musashiBlock + later, 'hex');
    expect((await linesOf(both, own)).map(({ result }) => result)).toEqual(['valid', 'later-era']);
    const sum = await reportOn(both, own);
    expect(sum.title).toBe('2 headers: 1 valid, 0 not valid, 1 of a later era');
    expect(sum.tone).toBe('note');
  });
});

describe('several headers', () => {
  const chunk = firstBlocks(file('preview.chunk'));
  const preview = { network: 'preview' } as const;

  test('are lines with their places, and each place gives the report of its header', async () => {
    const lines = await linesOf(chunk, preview);
    for (const { place, slot } of lines) {
      const report = await reportOn(chunk.subarray(place.start, place.end), preview);
      expect(factOf(report, 'Slot')).toMatch(new RegExp(`^${slot} `));
    }
    expect(lines.at(-1)?.place.end).toBe(chunk.byteLength);
  });

  test('are incomplete when their slots are ahead of the clock, and never invalid', async () => {
    // The first five slots of preview are 0, 20, 40, 60 and 80.
    const reportAt = (now: string, fields: Fields = preview) =>
      judged.checkable(chunk).then((input) => judged.reportOn(input, fields, new Date(now)));
    const title = (report: Report) => [report.tone, report.title];
    expect(title(await reportAt('2022-10-24T23:55:00Z'))).toEqual([
      'note',
      '5 headers: 1 valid, 0 not valid, 4 incomplete',
    ]);
    const ahead = await reportAt('2022-10-01T00:00:00Z');
    expect(title(ahead)).toEqual(['note', '5 headers: 0 valid, 0 not valid, 5 incomplete']);
    expect(ahead.sentences[0]).toMatch(/^The header may be of another network/);
    expect(title(await reportAt('2022-10-25T00:00:00Z'))[0]).toBe('good');
    const numbers = { slotsPerKesPeriod: '129600', maxKesEvolutions: '62' };
    const dateless = await reportAt('2022-10-01T00:00:00Z', { network: 'other', ...numbers });
    expect(dateless.tone).toBe('good');
    expect(dateless.notJudged.join()).toContain('whether their slots have come');
  });

  test('are those that the command finds, in any file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'evolock-site-'));
    const string = (size: number) =>
      fc.constant(Buffer.concat([Buffer.of(0x59, size >> 8, size & 0xff), Buffer.alloc(size)]));
    const items = fc.oneof(
      fc.constantFrom(
        chunk.subarray(0, firstEnd(chunk)),
        Buffer.from(`80${'00'.repeat(9)}`, 'hex'),
      ),
      // Items near the size of a signature, which are no array; the same in an array.
      fc.integer({ min: 440, max: 460 }).chain(string),
      fc
        .integer({ min: 440, max: 460 })
        .chain(string)
        .map((item) => Buffer.concat([Buffer.of(0x81), item])),
      fc.uint8Array({ minLength: 1, maxLength: 600 }),
    );
    const sequences = fc.array(items, { minLength: 1, maxLength: 5 }).map((each) => {
      // A header first: any other beginning may be text, JSON or gzip.
      return Buffer.concat([chunk.subarray(0, firstEnd(chunk)), ...each]);
    });
    try {
      await fc.assert(
        fc.asyncProperty(sequences, async (bytes) => {
          const path = join(folder, 'file');
          writeFileSync(path, bytes);
          const { counts } = await verifyDatabase(path, parametersOfPreview);
          const results = (await linesOf(bytes, preview)).map(({ result }) => result);
          const count = (...of: string[]) => results.filter((each) => of.includes(each)).length;
          expect(count('valid')).toBe(counts.valid);
          expect(count('invalid')).toBe(counts.invalid);
          expect(count('not-a-header', 'unfinished')).toBe(counts.notHeaders);
        }),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('are valid as far as they were judged, and the verdict names the rest', async () => {
    const verdictOn = async (bytes: Uint8Array, isDone = true) => {
      const lines = await linesOf(bytes, preview);
      const common = { byron: 0, doubt: undefined, hasNonce: false, hasDates: true, isDone };
      return { lines, report: linesReport({ lines, ...common }) };
    };
    const { lines, report } = await verdictOn(chunk);
    expect(report).toMatchObject({ tone: 'good', title: '5 headers: 5 valid, 0 not valid' });
    expect(report.sentences).toEqual([expect.stringContaining('none is missing')]);
    expect(report.notJudged[0]).toContain('of which network');
    expect(report.notJudged.join()).toContain('VRF proofs');
    expect(textOfLines(report, lines)).toMatch(/Not judged: .*\nslot 0: valid\n/s);
    expect((await verdictOn(chunk, false)).report).toMatchObject({
      ...{ tone: 'note', title: '5 headers so far: 5 valid, 0 not valid', sentences: [] },
    });
    const [end = 0] = lines.map(({ place }) => place.end);
    const strange = (await verdictOn(Buffer.concat([chunk.subarray(0, end), Buffer.of(0x80)])))
      .report;
    expect(strange).toMatchObject({ tone: 'note', link: undefined });
    expect(strange.sentences).toEqual([expect.stringContaining('1 part that cannot be a header')]);
    const gap = lines.map((line, at) => (at === 3 ? { ...line, follows: undefined } : line));
    const given = { hasNonce: true, hasDates: true, isDone: true };
    const common = { byron: 1, doubt: undefined, ...given };
    const { sentences, notJudged, link } = linesReport({ lines: gap, ...common });
    expect(sentences.join(' ')).toMatch(/1 block of the Byron era.*is not known of 1 header\.$/);
    expect([notJudged.join().includes('VRF'), link]).toEqual([false, { nonce: true }]);
  });

  test('of another network than the chosen one are said to be so', async () => {
    const doubts = async (network: Settings['network']) =>
      (await stepsOf(chunk, { network })).map((step) => 'doubt' in step && step.doubt);
    expect(await doubts('preview')).toEqual([undefined]);
    const doubt = { network: 'mainnet', fits: ['preview'] };
    expect(await doubts('mainnet')).toEqual([expect.objectContaining(doubt)]);
  });

  test('of another network have one verdict, which names the networks that they fit', async () => {
    const verdictOn = async (bytes: Uint8Array) => {
      const [step] = await stepsOf(bytes);
      if (step?.kind !== 'lines') throw new Error('no lines');
      return {
        ...step,
        report: linesReport({ ...step, hasNonce: false, hasDates: true, isDone: true }),
      };
    };
    const { lines, report } = await verdictOn(chunk);
    expect(report).toMatchObject({ tone: 'note', title: '5 headers, not of mainnet' });
    expect(report.sentences[0]).toMatch(/ It fits preview: choose that network\.$/);
    expect(report.networks).toEqual(['preview']);
    expect(new Set(lines.map(failuresOf))).toEqual(new Set(['']));
    const damaged = Uint8Array.from(chunk);
    damaged[200]! ^= 1;
    const broken = (await verdictOn(damaged)).report;
    expect(broken).toMatchObject({ tone: 'bad', title: '1 header: 0 valid, 1 not valid' });
    expect(broken.sentences.join(' ')).toContain('4 headers of another network');
  });

  test('count blocks of the Byron era apart', async () => {
    // [1, [[magic, hash of the block before, …], body, extra]]: of Byron, which has no KES.
    const byron = Buffer.concat([
      Buffer.of(0x82, 1, 0x83, 0x85, 2, 0x58, 0x20),
      Buffer.alloc(32),
      Buffer.of(0x80, 0x80, 0x80, 0x80, 0x81, 0xa0),
    ]);
    const steps = await stepsOf(Buffer.concat([byron, chunk]), preview);
    const sum = steps.reduce((count, step) => count + (step.kind === 'lines' ? step.byron : 0), 0);
    expect(sum).toBe(1);
    const lines = steps.flatMap((step) => (step.kind === 'lines' ? step.lines : []));
    expect(lines.filter(({ result }) => result === 'valid')).toHaveLength(FEW);
  });
});
