import { sealedLogVectors, type SealedLogCase } from '@evolock/test-vectors';
import { describe, expect, test } from 'vitest';
import { check, type Checkable } from '../../src/check/check.js';
import { given, givenFiles, type GivenFile } from '../../src/check/input.js';
import { textOf, type Report } from '../../src/check/report.js';
import { defaults, type Settings } from '../../src/check/settings.js';

const { cases, logs, proofs } = sealedLogVectors();
// After the last seal of every log.
const later = new Date('2027-01-01T00:00:00Z');
const turn = () => Promise.resolve();

async function reportOn(input: Checkable, fields: Partial<Settings>, now = later): Promise<Report> {
  for await (const step of check(input, { ...defaults, ...fields }, now, turn)) {
    if (step.kind === 'report') return step.report;
    throw new Error(step.kind === 'problem' ? step.sentence : step.kind);
  }
  throw new Error('no step');
}

/** Whether the page can ask what a case asks. */
function isAsked({ input: { mustEnd, firstEntry } }: SealedLogCase): boolean {
  return mustEnd === undefined && firstEntry === undefined;
}

const tones = { valid: 'good', incomplete: 'note', invalid: 'bad' } as const;

describe('a sealed log', () => {
  test.each(cases.filter(isAsked).map((each) => [each.name, each] as const))(
    'has the verdict of the vector: %s',
    async (_name, { input, expected }) => {
      const { verifierKey, files, seals, hashes, checkpoints, now, maxAge } = input;
      // A space around a key that was copied is no part of it.
      const fields = { verifierKey, maxAge: maxAge === undefined ? '' : String(maxAge) };
      const at = now === undefined ? later : new Date(1_000 * now);
      const judged = reportOn({ kind: 'log', files, seals, hashes, checkpoints }, fields, at);
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
      expect(report.tone).toBe(tones[expected.result]);
      const facts = report.groups.flatMap((group) => group.facts);
      const proved = facts.find(({ name }) => name === 'Proved entries')?.value;
      expect(proved).toBe(expected.sealedEntries.toLocaleString('en'));
      const sentenceOn = (what: string) =>
        report.checks.find(({ name }) => name === what)?.sentence ?? '';
      for (const [from] of (expected.changed ?? []).slice(0, 20))
        expect(sentenceOn('Changed')).toMatch(new RegExp(`\\b${from.toLocaleString('en')}\\b`));
      // What is not proved is named.
      const isUnproved = sentenceOn('End').includes('Nothing proves where the log ends');
      expect(isUnproved).toBe(expected.endUnproved ?? false);
      if (expected.failure !== undefined)
        expect(report.notChecked[0]).toMatch(/^(?:the entries|what comes after|which of the two)/);
    },
  );

  test('whose key came with a link says so in its first sentences', async () => {
    const { verifierKey, files, seals } = cases.find(({ name }) => name === 'ended')!.input;
    const words = async (isKeyOfLink: boolean) =>
      textOf(await reportOn({ kind: 'log', files, seals }, { verifierKey, isKeyOfLink }));
    expect(await words(true)).toMatch(
      /^Valid: every sealed entry stands\nThe verifier key came with/,
    );
    expect(await words(false)).not.toContain('came with the link');
  });

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
    const kept = [
      file('last.chain', new TextEncoder().encode('')),
      file('last', new TextEncoder().encode(note)),
    ];
    expect(await givenFiles([...kept, ...all])).toEqual({
      ...whole,
      checkpoints: [{ note, chain: '' }],
    });
    const [one, two, three] = ['1', '2', '3'].map((line) =>
      new TextEncoder().encode(`${line}\n\n`),
    );
    const rotated = [
      ...[file('a.log', three!), file('a.log.2', one!), file('a.log.1', two!)],
      ...[file('a.log.seals', seals), ...kept],
    ];
    expect(await givenFiles(rotated)).toMatchObject({ files: [one, two, three] });
    expect(await given(log.verifierKey)).toEqual({ kind: 'verifier-key', line: log.verifierKey });
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
    const key = file('key.txt', new TextEncoder().encode(`${verifierKey}\n`));
    const input = (await givenFiles([...all, key])) as Checkable;
    expect(input).toMatchObject({ kind: 'log', files: [log.entries] });
    const words = 'The verifier key in key.txt was not used';
    await expect(reportOn(input, {})).rejects.toThrow(
      new RegExp(`^${words}.* Paste the verifier key`),
    );
    const { tone, sentences } = await reportOn(input, { verifierKey });
    expect([tone, sentences]).toEqual(['good', [expect.stringContaining(words)]]);
  });

  test('is told from a signing key that is named like a part of it', async () => {
    const key = JSON.stringify({ type: 'KesSigningKey', cborHex: `5820${'9a'.repeat(32)}` });
    for (const part of ['seals', 'hashes', 'chain'])
      for (const text of [key, key.padEnd(128), `590260${'9a'.repeat(608)}`])
        expect(await givenFiles([file(`a.${part}`, new TextEncoder().encode(text))])).toEqual({
          kind: 'secret',
        });
  });

  test('may speak of signing keys, and contains none', async () => {
    const entries = new TextEncoder().encode('the signing key was replaced\nby root\n');
    const key = new TextEncoder().encode(`590260${'9a'.repeat(608)}`);
    const seals = file('a.log.seals', log.seals);
    expect(await givenFiles([seals, file('a.log', entries)])).toMatchObject({ kind: 'log' });
    expect(await givenFiles([seals, file('a.log', key)])).toEqual({ kind: 'secret' });
  });

  test('of another key is said to be another log, or one that was renewed', async () => {
    const input = (await givenFiles(all)) as Checkable;
    const { verifierKey } = logs.find((other) => other.verifierKey !== log.verifierKey)!;
    const { sentences } = await reportOn(input, { verifierKey });
    expect(sentences.join()).toMatch(/did not sign seal 0: .*another log.*renewed/);
  });

  test('counts its entries from 0, and says so', async () => {
    const entries = Uint8Array.from(log.entries);
    entries[entries.indexOf(0x0a) + 1]! ^= 1;
    const [hashes, seals] = all;
    const input = await givenFiles([hashes!, seals!, file('audit.log', entries)]);
    const { checks } = await reportOn(input as Checkable, { verifierKey: log.verifierKey });
    expect(checks.find(({ name }) => name === 'Changed')?.sentence).toContain(
      'entry 1, counted from 0',
    );
  });

  test('of which a seal fails says what that seal covers, also when no entry stands', async () => {
    for (const { name, input, expected } of cases.filter(isAsked)) {
      if (expected.failure !== 'entries') continue;
      const { verifierKey, files, seals, hashes } = input;
      const report = await reportOn({ kind: 'log', files, seals, hashes }, { verifierKey });
      const { sealedEntries: from, at = 0 } = expected;
      const line = new RegExp(`^${at} .*`, 'm').exec(new TextDecoder().decode(seals))![0];
      const size = Number(line.split(' ')[3]);
      const which = size === from + 1 ? `entry ${from}` : `entries ${from} to ${size - 1}`;
      const sentence = report.checks.find((each) => each.name === 'Not proved')?.sentence;
      const words = `Seal ${at} adds these as a whole, and does not fit: ${which}, counted from 0.`;
      expect([name, sentence]).toEqual([name, size > from ? words : undefined]);
      const stand = report.notChecked[0]!.includes('entries that stand');
      expect([name, stand]).toEqual([name, from > 0]);
    }
  });

  test('needs its verifier key', async () => {
    const input = (await givenFiles(all)) as Checkable;
    await expect(reportOn(input, {})).rejects.toThrow('Paste the verifier key');
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
    const entry = entryOf(rest.entry);
    if (entry === undefined) return;
    const { tone } = await reportOn({ kind: 'proof', proof }, { verifierKey, entry });
    expect(tone).toBe(valid ? 'good' : 'bad');
    if (!valid) return;
    const mistyped = reportOn({ kind: 'proof', proof }, { verifierKey: `${verifierKey}A`, entry });
    await expect(mistyped).rejects.toThrow('not a verifier key');
    expect(await given(proof)).toEqual({ kind: 'proof', proof });
    const files = [
      { name: 'entry', bytes: new TextEncoder().encode(`${entry}\n`) },
      { name: 'proof', bytes: new TextEncoder().encode(proof) },
    ];
    const both = await givenFiles(files);
    expect(both).toEqual({ kind: 'proof', proof, entry: new TextEncoder().encode(entry) });
    expect((await reportOn(both as Checkable, { verifierKey })).tone).toBe('good');
  },
);
