// The trees, proofs and checkpoints, as `sumdb/tlog` and `sumdb/note` of Go judge them.
import { spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sealedLogVectors } from '@evolock/test-vectors';
import { expect, test } from 'vitest';
import { readEntryProof } from '../../src/format/entry-proof.js';
import { readNote } from '../../src/format/note.js';
import { native } from '../../src/native.js';
import { proveEntry, verifySealedLog } from '../../src/verify/index.js';
import { append, newPlace, opened } from '../support/engines.js';
import { entriesOf } from '../support/made-log.js';

/** Debian's package golang-golang-x-mod-dev puts the module here. */
const GOPATH = '/usr/share/gocode';
const hasGo = spawnSync('go', ['version']).status === 0;
const missing = !hasGo
  ? ' (skipped: there is no command go)'
  : existsSync(`${GOPATH}/src/golang.org/x/mod/sumdb/tlog`)
    ? ''
    : ` (skipped: ${GOPATH} has no golang.org/x/mod)`;

const { logs } = sealedLogVectors();

function runGo(given: object): { Records: boolean[]; Notes: [number, number][] } {
  const program = fileURLToPath(new URL('check.go', import.meta.url));
  const env = { ...process.env, GOPATH, GO111MODULE: 'off' };
  const { stdout, stderr } = spawnSync('go', ['run', program], {
    ...{ env, input: JSON.stringify(given), encoding: 'utf8', maxBuffer: 2 ** 26 },
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

/** What Go gets of the proof of an entry. */
async function recordOf(log: (typeof logs)[number], index: number, seal?: number) {
  const { verifierKey, entries, seals } = log;
  const given = { verifierKey, files: [entries], seals, cryptography: native };
  const { proof = '' } = await proveEntry({ ...given, entry: index, seal });
  const { path, note } = readEntryProof(proof)!;
  const { size, root } = readNote(note)!;
  const Entry = base64(entriesOf(entries)[index]!);
  return { Path: path.map(base64), Size: size, Root: base64(root), Index: index, Entry };
}

test.skipIf(missing !== '')(
  `Go accepts each proof, and none of another entry${missing}`,
  async () => {
    const records = [];
    for (const log of logs) {
      const count = log.cuts.at(-1)!.size;
      for (let index = 0; index < count; index += 1) records.push(await recordOf(log, index));
    }
    const others = records.map((one) => ({ ...one, Entry: base64(Buffer.from('another')) }));
    const elsewhere = records.map((one) => ({ ...one, Index: one.Index ^ 1 }));
    const told = runGo({ Records: [...records, ...others, ...elsewhere], Notes: [] });
    expect(records.length).toBeGreaterThan(100);
    expect(told.Records).toEqual([
      ...records.map(() => true),
      ...others.map(() => false),
      ...elsewhere.map(() => false),
    ]);
  },
);

test.skipIf(missing !== '')(
  `Go opens a checkpoint with a line of its own type beside ours${missing}`,
  async () => {
    const { verifierKey, entries, seals, origin, notes } = logs[0]!;
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const key = Buffer.concat([
      Buffer.of(1),
      publicKey.export({ format: 'der', type: 'spki' }).subarray(-32),
    ]);
    const id = createHash('sha256').update(`${origin}\n`).update(key).digest().subarray(0, 4);
    const withLine = (text: string) => {
      const signature = sign(
        null,
        Buffer.from(text.slice(0, text.indexOf('\n\n') + 1)),
        privateKey,
      );
      return `${text}— ${origin} ${base64(Buffer.concat([id, signature]))}\n`;
    };
    const Verifier = `${origin}+${id.toString('hex')}+${base64(key)}`;
    const both = notes.map(withLine);
    const told = runGo({
      Records: [],
      Notes: [...both, ...notes].map((Text) => ({ Text, Verifier })),
    });
    expect(told.Notes).toEqual([...both.map(() => [1, 1]), ...notes.map(() => [0, 0])]);
    // The line does not disturb this verifier.
    const checkpoints = both.map((note) => ({ note }));
    const log = { verifierKey, files: [entries], seals, checkpoints };
    expect(await verifySealedLog(log)).toMatchObject({ reasons: ['end-unproved'] });
  },
);

test.skipIf(missing !== '')(
  `Go opens the checkpoints of a sealer with a note key, and no others${missing}`,
  async () => {
    const place = newPlace();
    const noteKeyFile = `${place.folder}/note.key`;
    const { engine } = await opened(place, { noteKeyFile, depth: 1 });
    const Verifier = engine.noteVerifierKey!;
    const Notes = [];
    for (let made = 0; made < 3; made += 1) {
      append(place);
      await engine.seal();
      const { note: Text = '' } = (await engine.checkpoint()) ?? {};
      Notes.push({ Text, Verifier }, { Text: Text.replace('\n1', '\n2'), Verifier });
    }
    const [first, ...others] = runGo({ Records: [], Notes }).Notes;
    expect(first).toEqual([1, 1]);
    // The texts with a size of 1 were changed.
    expect(others).toEqual([
      [0, 0],
      [1, 1],
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
  },
);
