import {
  chownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { errorOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  parseVerificationKey,
  readVerificationKey,
  writeColdSigningKey,
  writeVerificationKey,
  writeKesSigningKey,
  writeVrfSigningKey,
} from '../../src/all.js';
import { externalEnvelopes, fileOf, folder } from '../support/files.js';
import { coldKey, kesKey, vrfKey } from '../support/keys.js';

type Write = (path: string, options?: { replace?: boolean }) => void;

const key = new Uint8Array(32);
const writers: [string, Write][] = [
  ['a KES signing key', (path, options) => writeKesSigningKey(path, kesKey(), options)],
  ['a cold signing key', (path, options) => writeColdSigningKey(path, coldKey(), options)],
  ['a VRF signing key', (path, options) => writeVrfSigningKey(path, vrfKey(), options)],
  ...(['kes', 'cold', 'vrf'] as const).map((kind): [string, Write] => [
    `a verification key: ${kind}`,
    (path, options) => writeVerificationKey(kind, path, key, options),
  ]),
];

describe.each(writers)('%s', (_name, write) => {
  test('replaces a file only with the option', () => {
    const path = fileOf('old');
    expect(errorOf(() => write(path))).toMatchObject({
      code: 'ERR_EVOLOCK_IO_FILE',
      reason: 'exists',
      path,
    });
    expect(readFileSync(path, 'utf8')).toBe('old');
    write(path, { replace: true });
    expect(readFileSync(path, 'utf8')).not.toBe('old');
    expect(readdirSync(dirname(path))).toEqual(['file']);
  });

  test('replaces neither a symbolic link nor a directory', () => {
    const target = fileOf('old');
    const link = join(folder(), 'link');
    const inner = join(folder(), 'inner');
    symlinkSync(target, link);
    mkdirSync(inner);
    for (const path of [link, inner]) {
      for (const replace of [false, true])
        expect(errorOf(() => write(path, { replace }))['code']).toBe('ERR_EVOLOCK_IO_FILE');
      expect(readdirSync(dirname(path))).toHaveLength(1);
    }
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(target, 'utf8')).toBe('old');
  });
});

test.skipIf(process.getuid?.() !== 0)(
  'a file that root replaces keeps its owner (skipped when not root)',
  () => {
    const path = fileOf('old');
    chownSync(path, 12_345, 12_346);
    writeKesSigningKey(path, kesKey(), { replace: true });
    const { uid, gid, mode } = statSync(path);
    expect([uid, gid, mode & 0o777]).toEqual([12_345, 12_346, 0o600]);
  },
);

const hot = externalEnvelopes(
  'cardano-cli/kes.vkey',
  'kes-agent/kes.vkey',
  'pycardano-local-chang/kes.vkey',
);
test.each(hot)(
  'a KES verification key of cardano-cli is written again with the same text: %s',
  (path) => {
    const { verificationKey } = readVerificationKey('kes', path);
    const copy = join(folder(), 'kes.vkey');
    writeVerificationKey('kes', copy, verificationKey);
    expect(readFileSync(copy, 'utf8').trim()).toBe(readFileSync(path, 'utf8').trim());
  },
);

test('the file of a KES verification key has the given type, and a type of another kind is refused', () => {
  const path = join(folder(), 'kes.vkey');
  const type = 'KesVerificationKey_ed25519_kes_2^7';
  writeVerificationKey('kes', path, key, { type });
  expect(readVerificationKey('kes', path)).toMatchObject({ verificationKey: key, type });
  for (const wrong of ['KesSigningKey_ed25519_kes_2^7', 'StakePoolVerificationKey_ed25519', '']) {
    expect(() => writeVerificationKey('kes', path, key, { type: wrong, replace: true })).toThrow(
      expect.objectContaining({ code: 'ERR_EVOLOCK_ARGUMENT_VALUE' }),
    );
  }
  expect(readVerificationKey('kes', path).type).toBe(type);
});

test('a verification key in digits has 64 of them', () => {
  const digits = 'ab'.repeat(32);
  expect(parseVerificationKey('kes', digits).verificationKey).toEqual(
    new Uint8Array(32).fill(0xab),
  );
  for (const wrong of [`${digits}a`, `${digits}ab`])
    expect(() => parseVerificationKey('kes', wrong)).toThrow(
      expect.objectContaining({ problem: 'wrong-length' }),
    );
});
