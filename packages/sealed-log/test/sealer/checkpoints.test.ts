/** Checkpoints that leave: when they are written, and the ordinary Ed25519 line beside ours. */
import { createPublicKey, verify } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Sealer } from '@evolock/sealed-log';
import { expect, test } from 'vitest';
import { readNote, sealOfLine } from '../../src/format/note.js';
import { append, newPlace, opened, ORIGIN, verdictOn, type Place } from '../support/engines.js';

/** The number of the seal of the checkpoint in the file. */
function writtenIn({ checkpointFile }: Place): number | undefined {
  const note = existsSync(checkpointFile) ? readNote(readFileSync(checkpointFile)) : undefined;
  return note && sealOfLine(note, note.lines[0]!)?.number;
}

test('a checkpoint is written at each n-th seal, after a start, at a close and at an end', async () => {
  const place = newPlace();
  const options = { checkpointEvery: 3, depth: 2 };
  let sealer = await opened(place, options);
  const written: unknown[] = [];
  for (let made = 0; made < 6; made += 1) {
    await sealer.engine.seal();
    written.push(writtenIn(place));
  }
  expect(written).toEqual([0, 0, 0, 3, 3, 3]);
  await sealer.engine.close(false);
  expect(writtenIn(place)).toBe(5);
  sealer = await opened(place, options);
  await sealer.engine.seal();
  expect(writtenIn(place)).toBe(6);
  await sealer.engine.seal();
  expect(writtenIn(place)).toBe(6);
  await sealer.engine.close(true);
  expect(writtenIn(place)).toBe(8);
  expect(sealer.errors).toEqual([]);
});

test('a checkpoint that could not be written is written at the next seal', async () => {
  const place = newPlace();
  const sealer = await opened(place, { checkpointEvery: 5 });
  mkdirSync(place.checkpointFile);
  await sealer.engine.seal();
  expect(sealer.errors).toHaveLength(1);
  rmdirSync(place.checkpointFile);
  await sealer.engine.seal();
  expect(writtenIn(place)).toBe(1);
});

/** Whether the note has a signature of a verifier key of the form of C2SP signed-note, for Ed25519. */
function isSignedBy(verifierKey: string, note: string): boolean {
  const [name = '', id = '', ...rest] = verifierKey.split('+');
  const key = Buffer.from(rest.join('+'), 'base64');
  const prefix = Buffer.from('302a300506032b6570032100', 'hex');
  const der = Buffer.concat([prefix, key.subarray(1)]);
  const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' });
  const end = note.indexOf('\n\n') + 1;
  const lines = note.slice(end + 1).split('\n');
  const bytes = lines
    .filter((line) => line.startsWith(`— ${name} `))
    .map((line) => Buffer.from(line.split(' ')[2] ?? '', 'base64'))
    .find((each) => each.toString('hex', 0, 4) === id);
  return (
    key[0] === 1 &&
    bytes !== undefined &&
    verify(null, Buffer.from(note.slice(0, end)), publicKey, bytes.subarray(4))
  );
}

test('checkpoints have an ordinary line of a key that stays, and verifiers of the log ignore it', async () => {
  const place = newPlace();
  const noteKeyFile = join(place.folder, 'state', 'note.key');
  const options = {
    ...{ origin: ORIGIN, depth: 1, noteKeyFile, checkpointFile: place.checkpointFile },
    keyFile: join(place.folder, 'state', 'audit.key'),
  };
  const keys: unknown[] = [];
  for (let run = 0; run < 3; run += 1) {
    append(place);
    await using sealer = await Sealer.open(place.log, options);
    keys.push(sealer.noteVerifierKey);
    await sealer.seal();
    const { note, chain } = (await sealer.checkpoint())!;
    expect(readFileSync(place.checkpointFile, 'utf8')).toBe(note);
    expect(isSignedBy(sealer.noteVerifierKey!, note)).toBe(true);
    expect(isSignedBy(sealer.noteVerifierKey!, note.replace(ORIGIN, `${ORIGIN}2`))).toBe(false);
    const more = { checkpoints: [{ note, chain }] };
    const verdict = await verdictOn(place.log, sealer.verifierKey, more);
    expect(verdict).toMatchObject({
      reasons: ['end-unproved'],
      unverifiedCheckpoints: 0,
    });
  }
  expect(new Set(keys).size).toBe(1);
  expect(statSync(noteKeyFile).mode & 0o777).toBe(0o600);
  const beside = { ...options, noteKeyFile: join(place.folder, 'note.key') };
  await expect(Sealer.open(place.log, beside)).rejects.toMatchObject({
    code: 'ERR_EVOLOCK_ARGUMENT_VALUE',
  });
  // One key file cannot be both.
  await expect(
    Sealer.open(place.log, { ...options, noteKeyFile: options.keyFile }),
  ).rejects.toMatchObject({ reason: 'locked' });
  const without = await Sealer.open(place.log, { ...options, noteKeyFile: undefined });
  expect(without.noteVerifierKey).toBeUndefined();
  await without.close();
});
