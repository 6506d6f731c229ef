import { sealedLogVectors, type SealedLogCase } from '@evolock/test-vectors';
import { describe, expect, test } from 'vitest';
import { check, type Checkable } from '../../src/check/check.js';
import { given, givenFiles, type GivenFile } from '../../src/check/input.js';
import type { Report } from '../../src/check/report.js';

const { cases, logs, proofs } = sealedLogVectors();
const settings = {
  ...({ network: 'mainnet', slotsPerKesPeriod: '', maxKesEvolutions: '', epochNonce: '' } as const),
  ...{ verifierKey: '', entry: '' },
};
// After the last seal of every log.
const now = new Date('2027-01-01T00:00:00Z');
const turn = () => Promise.resolve();

async function reportOn(input: Checkable, fields: Partial<typeof settings>): Promise<Report> {
  for await (const step of check(input, { ...settings, ...fields }, now, turn)) {
    if (step.kind === 'report') return step.report;
    throw new Error(step.kind === 'problem' ? step.sentence : step.kind);
  }
  throw new Error('no step');
}

/** Whether the page can ask what a case asks: nothing beside the files and the verifier key. */
function isPlain({ input }: SealedLogCase): boolean {
  const { checkpoints, now: at, maxAge, mustEnd, firstEntry } = input;
  return [checkpoints, at, maxAge, mustEnd, firstEntry].every((each) => each === undefined);
}

const tones = { valid: 'good', incomplete: 'note', invalid: 'bad' } as const;

describe('a sealed log', () => {
  test.each(cases.filter(isPlain).map((each) => [each.name, each] as const))(
    'has the verdict of the vector: %s',
    async (_name, { input, expected }) => {
      const { verifierKey, files, seals, hashes } = input;
      const report = await reportOn({ kind: 'log', files, seals, hashes }, { verifierKey });
      expect(report.tone).toBe(tones[expected.result]);
      const facts = report.groups.flatMap((group) => group.facts);
      const proved = facts.find(({ name }) => name === 'Proved entries')?.value;
      expect(proved).toBe(expected.sealedEntries.toLocaleString('en'));
      const changed = report.checks.find(({ name }) => name === 'Changed')?.sentence ?? '';
      for (const [from] of (expected.changed ?? []).slice(0, 20))
        expect(changed).toMatch(new RegExp(`\\b${from.toLocaleString('en')}\\b`));
    },
  );

  const log = logs.find(({ name }) => name === 'one-key')!;
  const file = (name: string, bytes: Uint8Array): GivenFile => ({ name, bytes });
  const all = [
    file('audit.log.hashes', log.hashes),
    file('audit.log.seals', log.seals),
    file('audit.log', log.entries),
  ];

  test('is recognised among the files, older files first', async () => {
    const { entries, seals, hashes } = log;
    expect(await givenFiles(all)).toEqual({ kind: 'log', files: [entries], seals, hashes });
    const [one, two, three] = ['1', '2', '3'].map((line) =>
      new TextEncoder().encode(`${line}\n\n`),
    );
    const rotated = [
      ...[file('a.log', three!), file('a.log.2', one!), file('a.log.1', two!)],
      file('a.log.seals', seals),
    ];
    expect(await givenFiles(rotated)).toMatchObject({ files: [one, two, three] });
    expect(await given(seals)).toMatchObject({ sentence: expect.stringContaining('together') });
    expect(await given(log.verifierKey)).toEqual({ kind: 'verifier-key', line: log.verifierKey });
  });

  test('may speak of signing keys, and contains none', async () => {
    const entries = new TextEncoder().encode('the signing key was replaced\nby root\n');
    const key = new TextEncoder().encode(`590260${'9a'.repeat(608)}`);
    const seals = file('a.log.seals', log.seals);
    expect(await givenFiles([seals, file('a.log', entries)])).toMatchObject({ kind: 'log' });
    expect(await givenFiles([seals, file('a.log', key)])).toEqual({ kind: 'secret' });
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
    if (valid) expect(await given(proof)).toEqual({ kind: 'proof', proof });
  },
);
