/** Whether the slot of a header has come: never a reason to call it invalid. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorOf, wrongly } from '@evolock/test-support';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verifyDatabase, type Finding } from '../../src/database/index.js';
import {
  absolutePeriod,
  dateOfSlot,
  headerVerifier,
  kesParameters,
  mainnet,
  preview,
  slot,
  verdictJson,
  verifyHeader,
  type HeaderVerdict,
  type KesParameters,
} from '../../src/index.js';
import { goodHeader } from '../support/headers.js';
import { coldKey, kesKey } from '../support/keys.js';

/** A slot of mainnet in 2024, which is one of 2027 on preview. */
const SLOT = 134_402_628n;
const START = absolutePeriod(1_001);

function headerAt(at: bigint, startPeriod = START): Uint8Array {
  const period = Number(at / 129_600n - startPeriod);
  const keys = { cold: coldKey(), hot: kesKey({ period }) };
  return goodHeader({ shape: 'Praos', slot: at, ...keys, startPeriod });
}

/** The same header with a wrong KES signature. */
function forged(header: Uint8Array): Uint8Array {
  return header.map((byte, at) => (at === header.length - 1 ? byte ^ 1 : byte));
}

function codes(list: readonly { readonly code: string }[]): string[] {
  return list.map(({ code }) => code);
}

function after(network: KesParameters, milliseconds: number): Date {
  return new Date(dateOfSlot(network, slot(SLOT)).getTime() + milliseconds);
}

function isTimeJudged({ notJudged }: HeaderVerdict): boolean {
  return !codes(notJudged).includes('slot-time');
}

test('a slot up to 300 seconds ahead is valid, and one further ahead incomplete', () => {
  const header = headerAt(SLOT);
  const offsets = fc.integer({ min: -10_000_000_000, max: 10_000_000_000 });
  const near = fc.integer({ min: -302_000, max: -298_000 });
  fc.assert(
    fc.property(fc.oneof(offsets, near), fc.constantFrom(mainnet, preview), (offset, network) => {
      const verdict = verifyHeader(header, network, { now: after(network, offset) });
      const isAhead = offset < -300_000;
      expect(verdict).toMatchObject({
        result: isAhead ? 'incomplete' : 'valid',
        valid: !isAhead,
        failures: [],
        certificate: 'good',
        kesSignature: 'good',
      });
      expect(codes(verdict.reasons)).toEqual(isAhead ? ['slot-ahead'] : []);
      expect(isTimeJudged(verdict)).toBe(true);
    }),
    {
      numRuns: 60,
      examples: [
        [-300_000, mainnet],
        [-300_001, mainnet],
      ],
    },
  );
});

test('a header of mainnet is valid there, and incomplete on preview, with the network as the first suspicion', () => {
  const header = headerAt(SLOT);
  const now = new Date('2026-12-02T00:00:00Z');
  expect(verifyHeader(header, mainnet, { now }).result).toBe('valid');
  const { result, reasons, notJudged } = verifyHeader(header, preview, { now });
  expect(result).toBe('incomplete');
  expect(reasons[0]?.message).toMatch(
    /^the header may be of another network, .* begins at 2027-\S+Z, and the clock says 2026-12-02T00:00:00Z$/,
  );
  expect(codes(notJudged)).toContain('network');
});

test('a failure stays a failure, whatever the clock says, and the reason is stated beside it', () => {
  const verdict = verifyHeader(forged(headerAt(SLOT)), mainnet, { now: after(mainnet, -301_000) });
  expect(verdict).toMatchObject({ result: 'invalid', kesSignature: 'bad' });
  expect([codes(verdict.failures), codes(verdict.reasons)]).toEqual([
    ['kes-signature'],
    ['slot-ahead'],
  ]);
});

test('without a moment or without dates it is named as not checked; of which network it is, always', () => {
  const header = headerAt(SLOT);
  const { slotsPerKesPeriod, maxKesEvolutions } = mainnet;
  const dateless = kesParameters({ slotsPerKesPeriod, maxKesEvolutions });
  const now = new Date(0);
  for (const verdict of [
    verifyHeader(header, mainnet),
    verifyHeader(header, mainnet, {}),
    verifyHeader(header, dateless, { now }),
    headerVerifier(mainnet).verify(header)!,
  ]) {
    expect(verdict).toMatchObject({ result: 'valid', reasons: [] });
    expect(isTimeJudged(verdict)).toBe(false);
    expect(codes(verdict.notJudged)).toContain('network');
    expect(verdictJson(verdict)).toMatchObject({ notJudged: verdict.notJudged, reasons: [] });
  }
});

test('slots beyond all dates lie ahead', () => {
  const last = 2n ** 64n - 1n;
  const header = headerAt(last, absolutePeriod(last / 129_600n));
  expect(verifyHeader(header, mainnet, { now: new Date(8.64e15) })).toMatchObject({
    result: 'incomplete',
    reasons: [{ code: 'slot-ahead', message: expect.stringContaining('after all dates') }],
  });
});

test.each([0, '2026-01-01', null, new Date(NaN), {}])('%j is no moment', (now) => {
  const header = headerAt(SLOT);
  const options = { now: wrongly(now) };
  const wrong = { code: 'ERR_EVOLOCK_ARGUMENT_TYPE', argument: 'options.now' };
  expect(errorOf(() => verifyHeader(header, mainnet, options))).toMatchObject(wrong);
  expect(errorOf(() => headerVerifier(mainnet).verify(header, options))).toMatchObject(wrong);
});

test('a whole is incomplete when nothing is invalid, and each such header is a finding', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'evolock-slot-time-'));
  const now = after(mainnet, -301_000);
  const header = headerAt(SLOT);
  const early = headerAt(SLOT - 10n);
  const resultOf = async (...headers: Uint8Array[]) => {
    const path = join(folder, 'headers');
    writeFileSync(path, Buffer.concat(headers));
    const found: string[] = [];
    const onFinding = (finding: Finding) => {
      if (finding.kind === 'header') found.push(finding.verdict.result);
    };
    const { result, all, counts } = await verifyDatabase(path, mainnet, { now, onFinding });
    const { valid, invalid, incomplete } = counts;
    return { result, all, counts: [valid, invalid, incomplete], found };
  };
  try {
    expect(await resultOf(early, header)).toEqual({
      result: 'incomplete',
      all: false,
      counts: [1, 0, 1],
      found: ['incomplete'],
    });
    expect(await resultOf(forged(header), header)).toMatchObject({
      result: 'invalid',
      counts: [0, 1, 1],
    });
    expect(await resultOf(early)).toMatchObject({ result: 'valid', all: true });
    await expect(
      verifyDatabase('no such folder', mainnet, { now: wrongly(5) }),
    ).rejects.toMatchObject({
      argument: 'options.now',
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
