import { execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorOf } from '@evolock/test-support';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readPublicStart, writeColdSigningKey, writeKesSigningKey } from '../../src/all.js';
import { envelopeText, fileOf, folder } from '../support/files.js';
import { coldKey, kesKey } from '../support/keys.js';

function sightOf(content: string | Uint8Array) {
  const { bytes, ...sight } = readPublicStart(opened(fileOf(content)));
  expect(bytes === undefined).toBe(sight.namesSigningKey);
  return sight;
}

function opened(path: string): number {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  onTestFinished(() => closeSync(fd));
  return fd;
}

const text = envelopeText('VrfSigningKey_PraosVRF', `5840${'07'.repeat(64)}`);
const isKey = { isObject: true, namesSigningKey: true };

describe('readPublicStart of a file', () => {
  test('recognises signing keys that were written', () => {
    const [kes, cold] = [join(folder(), 'kes.skey'), join(folder(), 'cold.skey')];
    writeKesSigningKey(kes, kesKey());
    writeColdSigningKey(cold, coldKey());
    for (const path of [kes, cold]) expect(sightOf(readFileSync(path))).toEqual(isKey);
    expect(sightOf(text)).toEqual(isKey);
  });

  test.each([
    ['cut off', text.slice(0, 40)],
    ['with text after it', `${text}${'x'.repeat(100_000)}`],
    ['after a byte order mark and lines', `\ufeff\r\n\t ${text}`],
    ['with an additional member', text.replace('{', '{"more": 1,')],
    ['with white space around its colon', text.replace('"type":', '"type" \n:\t')],
    ['with escapes', text.replace('type', '\\u0074ype').replace('SigningKey', 'Signing\\u004bey')],
    ['with its type last', `{"cborHex": "${'00'.repeat(700)}", "type": "KesSigningKey"}`],
  ])('recognises a signing key %s', (_name, content) => {
    expect(sightOf(content)).toEqual(isKey);
  });

  test('recognises a key file of evolock, and reads no more of it', () => {
    const content = `evolock-key/v1 ed25519_kes_2^6 0 608 ${'00'.repeat(32)}\n${'7'.repeat(608)}`;
    expect(sightOf(content)).toEqual({ isObject: false, namesSigningKey: true });
  });

  test.each([
    ['an empty file', '', false],
    ['digits', 'aa'.repeat(448), false],
    ['a header', Uint8Array.of(0x82, 0x8a, 0x01), false],
    ['a verification key', envelopeText('StakePoolVerificationKey_ed25519', '5820'), true],
    ['a text with a title', '{"title": "KesSigningKey_ed25519_kes_2^6", "type": "text"}', true],
    ['an escape that is not JSON', '{"type": "\\qSigningKey"}', true],
    ['a text that begins like a key file', 'evolock-keys are in memory', false],
    ['a number as type', '{"type": 1, "of": "SigningKey"}', true],
  ])('recognises no signing key in %s', (_name, content, isObject) => {
    expect(sightOf(content)).toEqual({ isObject, namesSigningKey: false });
  });

  test('refuses a closed descriptor', () => {
    const closed = openSync(fileOf('x'), 'r');
    closeSync(closed);
    expect(errorOf(() => readPublicStart(closed))['code']).toBe('ERR_EVOLOCK_IO_FILE');
  });
});

/** The start of the output of a shell command, through a pipe. */
function startFrom(command: string, ...values: string[]) {
  const pipe = join(folder(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const writer = spawn('sh', ['-c', `{ ${command}; } > "$0"`, pipe, ...values]);
  onTestFinished(() => void writer.kill());
  const fd = openSync(pipe, 'r');
  onTestFinished(() => closeSync(fd));
  return { fd, ...readPublicStart(fd) };
}

describe('readPublicStart of a pipe', () => {
  test('returns no bytes of a signing key in a pipe', () => {
    for (const content of [text, `\ufeff\n ${text}`]) {
      const { bytes, namesSigningKey } = startFrom('cat "$1"', fileOf(content));
      expect({ bytes, namesSigningKey }).toEqual({ bytes: undefined, namesSigningKey: true });
    }
    // In any portions.
    const { bytes } = startFrom('while read -r line; do echo "$line"; done < "$1"', fileOf(text));
    expect(bytes).toBeUndefined();
  });

  test.each([
    ['nothing', ''],
    ['digits', 'aa'.repeat(30_000)],
    ['white space', ' \n'.repeat(10_000)],
    ['an incomplete byte order mark', Uint8Array.of(0xef, 0xbb)],
    ['a public object', envelopeText('StakePoolVerificationKey_ed25519', '5820')],
    ['a large object', `{"a": "${'x'.repeat(40_000)}"}`],
  ])('returns the start, and the descriptor has the rest: %s', (_name, content) => {
    const { fd, bytes, namesSigningKey } = startFrom('cat "$1"', fileOf(content));
    expect(namesSigningKey).toBe(false);
    expect(Buffer.concat([bytes!, readFileSync(fd)])).toEqual(Buffer.from(content));
  });

  test('waits for bytes on a non-blocking descriptor', () => {
    const pipe = join(folder(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    const fd = opened(pipe);
    // A writer that writes nothing keeps the pipe open.
    const silent = openSync(pipe, 'r+');
    onTestFinished(() => closeSync(silent));
    const writer = spawn('cp', [fileOf('digits'), pipe]);
    onTestFinished(() => void writer.kill());
    expect(Buffer.from(readPublicStart(fd).bytes!).toString()).toBe('d');
  });
});
