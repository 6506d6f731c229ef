import { describe, expect, test } from 'vitest';
import { shownText } from '../../src/check/input/changed-line.js';
import type { SealedLog } from '../../src/check/input/log-files.js';
import { rowsOf, type Row } from '../../src/check/shown/rows.js';
import type { Settings } from '../../src/check/settings.js';
import { reportOn } from '../support/judged.js';
import { fileOf, sealed } from '../support/sealed.js';

const later = new Date('2027-01-01T00:00:00Z');
const names = Array.from({ length: 12 }, (_, at) => `entry ${at}`);
const log = sealed([[], names.slice(0, 4), names.slice(4, 8), names.slice(8)]);

/** The rows of a log whose files have these lines. */
async function rowsOn(
  files: readonly (readonly string[])[],
  { name = '', most = 100, ...fields }: Partial<Settings> & { name?: string; most?: number } = {},
  given: Partial<SealedLog> = {},
): Promise<Row[]> {
  const input = { ...log, kind: 'log' as const, files: files.map(fileOf), ...given };
  const report = await reportOn(input, { verifierKey: log.verifierKey, ...fields }, later);
  return rowsOf(input, report.log!, { name, most, show: shownText });
}

/** One word for each row. */
function short(rows: readonly Row[]): string[] {
  return rows.map((row) => {
    if (row.kind === 'line') return `${row.name} ${row.mark} ${row.text ?? '(key)'}`;
    if (row.kind === 'seal') return `seal ${row.number} ${row.tone}`;
    if (row.kind === 'gone') return `gone ${row.entries}`;
    if (row.kind === 'file') return `part ${row.part} of ${row.parts}`;
    return `hidden ${row.lines} ${row.changed} ${row.seals}`;
  });
}

const sealedLines = (from: number, to: number, shift = 1) =>
  names.slice(from, to).map((text, at) => `${from + at + shift} sealed ${text}`);

describe('a log is shown', () => {
  test('with its seals between the lines that they cover, and what is not sealed yet behind them', async () => {
    const rows = await rowsOn([[...names, 'a new line']]);
    expect(short(rows)).toEqual([
      'seal 0 good',
      ...sealedLines(0, 4),
      'seal 1 good',
      ...sealedLines(4, 8),
      'seal 2 good',
      ...sealedLines(8, 12),
      'seal 3 good',
      '13 open a new line',
    ]);
    expect(rows.find(({ kind }) => kind === 'seal')).toMatchObject({
      time: '2026-11-30 00:53:20 UTC',
    });
  });

  test('with the changed line, and what is known of it; the lines beside it are as they were sealed', async () => {
    const rows = await rowsOn([names.with(5, 'another')]);
    expect(short(rows).slice(6, 11)).toEqual([
      ...sealedLines(4, 5),
      '6 changed another',
      ...sealedLines(6, 8),
      'seal 2 bad',
    ]);
    const line = rows.find((row) => row.kind === 'line' && row.mark === 'changed');
    expect(line).toMatchObject({ words: expect.stringMatching(/^Changed: Line 6 of the log/) });
  });

  test('with lines that were inserted and removed, and their successors as they were sealed', async () => {
    expect(short(await rowsOn([names.toSpliced(2, 0, 'inserted')]))).toEqual([
      'seal 0 good',
      ...sealedLines(0, 2),
      '3 changed inserted',
      ...sealedLines(2, 4, 2),
      'seal 1 bad',
      ...sealedLines(4, 8, 2),
      'seal 2 note',
      ...sealedLines(8, 12, 2),
      'seal 3 note',
    ]);
    const removed = short(await rowsOn([names.toSpliced(6, 1)]));
    expect(removed.slice(6, 11)).toEqual([
      ...sealedLines(4, 6),
      'gone 1',
      ...sealedLines(7, 8, 0),
      'seal 2 bad',
    ]);
  });

  test('in parts, with what was erased, and without a colour where nothing is proved', async () => {
    const blank = '       ';
    const lines = names.with(1, blank);
    const rows = await rowsOn([lines.slice(0, 3), lines.slice(3)], { erased: '1' });
    expect(short(rows).slice(0, 6)).toEqual([
      'part 1 of 2',
      'seal 0 good',
      '1.1 sealed entry 0',
      `1.2 erased ${blank}`,
      '1.3 sealed entry 2',
      'part 2 of 2',
    ]);
    const unknown = await rowsOn([names.with(5, 'another')], {}, { hashes: undefined });
    expect(short(unknown).slice(6, 8)).toEqual(['5 unproved entry 4', '6 unproved another']);
  });

  test('with hostile texts as escapes, without what may be a key, and with the rest of a long line counted', async () => {
    const hostile = '<script>alert(1)</script>\u202Eevil\u0007\u200B\u001b[31m';
    const long = 'x '.repeat(10_000);
    const rows = await rowsOn([[...names, hostile, '5a'.repeat(64), long, '\u0000']]);
    expect(short(rows.slice(16, 18))).toEqual([
      String.raw`13 open <script>alert(1)</script>\u{202e}evil\u{7}\u{200b}\u{1b}[31m`,
      '14 open (key)',
    ]);
    expect(rows[18]).toMatchObject({ text: 'x '.repeat(120), more: 20_000 - 240 });
    expect(rows[19]).toMatchObject({ text: String.raw`\u{0}` });
  });

  test('of 1,000,000 lines by those that matter and the one that is asked for, and all others are counted', async () => {
    const million = Array.from({ length: 1_000_000 }, (_, at) => `line ${at}`);
    const files = [fileOf(million.slice(0, 400_000)), fileOf(million.slice(400_000))];
    const report = await reportOn(
      { ...log, kind: 'log', files: [fileOf(names)] },
      { verifierKey: log.verifierKey },
      later,
    );
    const { verdict } = report.log!;
    const seals = Array.from(
      { length: 10_001 },
      (_, at) => `${at} ${1_796_000_000 + at} 0 ${100 * at} `,
    ).join('\n');
    const difference = {
      kind: 'changed',
      ...{ file: 1, line: 100_001, entry: 500_000, entries: 40, present: 40 },
      ...{ text: undefined, sealedAfter: 1, sealedBy: 2 },
    } as const;
    const rows = await rowsOf(
      { kind: 'log', files, seals: new TextEncoder().encode(seals) },
      {
        verdict: { ...verdict, failure: 'entries', seals: 5_000 } as typeof verdict,
        found: { differences: [difference], hasMore: false },
        differences: [{ name: 'Changed', tone: 'bad', sentence: 'Lines.' }],
        ...{ older: 0, firstEntry: undefined },
      },
      { name: '2.7', most: 100, show: shownText },
    );
    expect(rows.length).toBeLessThan(60);
    const count = (of: (row: Row) => number) => rows.reduce((sum, row) => sum + of(row), 0);
    expect(count((row) => (row.kind === 'line' ? 1 : row.kind === 'hidden' ? row.lines : 0))).toBe(
      1_000_000,
    );
    expect(count((row) => (row.kind === 'seal' ? 1 : row.kind === 'hidden' ? row.seals : 0))).toBe(
      10_001,
    );
    expect(
      count((row) =>
        row.kind === 'hidden' ? row.changed : row.kind === 'line' && row.mark === 'changed' ? 1 : 0,
      ),
    ).toBe(40);
    expect(short(rows)).toEqual(
      expect.arrayContaining([
        '2.7 sealed line 400006',
        '2.100001 changed line 500000',
        'seal 10000 note',
      ]),
    );
  });
});
