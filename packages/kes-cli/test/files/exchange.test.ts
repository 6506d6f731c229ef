/** Key files and sockets whose folders another user can change. */
import { once } from 'node:events';
import { chmodSync, lchownSync, mkdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { inFolder } from '../support/folder.js';
import { kes, kesJson, type Json } from '../support/kes.js';

const STRANGER = 65_534;
const needsRoot =
  process.getuid?.() === 0 ? '' : ' (skipped: only root can give files to another user)';

/** Makes a folder in a folder of a mode, and returns a path in it. */
function below(mode: number, ...names: readonly string[]): string {
  mkdirSync(inFolder('above', 'inner'), { recursive: true, mode: 0o700 });
  chmodSync(inFolder('above'), mode);
  return inFolder('above', 'inner', ...names);
}

const keygen = (skey: string) => ['keygen', '--skey', skey, '--vkey', inFolder('vkey')];

/** The commands that write a signing key. */
const commands: readonly (readonly [name: string, args: (skey: string) => readonly string[]])[] = [
  ['keygen', keygen],
  ['vrf keygen', (skey) => ['vrf', ...keygen(skey)]],
  [
    'cold keygen',
    (skey) => ['cold', ...keygen(skey), '--counter', inFolder('counter'), '--network', 'preview'],
  ],
];

describe('a signing key below a folder in which others can write', () => {
  test.each(commands)('kes %s warns, and writes it', async (_name, args) => {
    const { code, json, stderr } = await kesJson(args(below(0o777, 'skey')));
    expect(code).toBe(0);
    expect(json.warnings).toEqual([expect.stringContaining(`${inFolder('above')}, owner`)]);
    expect(stderr).toContain('another user can exchange it');
  });

  test('kes evolve warns', async () => {
    const skey = below(0o700, 'skey');
    expect(await kes(keygen(skey))).toMatchObject({ code: 0, stderr: '' });
    below(0o777);
    const { code, stderr } = await kes(['evolve', skey, '--to', '1', '--leave-node']);
    expect(code).toBe(0);
    expect(stderr).toContain('another user can exchange it');
  });

  test.each([0o755, 0o1777])('no command warns when its mode is %o', async (mode) => {
    expect(await kes(keygen(below(mode, 'skey')))).toMatchObject({ code: 0, stderr: '' });
  });

  test('a relative path and a link are followed to their folders', async () => {
    below(0o777);
    symlinkSync(inFolder('above'), inFolder('link'));
    const { stderr } = await kes(keygen('link/inner/skey'), { cwd: inFolder() });
    expect(stderr).toContain(`${inFolder('above')}, owner`);
  });
});

test.runIf(needsRoot === '')(`kes keygen warns of a link of another user${needsRoot}`, async () => {
  mkdirSync(inFolder('keys'), { mode: 0o700 });
  symlinkSync(inFolder('keys'), inFolder('link'));
  lchownSync(inFolder('link'), STRANGER, STRANGER);
  const { code, stderr } = await kes(keygen(inFolder('link', 'skey')));
  expect(code).toBe(0);
  expect(stderr).toContain(`${inFolder('link')}, owner ${String(STRANGER)}`);
});

test('no command connects to a socket below a folder in which others can write', async () => {
  const path = below(0o777, 'control');
  const server = createServer(() => undefined).listen(path);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  for (const command of [
    ['agent', 'info', '--control', path],
    ['agent', 'drop-key', '--control', path],
    ['status', '--agent-control', path, '--network', 'preview'],
    ['sign', '--agent-sign', path, '-'],
  ]) {
    const { code, stderr } = await kes(command);
    expect(code).toBe(3);
    expect(stderr.startsWith(`kes: error: ${path}: another user can exchange`)).toBe(true);
    expect(stderr).toContain(`${inFolder('above')}, owner`);
  }
});

test('kes doctor names a folder above a socket that another user can exchange', async () => {
  const sockets = (mode: number) => [
    ...['--service', below(mode, 'service'), '--control', below(mode, 'control')],
  ];
  const folderCheck = async (mode: number): Promise<Json> => {
    const { json } = await kesJson(['doctor', '--agent', ...sockets(mode)]);
    return json.checks.find(({ name }: Json) => name === 'folder');
  };
  expect(await folderCheck(0o755)).toMatchObject({ state: 'good' });
  expect(await folderCheck(0o777)).toMatchObject({
    state: 'bad',
    found: expect.stringContaining(`${inFolder('above')}, owner`),
  });
});
