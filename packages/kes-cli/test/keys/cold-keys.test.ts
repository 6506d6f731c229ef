/** `kes cold keygen`: a cold key pair and its counter. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { writeKesVerificationKey } from '@evolock/cardano-kes';
import { describe, expect, test } from 'vitest';
import { envelopeIn, makeKey } from '../support/files.js';
import { inFolder } from '../support/folder.js';
import { kes, kesJson } from '../support/kes.js';

const FILES = ['--skey', 'cold.skey', '--vkey', 'cold.vkey', '--counter', 'cold.counter'];
const NAMES = ['cold.counter', 'cold.skey', 'cold.vkey'];

function keygen(...more: readonly string[]) {
  return kesJson(['cold', 'keygen', ...FILES, ...more], { cwd: inFolder() });
}

describe('kes cold keygen', () => {
  test('makes a pair and a counter that issue a certificate, with modes that protect them', async () => {
    const { code, json, stderr } = await keygen('--network', 'preview');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(statSync(inFolder('cold.skey')).mode & 0o777).toBe(0o400);
    expect(readdirSync(inFolder()).sort()).toEqual(NAMES);
    expect(envelopeIn(inFolder('cold.skey')).type).toBe('StakePoolSigningKey_ed25519');
    expect(envelopeIn(inFolder('cold.counter')).description).toMatch(/number: 0$/);
    writeKesVerificationKey(inFolder('kes.vkey'), makeKey(inFolder('kes.skey')));
    const issued = await kesJson(
      [
        ...['opcert', 'issue', '--kes-vkey', 'kes.vkey', '--cold-skey', 'cold.skey'],
        ...[
          '--counter',
          'cold.counter',
          '--unchecked',
          '--start-period',
          '1',
          '--out',
          'node.cert',
        ],
      ],
      { cwd: inFolder() },
    );
    expect(issued).toMatchObject({
      code: 0,
      json: { sequenceNumber: '0', coldVerificationKey: json.coldVerificationKey },
    });
  });

  test('needs --offline for mainnet, and says why', async () => {
    for (const network of [[], ['--network', 'mainnet']]) {
      const { code, stderr } = await keygen(...network);
      expect(code).toBe(2);
      expect(JSON.parse(stderr).error.message).toMatch(
        /a copy of it gives control of the pool.*--offline/,
      );
      expect(readdirSync(inFolder())).toEqual([]);
    }
    expect((await keygen('--offline')).code).toBe(0);
  });

  test('takes the network from KES_NETWORK, as every command does', async () => {
    const from = (network: string) =>
      kes(['cold', 'keygen', ...FILES], {
        cwd: inFolder(),
        environment: { KES_NETWORK: network },
      });
    expect((await from('mainnet')).stderr).toMatch(/--offline/);
    expect((await from('previe')).stderr).toMatch(/KES_NETWORK: previe: it must be one of/);
    expect(readdirSync(inFolder())).toEqual([]);
    expect((await from('preview')).code).toBe(0);
  });

  test('replaces nothing, whichever file exists', async () => {
    await keygen('--offline');
    for (const kept of NAMES) {
      const content = readFileSync(inFolder(kept));
      const [rest, place] = [NAMES.filter((name) => name !== kept), inFolder(kept)];
      mkdirSync(inFolder(`only ${kept}`));
      const more = rest.flatMap((name) => [
        `--${name === 'cold.counter' ? 'counter' : name.slice(5)}`,
        inFolder(`only ${kept}`, name),
      ]);
      const { code, stderr } = await keygen('--offline', ...more);
      expect(code).toBe(2);
      expect(JSON.parse(stderr).error.message).toMatch(/exists already.*kes replaces no cold key$/);
      expect(readFileSync(place)).toEqual(content);
      expect(readdirSync(inFolder(`only ${kept}`))).toEqual([]);
    }
  });

  test('refuses one file for two, and standard output', async () => {
    expect((await keygen('--offline', '--vkey', 'cold.skey')).code).toBe(2);
    expect((await keygen('--offline', '--skey', '-')).code).toBe(2);
    expect(readdirSync(inFolder())).toEqual([]);
  });

  test.skipIf(process.getuid?.() === 0)(
    'when a public file cannot be written, the message tells how to make it from the key',
    async () => {
      mkdirSync(inFolder('closed'), { mode: 0o500 });
      const { code, stderr } = await keygen('--offline', '--vkey', 'closed/cold.vkey');
      chmodSync(inFolder('closed'), 0o700);
      expect(code).toBe(3);
      expect(JSON.parse(stderr).error.message).toMatch(
        /closed\/cold\.vkey: .*; the signing key was written.*kes vkey cold\.skey --out/,
      );
    },
  );
});

test('kes vkey gives the verification key of a cold key', async () => {
  await keygen('--offline');
  const out = inFolder('again.vkey');
  expect((await kes(['vkey', inFolder('cold.skey'), '--out', out])).code).toBe(0);
  expect(readFileSync(out)).toEqual(readFileSync(inFolder('cold.vkey')));
  const kesVkey = inFolder('kes.vkey');
  writeKesVerificationKey(kesVkey, makeKey(inFolder('kes.skey')));
  const refused = await kes(['vkey', inFolder('cold.skey'), '--out', kesVkey, '--force']);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/is a KES verification key, and --force replaces only a cold/);
});
