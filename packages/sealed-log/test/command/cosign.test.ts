// `sealed-log cosign`, from a new log to what verify and check-proof say of it.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readNamedKey } from '../../src/format/key.js';
import { expect, test } from 'vitest';
import { newPlace } from '../support/engines.js';
import { NotesKey, witnessOf } from '../support/witnesses.js';
import { WitnessServer } from '../support/witness-server.js';
import { sealedLog } from './sealed-log.js';

const now = new Date();
const run = (...args: readonly string[]) => sealedLog(args, { now });

/** A sealed log of three entries, a witness that knows it, and the arguments of a run. */
async function begun() {
  const { folder: beside, log } = newPlace();
  const folder = join(beside, 'safe');
  mkdirSync(folder);
  const keyFile = join(folder, 'log.key');
  const [noteKey, policy, out] = ['note.key', 'witnesses', 'cosigned'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  writeFileSync(log, 'one\ntwo\nthree\n');
  const begin = ['init', log, '--origin', 'example.com/cosigned', '--key-file', keyFile];
  const { code, stdout, stderr } = await run(
    ...begin,
    '--note-key',
    noteKey,
    '--depth',
    '4',
    '--json',
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const keys = JSON.parse(stdout) as { verifierKey: string; noteVerifierKey: string };
  const known = Object.assign(new NotesKey('example.com/cosigned', 1, 1), {
    named: readNamedKey(keys.noteVerifierKey),
  });
  const witness = await new WitnessServer(witnessOf(1), known).listen();
  witness.time = Math.floor(now.getTime() / 1000) - 1;
  const lines = [
    `log ${keys.noteVerifierKey}`,
    `witness w1 ${witness.key.verifierKey} ${witness.url}`,
  ];
  writeFileSync(policy, `${lines.join('\n')}\nquorum w1\n`);
  const cosign = ['cosign', log, '--key-file', keyFile, '--note-key', noteKey, '--policy', policy];
  return {
    folder,
    log,
    keyFile,
    noteKey,
    policy,
    out,
    ...keys,
    known,
    witness,
    cosign: [...cosign, '--out', out],
  };
}

test('a log is cosigned, and verify and check-proof say when', async () => {
  const { folder, log, out, policy, verifierKey, witness, cosign } = await begun();
  await using _ = witness;
  const first = await run(...cosign);
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout.replaceAll(/\s+/g, ' ')).toMatch(/3 entries are anchored before .* by w1/);
  expect(readFileSync(`${out}.chain`, 'utf8')).toBe('');
  const judged = ['--checkpoint', out, '--policy', policy, '--key', verifierKey];
  const verdict = await run('verify', log, ...judged, '--json');
  expect({ code: verdict.code, ...(JSON.parse(verdict.stdout) as object) }).toMatchObject({
    code: 0,
    witnessed: { size: 3, names: ['w1'], time: witness.time },
  });

  const { stdout: proof } = await run('prove', log, '1', '--key', verifierKey, '--checkpoint', out);
  const [proofFile, entry] = [join(folder, 'proof'), join(folder, 'entry')];
  writeFileSync(proofFile, proof);
  writeFileSync(entry, 'two\n');
  const check = await run(
    'check-proof',
    proofFile,
    '--key',
    verifierKey,
    '--entry',
    entry,
    '--policy',
    policy,
  );
  expect(check.code).toBe(0);
  expect(check.stdout).toMatch(/anchored before .* by w1/);

  // A witness that is down changes nothing.
  const before = readFileSync(out, 'utf8');
  witness.misbehave = (response) => response.writeHead(503).end();
  const other = await run(...cosign);
  expect(other.code).toBe(0);
  expect(other.stdout.replaceAll(/\s+/g, ' ')).toContain('! w1: it answered 503');
  expect(readFileSync(out, 'utf8')).toBe(before);
});

test('too few cosignatures are 4, another history is 1 with its evidence, and neither writes', async () => {
  const { out, witness, cosign } = await begun();
  await using _ = witness;
  witness.misbehave = (response) => response.writeHead(404).end();
  expect(await run(...cosign)).toMatchObject({ code: 4 });
  witness.misbehave = undefined;
  witness.size = 7;
  const { code, stdout } = await run(...cosign, '--json');
  const { witnesses, isMet } = JSON.parse(stdout) as {
    readonly isMet: boolean;
    readonly witnesses: readonly [{ readonly outcome: string; readonly evidence: string }];
  };
  expect({ code, isMet, outcome: witnesses[0].outcome }).toEqual({
    code: 1,
    isMet: false,
    outcome: 'another-history',
  });
  expect(existsSync(witnesses[0].evidence)).toBe(true);
  expect(existsSync(out)).toBe(false);
});

test('the first run makes the key of notes and shows it, and then the witnesses know it', async () => {
  const { out, policy, noteKey, noteVerifierKey, known, witness, cosign } = await begun();
  await using _ = witness;
  const text = readFileSync(policy, 'utf8');
  writeFileSync(policy, text.replace(`log ${noteVerifierKey}\n`, ''));
  const again = cosign.map((each) => (each === noteKey ? `${noteKey}.new` : each));
  const first = await run(...again);
  expect(first).toMatchObject({ code: 4, stderr: '' });
  const [key = ''] = /example.com\/cosigned\+\S+/.exec(first.stdout) ?? [];
  expect(key).not.toBe(noteVerifierKey);
  Object.assign(known, { named: readNamedKey(key) });
  const second = await run(...again);
  expect(second).toMatchObject({ code: 0, stderr: '' });
  expect(second.stdout).not.toContain(key);
  expect(existsSync(out)).toBe(true);
});

test('what cannot be asked is refused before anything is', async () => {
  const { log, keyFile, policy, noteKey, noteVerifierKey, witness, cosign } = await begun();
  await using _ = witness;
  const rotated = `${log}-20260101`;
  writeFileSync(rotated, 'an entry\n');
  // The option is given once.
  const withOut = (path: string) => [...cosign.slice(0, -1), path];
  for (const path of [log, `${log}.seals`, keyFile, `${keyFile}.verifier`, noteKey, rotated]) {
    const before = readFileSync(path);
    const refused = { code: 2, stderr: expect.stringContaining('choose another name') as string };
    expect(await run(...withOut(path)), path).toMatchObject(refused);
    expect(readFileSync(path)).toEqual(before);
  }
  expect(await run(...cosign, '--note-key', `${noteKey}.other`)).toMatchObject({ code: 2 });
  const text = readFileSync(policy, 'utf8');
  const other = new NotesKey('example.com/other', 1, 77).verifierKey;
  writeFileSync(policy, text.replace(noteVerifierKey, other));
  const { code, stderr } = await run(...cosign);
  expect(code).toBe(2);
  // The line that it names is the one that is needed.
  writeFileSync(
    policy,
    `${/log example\S*/.exec(stderr.replaceAll(/\s+/g, ' '))?.[0] ?? ''}\n${text.replace(noteVerifierKey, other)}`,
  );
  expect(witness.requests).toEqual([]);
  expect(await run(...cosign)).toMatchObject({ code: 0 });
});
