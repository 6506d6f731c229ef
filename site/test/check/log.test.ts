import { gzipSync } from 'node:zlib';
import { sealedLogVectors, type SealedLogCase } from '@evolock/test-vectors';
import { describe, expect, test } from 'vitest';
import type { Checkable } from '../../src/check/check.js';
import { given, givenFiles } from '../../src/check/input/input.js';
import { rolesInWords, type GivenFile, type SealedLog } from '../../src/check/input/log-files.js';
import { textOf } from '../../src/check/reports/report.js';
import type { Settings } from '../../src/check/settings.js';
import * as judged from '../support/judged.js';
import { encoded } from '../support/judged.js';

const { cases, logs, proofs } = sealedLogVectors();
// After the last seal of every log.
const later = new Date('2027-01-01T00:00:00Z');
const reportOn = (input: Checkable, fields: Partial<Settings>, now = later) =>
  judged.reportOn(input, fields, now);

/** Whether the page can ask what a case asks. */
function isAsked({ input }: SealedLogCase): boolean {
  const { mustEnd, mustGoOn, firstEntry, retention, now, maxAge } = input;
  // The page finds the first entry itself, and takes days.
  const asked = [mustEnd, mustGoOn, firstEntry, retention];
  // The page always knows the time.
  return asked.every((each) => each === undefined) && (now !== undefined || maxAge === undefined);
}

/** The fields that ask what a case asks. */
function fieldsOf({ input }: SealedLogCase): Partial<Settings> {
  const { verifierKey, maxAge = '', erased = [], revokedFrom = '' } = input;
  return {
    verifierKey,
    maxAge: String(maxAge),
    erased: erased.map(([from, to]) => `${from}-${to}`).join(),
    revokedFrom: String(revokedFrom),
  };
}

const tones = { valid: 'good', incomplete: 'note', invalid: 'bad' } as const;

describe('a sealed log', () => {
  test.each(cases.filter(isAsked).map((each) => [each.name, each] as const))(
    'has the verdict of the vector: %s',
    async (_name, each) => {
      const { input, expected } = each;
      const { verifierKey, files, seals, hashes, checkpoints, now, erased = [] } = input;
      // A space around a key that was copied is no part of it.
      const judged = reportOn(
        { kind: 'log', files, seals, hashes, checkpoints },
        fieldsOf(each),
        now ?? later,
      );
      if (/\s$/.test(verifierKey)) {
        await judged;
        return;
      }
      // It says nothing about the log.
      if (expected.failure === 'key') {
        await expect(judged).rejects.toThrow('not a verifier key');
        return;
      }
      const report = await judged;
      // A file that was not given is no change.
      const isMissing = report.title.startsWith('Files are missing');
      const isBeyond = report.title.includes('more erasures are accepted');
      if (isBeyond) expect(erased.some(([, to]) => to > expected.sealedEntries)).toBe(true);
      expect(report.tone).toBe(isMissing || isBeyond ? 'note' : tones[expected.result]);
      const facts = report.groups.flatMap((group) => group.facts);
      const proved = facts.find(({ name }) => name === 'Proved entries')?.value;
      expect(proved).toBe(expected.sealedEntries.toLocaleString('en'));
      const changes = report.checks.filter(({ name }) => name === 'Changed');
      const areMoved = report.checks.some(({ name }) =>
        /^(?:Inserted|Missing|Not known|Not matched|Removed)$/.test(name),
      );
      const words = changes.map(({ sentence }) => sentence).join('\n');
      for (const [from] of areMoved ? [] : (expected.changed ?? []).slice(0, 20))
        expect(words).toMatch(new RegExp(`\\b${from.toLocaleString('en')}\\b`));
      // What is not proved is named.
      const isUnproved = report.sentences.some((each) => each.startsWith('Nothing proves the end'));
      expect(isUnproved).toBe(expected.reasons?.includes('end-unproved') ?? false);
      if (expected.failure !== undefined)
        expect(report.notJudged[0]).toMatch(/^(?:the entries|what comes after|which of the two)/);
    },
  );

  const log = logs.find(({ name }) => name === 'one-key')!;
  const file = (name: string, bytes: Uint8Array): GivenFile => ({ name, bytes });
  const all = [
    file('audit.log.hashes', log.hashes),
    file('audit.log.seals', log.seals),
    file('audit.log', log.entries),
  ];

  test('is recognised among the files, with checkpoints, older files first', async () => {
    const { entries, seals, hashes, notes } = log;
    const whole = { kind: 'log', files: [entries], seals, hashes, checkpoints: [] };
    expect(await givenFiles(all)).toEqual(whole);
    const [note = ''] = notes;
    const kept = [file('last.chain', encoded('')), file('last', encoded(note))];
    expect(await givenFiles([...kept, ...all])).toEqual({
      ...whole,
      checkpoints: [{ note, chain: '' }],
    });
    const [one, two, three] = ['1', '2', '3'].map((line) => encoded(`${line}\n\n`));
    const rotated = [
      ...[file('a.log', three!), file('a.log.2', one!), file('a.log.1', two!)],
      ...[file('a.log.seals', seals), ...kept],
    ];
    expect(await givenFiles(rotated)).toMatchObject({ files: [one, two, three] });
    expect(await given(log.verifierKey)).toEqual({ kind: 'verifier-key', line: log.verifierKey });
  });

  test('says that the chain of a checkpoint is missing, and does not call the checkpoint foreign', async () => {
    const { entries, seals, notes, verifierKey } = logs.find(({ name }) => name === 'succession')!;
    const lines = Buffer.from(seals)
      .toString()
      .split(/(?<=\n)/);
    const chain = lines.filter((line) => line.split(' ').length === 7).join('');
    const cut = [file('a.log', entries), file('a.log.seals', encoded(lines[0]!))];
    const kept = file('kept', encoded(notes.at(-1)!));
    const reportOf = async (files: GivenFile[]) =>
      textOf(await reportOn((await givenFiles(files)) as Checkable, { verifierKey }));
    const without = await reportOf([...cut, kept]);
    expect(without).toContain('the file .chain of a checkpoint is missing');
    expect(without).not.toContain('no key of the log signed');
    const beside = await reportOf([...cut, kept, file('kept.chain', encoded(chain))]);
    expect(beside).not.toContain('the file .chain of a checkpoint is missing');
    expect(beside).toContain('A checkpoint has a later seal');
  });

  test('whose parts are given alone or twice gets a sentence', async () => {
    const { seals, hashes, notes } = log;
    const saying = (words: string) => ({ sentence: expect.stringContaining(words) });
    expect(await given(seals)).toMatchObject({ kind: 'part', ...saying('together') });
    expect(await given(notes[0]!)).toMatchObject({ kind: 'part' });
    for (const name of ['x.hashes', 'x.chain', 'x.seals'])
      expect(await givenFiles([file(name, hashes)])).toMatchObject({ kind: 'part' });
    const other = file('b.log.seals', seals);
    expect(await givenFiles([...all, other])).toMatchObject(saying('several logs'));
  });

  test('is judged without a verifier key that is beside it, and says so', async () => {
    const { verifierKey } = log;
    const key = file('key.txt', encoded(`${verifierKey}\n`));
    const input = (await givenFiles([...all, key])) as Checkable;
    expect(input).toMatchObject({ kind: 'log', files: [log.entries] });
    const words = 'The verifier key in key.txt was not used';
    await expect(reportOn(input, {})).rejects.toThrow(
      new RegExp(`^${words}.* Paste the verifier key`),
    );
    const { tone, sentences } = await reportOn(input, { verifierKey });
    expect([tone, sentences.join()]).toEqual(['note', expect.stringContaining(words)]);
  });

  test('is told from a signing key that is named like a part of it, and may speak of signing keys', async () => {
    const key = JSON.stringify({ type: 'KesSigningKey', cborHex: `5820${'9a'.repeat(32)}` });
    const digits = `590260${'9a'.repeat(608)}`;
    for (const part of ['seals', 'hashes', 'chain'])
      for (const text of [key, key.padEnd(128), digits])
        expect(await givenFiles([file(`a.${part}`, encoded(text))])).toEqual({ kind: 'secret' });
    const beside = (text: string) =>
      givenFiles([file('a.log.seals', log.seals), file('a.log', encoded(text))]);
    expect(await beside('the signing key was replaced\nby root\n')).toMatchObject({ kind: 'log' });
    expect(await beside(digits)).toEqual({ kind: 'secret' });
  });

  test('of another key is said to be another log, or one that was renewed', async () => {
    const input = (await givenFiles(all)) as Checkable;
    const { verifierKey } = logs.find((other) => other.verifierKey !== log.verifierKey)!;
    const { title } = await reportOn(input, { verifierKey });
    expect(title).toMatch(/did not sign seal 0: .*renewed.*another log/);
  });

  test('is never called changed because of a file that is not named like it', async () => {
    const strays = [
      file('aaa.png', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a)),
      ...[
        'pic.png',
        'audit.log.bak',
        'audit.log.old-1',
        'audit (1).log',
        'notes.txt',
        'b.log.1',
      ].map((name) => file(name, encoded('of another\nfile\n'))),
    ];
    for (const stray of strays) {
      const given = [stray, ...all];
      const fields = { verifierKey: log.verifierKey, maxAge: '100000000' };
      const input = (await givenFiles(given)) as Checkable;
      const { tone, title, sentences } = await reportOn(input, fields);
      expect([stray.name, tone, title]).toEqual([
        ...[stray.name, 'good', 'Valid: every sealed entry stands'],
      ]);
      expect(sentences.join()).toContain(stray.name);
      expect(rolesInWords(given)).toEqual(['not used', 'hashes', 'seals', 'log']);
      // Alone with the seals it is not taken for the log either.
      const without = await givenFiles(given.filter(({ name }) => name !== 'audit.log'));
      expect(without).toMatchObject({
        kind: 'part',
        sentence: expect.stringMatching(/^Drop the log/),
      });
    }
    const older = await givenFiles([...all, file('audit.log.1', encoded('rotated\nbefore\n'))]);
    const fields = { verifierKey: log.verifierKey, maxAge: '100000000' };
    const report = await reportOn(older as Checkable, fields);
    expect(report.tone).toBe('good');
    expect(textOf(report)).toMatch(/1 file that is older .*: nothing is known of part 1/);
    const other = file('audit.log.1.bz2', encoded('BZh'));
    expect(await givenFiles([...all, other])).toMatchObject({
      kind: 'part',
      sentence: expect.stringContaining('is compressed'),
    });
    const [, seals, entries] = all;
    const unnamed = file('seals', seals!.bytes);
    expect(await givenFiles([unnamed, entries!])).toMatchObject({
      kind: 'log',
      files: [log.entries],
    });
    expect(await givenFiles([unnamed, entries!, strays[0]!])).toMatchObject({ kind: 'part' });
  });

  test('has older parts that gzip compressed, which are read once and looked at for keys', async () => {
    const lines = Buffer.from(log.entries)
      .toString('latin1')
      .split(/(?<=\n)/);
    const parts = [lines.slice(0, 2), lines.slice(2, 5), lines.slice(5)].map((part) =>
      Buffer.from(part.join(''), 'latin1'),
    );
    const [oldest, older, live] = parts as [Buffer, Buffer, Buffer];
    const files = [
      file('a.log', live),
      file('a.log.1.gz', gzipSync(older)),
      file('a.log.2.gz', gzipSync(oldest)),
      file('a.log.seals', log.seals),
    ];
    const found = await givenFiles(files);
    const { files: read } = found as SealedLog;
    expect(read.map((part) => Buffer.from(part))).toEqual(parts);
    expect(rolesInWords(files).slice(0, 3)).toEqual([
      ...['log, part 3 of 3', 'log, part 2 of 3', 'log, part 1 of 3'],
    ]);
    const fields = { verifierKey: log.verifierKey, maxAge: '100000000' };
    expect((await reportOn(found as Checkable, fields)).tone).toBe('good');
    const both = [...files, file('a.log.1', older)];
    expect(await givenFiles(both)).toMatchObject({ files: { length: 3 } });
    expect(rolesInWords(both)[1]).toBe('not used');
    const key = file('a.log.3.gz', gzipSync(`590260${'9a'.repeat(608)}`));
    expect(await givenFiles([...files, key])).toEqual({ kind: 'secret' });
    const cut = file('a.log.3.gz', gzipSync(oldest).subarray(0, 20));
    expect(await givenFiles([...files, cut])).toMatchObject({
      kind: 'unreadable',
      sentence: expect.stringMatching(/^a\.log\.3\.gz: .*damaged or cut off/),
    });
  });

  test.each([
    ['audit.log.2', 'audit.log.1'],
    ['audit.log-20260101', 'audit.log-20260102'],
    ['audit-2026-01-01.log', 'audit-2026-01-02.log'],
  ])('has older parts under names with numbers and dates: %s, %s', async (...older) => {
    const names = [...older, 'audit.log'];
    const given = [...names.map((name) => file(name, log.entries)), all[1]!].reverse();
    expect(rolesInWords(given).reverse()).toEqual([
      ...['log, part 1 of 3', 'log, part 2 of 3', 'log, part 3 of 3', 'seals'],
    ]);
    expect(await givenFiles(given)).toMatchObject({ files: { length: 3 }, notUsed: undefined });
  });

  test('without its front is complete when that is accepted, or has expired by its seals', async () => {
    const { hashes, seals, verifierKey } = log;
    const lines = Buffer.from(log.entries).toString('latin1').split('\n');
    const reportWith = (fields: Partial<Settings>) => {
      const files = [Buffer.from(lines.slice(3).join('\n'), 'latin1')];
      return reportOn({ kind: 'log', files, hashes, seals }, { verifierKey, ...fields });
    };
    const maxAge = '100000000';
    expect((await reportWith({ maxAge, erased: '0-3' })).tone).toBe('good');
    expect((await reportWith({ maxAge, erased: '0-2, 2' })).tone).toBe('good');
    expect((await reportWith({ maxAge, retention: '1' })).tone).toBe('good');
    const pruned = await reportWith({ maxAge, retention: '400' });
    expect(pruned.sentences[0]).toMatch(/^3 entries are gone from the front, younger than/);
    const revoked = await reportWith({ retention: '1', revokedFrom: '5' });
    expect(textOf(revoked)).toMatch(/Seals from 5 on prove nothing, since their key was stolen/);
    const beyond = await reportWith({ maxAge, erased: '0-3,1000' });
    expect(beyond).toMatchObject({ tone: 'note', json: { result: 'incomplete' } });
    for (const erased of ['3-3', '4-2', 'x', '1,,2', '-1'])
      await expect(reportWith({ erased })).rejects.toThrow('Erased entries are numbers and ranges');
    await expect(reportWith({ retention: '0' })).rejects.toThrow('a whole number from 1 on');
  });

  test('with a blank line says what that can be', async () => {
    const { title, sentences } = await withLine('    ');
    expect(title).toBe('NOT as it was sealed: line 2 of the log (entry 1) was changed');
    expect(sentences.join()).toMatch(/lawful erasure or a theft.*anybody could have written it/);
  });

  test('whose first file was not given lacks a file, and is not called changed', async () => {
    const { hashes, seals, verifierKey } = log;
    const lines = Buffer.from(log.entries).toString('latin1').split('\n');
    const reportOnLines = (some: readonly (string | undefined)[]) => {
      const files = [Buffer.from(some.join('\n'), 'latin1')];
      return reportOn({ kind: 'log', files, hashes, seals }, { verifierKey });
    };
    const report = await reportOnLines(lines.slice(3));
    expect(report).toMatchObject({
      tone: 'note',
      title: 'Files are missing: 3 entries from entry 0 on',
      wantsFiles: true,
      json: { kind: 'log', result: 'invalid', reasons: [{ code: 'entries' }] },
    });
    expect(textOf(report)).not.toMatch(/changed/i);
    const other = await reportOnLines(['of another file', '']);
    expect(other).toMatchObject({ tone: 'note', wantsFiles: true });
    expect(other.title).toMatch(/files are missing, or it is another file, or was changed/);
    // Without the hashes nothing tells which it is.
    const unhashed = { kind: 'log', files: [Buffer.from('another\n', 'latin1')], seals } as const;
    const unknown = await reportOn(unhashed, { verifierKey });
    expect(unknown).toMatchObject({ wantsFiles: true });
    expect(unknown.sentences.join(' ')).toMatch(/lines were removed or changed\./);
    const { title } = await reportOnLines([lines[0], ...lines.slice(2)]);
    expect(title).toBe('NOT as it was sealed: entry 1, before line 2 of the log, was removed');
  });

  const withLine = async (line: string, parts = 1) => {
    const [first = '', , ...rest] = Buffer.from(log.entries).toString('latin1').split('\n');
    const lines = [first, Buffer.from(line).toString('latin1'), ...rest];
    const contents = parts === 1 ? [lines] : [lines.slice(0, 1), lines.slice(1)];
    const files = contents.map((each) => Buffer.from(each.join('\n'), 'latin1'));
    const { hashes, seals, verifierKey } = log;
    return reportOn({ kind: 'log', files, hashes, seals }, { verifierKey });
  };

  test('shows the first line that was changed, shortened and without control characters', async () => {
    const { title, sentences, checks } = await withLine('ann pays <b>\u001B[31meve\u202E');
    expect(title).toBe('NOT as it was sealed: line 2 of the log (entry 1) was changed');
    expect(sentences[0]).toBe('Line 2 is now: “ann pays <b>\\u{1b}[31meve\\u{202e}”.');
    expect(checks.map(({ name }) => name).slice(0, 3)).toEqual(['Stands', 'Changed', 'Not proved']);
    expect((await withLine('a word '.repeat(1_000))).sentences[0]!.length).toBeLessThan(200);
    expect((await withLine('eve', 2)).title).toContain('line 1 of part 2 (entry 1) was changed');
    const several = await withLine('eve\ncarol');
    expect(several.title).toMatch(
      /^NOT as it was sealed: 1 entry was changed, 1 entry was inserted$/,
    );
    expect(several.sentences[0]).toBe('Line 2 is now: “eve”.');
  });

  test('shows no changed line that may contain a key', async () => {
    const words = ['5a'.repeat(608), '5a'.repeat(32), Buffer.alloc(64, 7).toString('base64')];
    for (const line of words.flatMap((word) => [word, `ann has ${'5a'.repeat(64)} ${word}`])) {
      const report = await withLine(line);
      expect(report.title).toContain('line 2 of the log (entry 1) was changed');
      expect(textOf(report)).not.toContain(line.slice(-40));
    }
  });

  test('of which a seal fails says what that seal covers, also when no entry stands', async () => {
    for (const each of cases.filter(isAsked)) {
      const { name, input, expected } = each;
      if (expected.failure !== 'entries') continue;
      const { files, seals, hashes } = input;
      const report = await reportOn({ kind: 'log', files, seals, hashes }, fieldsOf(each));
      const { sealedEntries: from, at = 0 } = expected;
      const line = new RegExp(`^${at} .*`, 'm').exec(new TextDecoder().decode(seals))![0];
      const size = Number(line.split(' ')[3]);
      const isOne = size === from + 1;
      const entries = isOne ? `entry ${from}` : `entries ${from} to ${size - 1}`;
      const lines = isOne ? `line ${from + 1}` : `lines ${from + 1} to ${size}`;
      const named = `${entries}, counted from 0`;
      const which = files.length === 1 ? `${lines} (${named})` : named;
      const sentence = report.checks.find((one) => one.name === 'Not proved')?.sentence;
      const words = `Seal ${at} adds these as a whole, and does not fit: ${which}.`;
      expect([name, sentence]).toEqual([name, size > from ? words : undefined]);
      const stand = report.notJudged[0]!.includes('entries that stand');
      expect([name, stand]).toEqual([name, from > 0]);
    }
  });
});

const text = new TextDecoder('utf-8', { fatal: true });

/** The entry as text, which a visitor can paste; `undefined` for other bytes. */
function entryOf(bytes: Uint8Array): string | undefined {
  try {
    return text.decode(bytes);
  } catch {
    return undefined;
  }
}

test.each(proofs.map((each) => [each.of, each] as const))(
  'a proof has the verdict of the vector: %s',
  async (_of, { verifierKey, proof, valid, ...rest }) => {
    const revokedFrom = String(rest.revokedFrom ?? '');
    const entry = entryOf(rest.entry);
    if (entry === undefined) return;
    if (entry !== '')
      await expect(reportOn({ kind: 'proof', proof }, { verifierKey })).rejects.toThrow(
        'Paste the entry',
      );
    const fields = { verifierKey, entry, revokedFrom };
    const { tone } = await reportOn({ kind: 'proof', proof }, fields);
    expect(tone).toBe(valid ? 'good' : 'bad');
    if (!valid) return;
    const mistyped = reportOn({ kind: 'proof', proof }, { verifierKey: `${verifierKey}A`, entry });
    await expect(mistyped).rejects.toThrow('not a verifier key');
    expect(await given(proof)).toEqual({ kind: 'proof', proof });
    const files = [
      { name: 'entry', bytes: encoded(`${entry}\n`) },
      { name: 'proof', bytes: encoded(proof) },
    ];
    const both = await givenFiles(files);
    expect(both).toEqual({ kind: 'proof', proof, entry: encoded(entry) });
    expect((await reportOn(both as Checkable, { verifierKey })).tone).toBe('good');
  },
);
