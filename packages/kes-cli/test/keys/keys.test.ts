/** Making, showing and using keys: `keygen`, `vkey`, `inspect`, `sign`, `verify`. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Style } from '../../src/cli/style.js';
import { lifeInWords, lifeOf, remainingInWords } from '../../src/keys/life.js';
import { treePicture } from '../../src/keys/picture.js';
import { makeKey, makeKeyOfDepth7, makeUnsignedCertificate, testSeed } from '../support/files.js';
import { inFolder } from '../support/folder.js';
import { kes, kesJson } from '../support/kes.js';

describe('kes keygen', () => {
  test('makes the same key of the same seed, and refuses a seed that others can read', async () => {
    writeFileSync(inFolder('seed'), testSeed(), { mode: 0o600 });
    const args = ['--seed-file', inFolder('seed')];
    for (const name of ['a', 'b']) {
      const out = ['--skey', inFolder(`${name}.skey`), '--vkey', inFolder(`${name}.vkey`)];
      expect((await kes(['keygen', ...out, ...args])).code).toBe(0);
    }
    expect(readFileSync(inFolder('a.skey'))).toEqual(readFileSync(inFolder('b.skey')));
    writeFileSync(inFolder('open'), testSeed(), { mode: 0o644 });
    const out = ['--skey', inFolder('c.skey'), '--vkey', inFolder('c.vkey')];
    const refused = await kes(['keygen', ...out, '--seed-file', inFolder('open')]);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('chmod 600');
  });

  test.each([
    ['--skey', 'seed', 'kes.vkey'],
    ['--vkey', 'kes.skey', 'seed'],
    ['--vkey', 'kes.skey', 'inner/../seed'],
  ])('does not replace the seed file by the file of %s', async (option, skey, vkey) => {
    mkdirSync(inFolder('inner'));
    writeFileSync(inFolder('seed'), testSeed(), { mode: 0o600 });
    const args = ['keygen', '--skey', skey, '--vkey', vkey, '--seed-file', 'seed'];
    for (const line of [args, [...args, '--force']]) {
      const { code, stdout, stderr } = await kes(line, { cwd: inFolder() });
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toBe(
        `kes: error: ${option} and --seed-file are the same file: choose two names\n`,
      );
      expect(readFileSync(inFolder('seed'))).toEqual(Buffer.from(testSeed()));
      expect(readdirSync(inFolder()).sort()).toEqual(['inner', 'seed']);
    }
  });

  test.each([
    ['one file for both', 'kes.skey', 2, /the same file/],
    ['two paths to one file', 'inner/../kes.skey', 2, /the same file/],
    [
      'no folder for the verification key',
      'nowhere/kes.vkey',
      3,
      /nowhere\/kes\.vkey: its folder nowhere does not exist/,
    ],
  ])('makes no key when the pair cannot be complete: %s', async (_name, vkey, expected, says) => {
    mkdirSync(inFolder('inner'));
    const args = ['keygen', '--skey', 'kes.skey', '--vkey', vkey];
    const { code, stdout, stderr } = await kes(args, { cwd: inFolder() });
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    expect(stderr).toMatch(says);
    expect(existsSync(inFolder('kes.skey'))).toBe(false);
  });

  test('says when only the signing key was written, and names the next step', async () => {
    // The name is allowed. The longer name of a temporary file is not.
    const long = inFolder('v'.repeat(250));
    const skey = inFolder('kes.skey');
    const { code, stdout, stderr } = await kes(['keygen', '--skey', skey, '--vkey', long]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(
      /^kes: error: .*the signing key was written.*kes vkey .* --out FILE.*\n$/,
    );
    expect(statSync(skey).mode & 0o777).toBe(0o600);
    expect((await kes(['vkey', skey, '--out', inFolder('kes.vkey')])).code).toBe(0);
    expect(readFileSync(inFolder('kes.vkey'), 'utf8')).toContain('KesVerificationKey');
  });

  test('makes no key of a seed of zeros', async () => {
    writeFileSync(inFolder('seed'), new Uint8Array(32), { mode: 0o600 });
    const keygen = ['keygen', '--skey', 'k.skey', '--vkey', 'k.vkey', '--seed-file', 'seed'];
    const { code, stderr } = await kes(keygen, { cwd: inFolder() });
    expect(code).toBe(1);
    expect(stderr).toMatch(/: seed: it holds only zeros/);
    expect(readdirSync(inFolder())).toEqual(['seed']);
  });
});

const plain = new Style(false);

describe('the picture of a tree', () => {
  test('of depth 3 at period 2', () => {
    expect(treePicture(3, 2, plain)).toEqual([
      '┏━━━━━━┓', // the root
      '┏━━┓┌──┐', // the seed of the right half is stored
      '··┏┓', // the first two periods are used
      '··●○○○○○',
    ]);
  });

  test('at the first and at the last period', () => {
    expect(treePicture(2, 0, plain)).toEqual(['┏━━┓', '┏┓┌┐', '●○○○']);
    expect(treePicture(2, 3, plain)).toEqual(['┏━━┓', '··┏┓', '···●']);
  });

  test('has one current leaf, the used leaves before it, and at most 64 columns', () => {
    for (const depth of [6, 7]) {
      for (let period = 0; period < 2 ** depth; period += 1) {
        const picture = treePicture(depth, period, plain);
        const leaves = picture.at(-1) ?? '';
        const scale = 2 ** depth / 64;
        expect(leaves).toBe(
          '·'.repeat(Math.floor(period / scale)) +
            '●' +
            leaves.slice(Math.floor(period / scale) + 1),
        );
        expect(leaves).toMatch(/^·*●○*$/);
        expect(leaves).toHaveLength(64);
        for (const line of picture) expect(line.length).toBeLessThanOrEqual(64);
      }
    }
  });
});

describe('the periods of a key in words', () => {
  test.each([
    [0, '0 of 0–63 (none used, 1–63 left)', '63 periods after this one'],
    [1, '1 of 0–63 (0 used, 2–63 left)', '62 periods after this one'],
    [62, '62 of 0–63 (0–61 used, 63 left)', '1 period after this one'],
    [63, '63 of 0–63 (0–62 used, none left)', 'none: this is the last period'],
  ])('at period %i', (period, life, remaining) => {
    expect(lifeInWords(lifeOf(period, 64))).toBe(life);
    expect(remainingInWords(lifeOf(period, 64))).toBe(remaining);
  });
});

test('kes inspect says which of the two periods of a column is the current one, and what cardano-cli writes', async () => {
  makeKeyOfDepth7(inFolder('kes.skey'));
  const first = await kes(['inspect', inFolder('kes.skey')]);
  expect(first.stdout).toMatch(
    /^ {2}a column is 2 periods: ● is 0 to 1, and 0 is the current one$/m,
  );
  expect(first.stdout).toMatch(
    /704 bytes, without its period; cardano-cli writes keys of\s+depth 6\n/,
  );
  await kes(['evolve', inFolder('kes.skey'), '--to', '5', '--leave-node']);
  const later = await kes(['inspect', inFolder('kes.skey')]);
  expect(later.stdout).toMatch(
    /^ {2}a column is 2 periods: ● is 4 to 5, and 5 is the current one$/m,
  );
  makeKey(inFolder('six.skey'));
  expect((await kes(['inspect', inFolder('six.skey')])).stdout).not.toContain('a column');
});

describe('kes sign and kes verify', () => {
  test('sign at a later period without a change of the file, and refuse an earlier period', async () => {
    const verificationKey = Buffer.from(makeKey(inFolder('kes.skey'), 4)).toString('hex');
    const before = readFileSync(inFolder('kes.skey'));
    const sign = ['sign', '--skey', inFolder('kes.skey'), '-'];
    const { json } = await kesJson([...sign, '--period', '9'], { input: 'data' });
    expect(json).toMatchObject({ period: 9, kesVerificationKey: verificationKey });
    expect(readFileSync(inFolder('kes.skey'))).toEqual(before);
    writeFileSync(inFolder('sig'), json.kesSignature);
    const verify = ['verify', '--vkey', verificationKey, '--signature', inFolder('sig'), '-'];
    expect((await kes([...verify, '--period', '9'], { input: 'data' })).code).toBe(0);
    for (const period of ['4', '63']) {
      expect((await kes([...verify, '--period', period], { input: 'data' })).code).toBe(1);
    }
    for (const period of ['3', '64']) {
      expect((await kes([...sign, '--period', period], { input: 'data' })).code).toBe(2);
    }
  });

  test('name the last period, and the periods of an algorithm', async () => {
    makeKey(inFolder('kes.skey'), 63);
    writeFileSync(inFolder('message'), 'a message');
    const sign = ['sign', '--skey', 'kes.skey', 'message'];
    const last = await kes([...sign, '--period', '62'], { cwd: inFolder() });
    expect(last.code).toBe(2);
    expect(last.stderr).toContain('signs only at period 63, its last');
    await kes([...sign, '--out', 'sig'], { cwd: inFolder() });
    const verify = ['verify', '--vkey', 'aa'.repeat(32), '--signature', 'sig', 'message'];
    const beyond = await kes([...verify, '--period', '64'], { cwd: inFolder() });
    expect(beyond.code).toBe(2);
    expect(beyond.stderr).toMatch(/--period 64: .* a period from 0 to 63\n$/);
  });

  test.each([
    ['too short', '00'.repeat(447)],
    ['not hexadecimal', 'x'.repeat(896)],
    ['empty', ''],
  ])('refuse a signature file that is %s', async (_name, text) => {
    writeFileSync(inFolder('sig'), text);
    const key = ['--vkey', '00'.repeat(32), '--period', '0'];
    const { code, stdout, stderr } = await kes(['verify', ...key, '--signature', inFolder('sig')]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/it is not a KES signature.*\n$/);
  });

  test('say why a certificate is not valid, in words and in JSON by a code', async () => {
    makeUnsignedCertificate(inFolder('node.cert'), makeKey(inFolder('kes.skey')));
    writeFileSync(inFolder('message'), 'a message');
    const options = { cwd: inFolder() };
    await kes(['sign', '--skey', 'kes.skey', '--out', 'sig', 'message'], options);
    const verify = ['verify', '--cert', 'node.cert', '--period', '0', '--signature', 'sig'];
    const { code, stdout } = await kes([...verify, 'message'], options);
    expect(code).toBe(1);
    expect(stdout).toContain('✓ a valid signature of message at period 0');
    expect(stdout).toContain('✗ the certificate: its signature is not by the cold key');
    const { json } = await kesJson([...verify, 'message'], options);
    expect(json).toMatchObject({
      valid: false,
      kesSignature: 'good',
      certificateSignature: 'wrong-signature',
    });
  });
});
