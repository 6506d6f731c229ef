/** VRF keys: `kes vrf keygen`, `kes inspect` and `kes vkey` of them. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { parseVrfVerificationKey } from '@evolock/cardano-kes';
import { describe, expect, test } from 'vitest';
import { envelopeIn, envelopeText, testSeed } from '../support/files.js';
import { inFolder } from '../support/folder.js';
import { kes, kesJson } from '../support/kes.js';

function keygen(...more: readonly string[]) {
  const files = ['--skey', 'vrf.skey', '--vkey', 'vrf.vkey'];
  return kesJson(['vrf', 'keygen', ...files, ...more], { cwd: inFolder() });
}

describe('kes vrf keygen', () => {
  test('makes a pair of files of cardano-cli, that only the owner of the secret can read', async () => {
    const { code, json, stderr } = await keygen();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(statSync(inFolder('vrf.skey')).mode & 0o777).toBe(0o600);
    expect(readdirSync(inFolder()).sort()).toEqual(['vrf.skey', 'vrf.vkey']);
    const { type, cborHex } = envelopeIn(inFolder('vrf.skey'));
    const key = String(json.vrfVerificationKey);
    expect(type).toBe('VrfSigningKey_PraosVRF');
    // The signing key is its seed and its verification key.
    expect(cborHex).toMatch(new RegExp(`^5840[0-9a-f]{64}${key}$`));
    const { verificationKey } = parseVrfVerificationKey(readFileSync(inFolder('vrf.vkey')));
    expect(Buffer.from(verificationKey).toString('hex')).toBe(key);
  });

  test('makes the same pair of the same seed, and another one of a random seed', async () => {
    writeFileSync(inFolder('seed'), testSeed(), { mode: 0o600 });
    const ofSeed = await keygen('--seed-file', 'seed');
    expect(ofSeed.code).toBe(0);
    const again = ['--skey', 'again.skey', '--vkey', 'again.vkey'];
    const same = await keygen(...again, '--seed-file', 'seed');
    expect(same.json.vrfVerificationKey).toBe(ofSeed.json.vrfVerificationKey);
    const other = await keygen('--skey', 'other.skey', '--vkey', 'other.vkey');
    expect(other.json.vrfVerificationKey).not.toBe(ofSeed.json.vrfVerificationKey);
  });

  test('replaces nothing, whichever file exists', async () => {
    await keygen();
    const before = readFileSync(inFolder('vrf.skey'), 'utf8');
    for (const other of [
      ['--skey', 'b.skey'],
      ['--vkey', 'b.vkey'],
    ]) {
      const { code, stderr } = await keygen(...other);
      expect(code).toBe(2);
      expect(JSON.parse(stderr).error.message).toMatch(/exists already.*kes replaces no VRF key$/);
    }
    expect(readdirSync(inFolder()).sort()).toEqual(['vrf.skey', 'vrf.vkey']);
    expect(readFileSync(inFolder('vrf.skey'), 'utf8')).toBe(before);
  });

  test('refuses one file for two, standard output, and a seed of another size', async () => {
    writeFileSync(inFolder('seed'), 'short', { mode: 0o600 });
    expect((await keygen('--vkey', 'vrf.skey')).code).toBe(2);
    expect((await keygen('--skey', '-')).code).toBe(2);
    const { code, stderr } = await keygen('--seed-file', 'seed');
    expect(code).toBe(1);
    expect(JSON.parse(stderr).error.message).toMatch(/^seed: a seed has exactly 32 bytes/);
    expect(readdirSync(inFolder())).toEqual(['seed']);
  });

  test.skipIf(process.getuid?.() === 0)(
    'when the public file cannot be written, the message tells how to make it from the key',
    async () => {
      mkdirSync(inFolder('closed'), { mode: 0o500 });
      const { code, stderr } = await keygen('--vkey', 'closed/vrf.vkey');
      chmodSync(inFolder('closed'), 0o700);
      expect(code).toBe(3);
      expect(JSON.parse(stderr).error.message).toMatch(
        /closed\/vrf\.vkey: .*; the signing key was written.*kes vkey vrf\.skey --out/,
      );
    },
  );
});

describe('a file of a VRF key', () => {
  test('is shown by kes inspect without its secret', async () => {
    const { json } = await keygen();
    const secret = envelopeIn(inFolder('vrf.skey')).cborHex.slice(4, 68);
    for (const [file, kind] of [
      ['vrf.skey', 'vrf-signing-key'],
      ['vrf.vkey', 'vrf-verification-key'],
    ] as const) {
      const shown = await kesJson(['inspect', inFolder(file)]);
      expect(shown.json).toMatchObject({ kind, vrfVerificationKey: json.vrfVerificationKey });
      const words = await kes(['inspect', inFolder(file)]);
      expect(words.stdout).toContain(String(json.vrfVerificationKey));
      expect(words.stdout + JSON.stringify(shown.json)).not.toContain(secret);
    }
  });

  test('gives its verification key to kes vkey', async () => {
    await keygen();
    const out = inFolder('again.vkey');
    expect((await kes(['vkey', inFolder('vrf.skey'), '--out', out])).code).toBe(0);
    expect(readFileSync(out)).toEqual(readFileSync(inFolder('vrf.vkey')));
  });

  test('is refused in one line when it is damaged, open to others or of another kind', async () => {
    await keygen();
    const { type, cborHex } = envelopeIn(inFolder('vrf.skey'));
    const fails = async (path: string, says: RegExp) => {
      const { code, stdout, stderr } = await kes(['inspect', inFolder(path)]);
      expect({ stdout, isInvalid: code === 1 || code === 3 }).toEqual({
        stdout: '',
        isInvalid: true,
      });
      expect(stderr).toMatch(/^kes: error: [^\n]+\n$/);
      expect(stderr).toMatch(says);
    };
    const damaged = cborHex.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    writeFileSync(inFolder('damaged'), envelopeText(type, damaged), { mode: 0o600 });
    await fails('damaged', /the file is damaged, use a good copy of it/);
    writeFileSync(inFolder('short'), envelopeText(type, `5820${'07'.repeat(32)}`), { mode: 0o600 });
    await fails('short', /32 bytes instead of 64/);
    chmodSync(inFolder('vrf.skey'), 0o644);
    await fails('vrf.skey', /group|others/);
    chmodSync(inFolder('vrf.skey'), 0o600);
    const asKes = await kes(['evolve', inFolder('vrf.skey'), '--to', '3']);
    expect(asKes).toMatchObject({ code: 1, stdout: '' });
    expect(asKes.stderr).toMatch(/VrfSigningKey_PraosVRF instead of KesSigningKey/);
  });
});
