/** The command reads files of `cardano-cli`, and writes files in the same form. */
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { copyOf, envelope, named, pathOf } from './support/external.js';
import { envelopeIn } from './support/files.js';
import { inFolder } from '@evolock/command-testing/folder';
import { kes, kesJson } from './support/kes.js';

/** Sets of files. The last one does not match: its key has another depth, and its certificate the pre-launch form. */
const SETS = [
  { set: 'kes-agent', depth: 6, matches: true },
  { set: 'pycardano-local-chang', depth: 6, matches: true },
  { set: 'cardano-cli', depth: 7, matches: false },
];

describe.each(SETS)('files of $set', ({ set, depth, matches }) => {
  const key = envelope(set, 'kes.skey');
  const vkey = envelope(set, 'kes.vkey');
  const certificate = envelope(set, 'opcert.cert');

  test.skipIf(!key.available || !vkey.available)(
    named('a signing key evolves, signs, and gives the same verification key file', key),
    async () => {
      const path = copyOf(key);
      chmodSync(path, 0o600);
      const before = envelopeIn(path);
      expect(await kes(['evolve', path, '--to', '9', '--leave-node'])).toMatchObject({
        code: 0,
        stderr: '',
      });
      const after = envelopeIn(path);
      // A node refuses the type. The length does not change.
      expect(after).toMatchObject({
        type: `EvolockKesSigningKey_ed25519_kes_2^${depth}`,
        description: 'KES Signing Key at period 9 (evolock: not for cardano-node)',
      });
      expect(after.cborHex).toHaveLength(before.cborHex.length);
      expect(after.cborHex).not.toBe(before.cborHex);
      expect(statSync(path).mode & 0o777).toBe(0o600);

      const out = inFolder('out.vkey');
      expect(await kes(['vkey', path, '--out', out])).toMatchObject({ code: 0 });
      if (matches) expect(readFileSync(out, 'utf8')).toBe(readFileSync(pathOf(vkey), 'utf8'));

      const signature = inFolder('signature');
      const input = 'some bytes';
      await kes(['sign', '--skey', path, '--out', signature, '-'], { input });
      const verify = ['verify', '--vkey', out, '--signature', signature];
      expect((await kes([...verify, '--period', '9'], { input })).code).toBe(0);
      expect((await kes([...verify, '--period', '8'], { input })).code).toBe(1);
      expect((await kes([...verify, '--period', '9'], { input: 'other bytes' })).code).toBe(1);
    },
  );

  const isPair = certificate.available && vkey.available;
  test.skipIf(!isPair)(named('a certificate is verified', certificate), async () => {
    const path = pathOf(certificate);
    const { code, json } = await kesJson(['inspect', path]);
    expect(code).toBe(matches ? 0 : 1);
    expect(json.result).toBe(matches ? 'valid' : 'invalid');
    // The same from standard input.
    const input = readFileSync(path);
    expect(await kesJson(['inspect', '-'], { input })).toMatchObject({ code, json });
    // Beside its key.
    const { stdout } = await kes(['inspect', path, '--kes-vkey', pathOf(vkey)]);
    expect(stdout).toContain(`KES key is ${matches ? '' : 'not '}that of`);
  });

  // Only if the certificate names the key.
  const maybe = matches ? test : undefined;
  maybe?.skipIf(!certificate.available || !key.available)(
    named('a signature is verified by a certificate, which names the pool', certificate),
    async () => {
      const path = copyOf(key);
      chmodSync(path, 0o600);
      const input = 'data of a pool';
      const signature = inFolder('signature');
      await kes(['sign', '--skey', path, '--out', signature, '-'], { input });
      const { code, json } = await kesJson(
        [
          ...['verify', '--cert', pathOf(certificate), '--period', '0'],
          ...['--signature', signature, '-'],
        ],
        { input },
      );
      expect({ code, json }).toMatchObject({
        code: 0,
        json: { valid: true, poolId: expect.stringMatching(/^pool1/) },
      });
    },
  );
});
