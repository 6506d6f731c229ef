/** What `kes evolve` is for: keys that no node uses. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { envelopeIn } from './support/envelope-text.js';
import { inFolder } from './support/folder.js';
import { kes, kesJson } from './support/kes.js';
import { periodOf } from './support/stopped-run.js';
import { makeKey } from './support/test-key.js';

const PLAIN = 'KesSigningKey_ed25519_kes_2^6';
const EVOLVED = `Evolock${PLAIN}`;

/** Puts a key under another type, as other software may write it. */
function underType(path: string, type: string): string {
  const text = JSON.stringify({ ...envelopeIn(path), type });
  writeFileSync(path, text, { mode: 0o600 });
  return text;
}

it('refuses a key that a node could use, says what it is for, and evolves it on request', async () => {
  const path = inFolder('kes.skey');
  const verificationKey = makeKey(path);
  const before = readFileSync(path);
  const refused = await kes(['evolve', path, '--to', '5']);
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  expect(refused.stderr).toMatch(
    /^kes: error: .*A node evolves its own copy.*kes sign.*--leave-node\n$/,
  );
  expect(readFileSync(path)).toEqual(before);

  const done = await kes(['evolve', path, '--to', '5', '--leave-node']);
  expect(done).toMatchObject({ code: 0, stderr: '' });
  expect(done.stdout).toMatch(/for a node +unusable/);
  expect(envelopeIn(path)).toMatchObject({
    type: EVOLVED,
    description: 'KES Signing Key at period 5 (evolock: not for cardano-node)',
  });
  // From then on there is nothing to leave.
  expect(await kes(['evolve', path, '--to', '6'])).toMatchObject({ code: 0, stderr: '' });
  expect(periodOf(path, verificationKey)).toBe(6);
});

it.each(['--help', 'help'])(
  'says in its help that it is not for the key of a node: %s',
  async (way) => {
    const args = way === 'help' ? ['help', 'evolve'] : ['evolve', '--help'];
    const { stdout } = await kes(args);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('It is not for the key of a node');
  },
);

it.each([9, 5])(
  'writes an evolved key under the type of a key at period 0 anew, also where it stands: to %i',
  async (to) => {
    const path = inFolder('kes.skey');
    const verificationKey = makeKey(path, 5);
    const text = underType(path, PLAIN);
    const commands = [
      ['inspect', path],
      ['vkey', path],
      ['sign', '--skey', path, '-'],
    ];
    for (const command of commands) {
      const { code, json, stderr } = await kesJson(command, { input: 'a message' });
      expect({ command, code }).toEqual({ command, code: 0 });
      expect(json.warnings).toEqual([expect.stringMatching(/stands at period 5.*Give no node/)]);
      expect(stderr).toBe(`kes: warning: ${json.warnings[0]}\n`);
    }
    expect(readFileSync(path, 'utf8')).toBe(text);

    const evolve = ['evolve', path, '--to', String(to)];
    const { json } = await kesJson(evolve);
    expect(json).toMatchObject({ from: 5, period: to });
    // Of the file as it was: what stands there now needs no warning.
    expect(json.warnings).toEqual([expect.stringMatching(/stood at period 5.*make a new key/)]);
    expect(envelopeIn(path).type).toBe(EVOLVED);
    expect(periodOf(path, verificationKey)).toBe(to);
    expect((await kesJson(['inspect', path])).json).not.toHaveProperty('warnings');
  },
);

it('a key at period 0 under the type of evolved keys evolves without asking, and inspecting says that a node refuses it', async () => {
  const path = inFolder('kes.skey');
  const verificationKey = makeKey(path);
  underType(path, EVOLVED);
  const { json } = await kesJson(['inspect', path]);
  expect(json).toMatchObject({ type: EVOLVED, period: 0, nodeReading: 'refused' });
  expect(await kes(['evolve', path, '--to', '1'])).toMatchObject({ code: 0, stderr: '' });
  expect(periodOf(path, verificationKey)).toBe(1);
});

it.each([
  ['keygen', ['keygen', '--skey', 'kes.skey', '--vkey', 'out', '--force']],
  ['vkey', ['vkey', 'kes.skey', '--out', 'kes.skey', '--force']],
])('an evolved key is known as a signing key: %s --force', async (command, args) => {
  makeKey(inFolder('kes.skey'), 5);
  const { code } = await kes(args, { cwd: inFolder() });
  expect(code).toBe(command === 'keygen' ? 0 : 2);
  expect(envelopeIn(inFolder('kes.skey')).type).toBe(command === 'keygen' ? PLAIN : EVOLVED);
});
