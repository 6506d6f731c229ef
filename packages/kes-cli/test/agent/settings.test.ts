/** The settings of an agent: options, variables, a file, and which of them wins. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { makePool } from '../support/files.js';
import { inFolder } from '../support/folder.js';
import { kes, kesJson, type Json } from '../support/kes.js';

/** Writes a configuration file, and returns its path. */
function file(...lines: readonly string[]): string {
  writeFileSync(inFolder('agent.toml'), `${lines.join('\n')}\n`);
  return inFolder('agent.toml');
}

/** The paths of the sockets that `kes doctor --agent` looks at. */
async function paths(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const { json } = await kesJson(['doctor', '--agent', ...args], { environment });
  return json.checks
    .filter(({ name }: Json) => name.endsWith(' socket'))
    .map(({ found }: Json) => found.split(' ', 1)[0]);
}

const ENVIRONMENT = {
  KES_AGENT_SERVICE_PATH: '/env/service',
  KES_AGENT_CONTROL_PATH: '/env/control',
};

describe('the paths of the sockets', () => {
  test('are in the folder of the session of this user when nothing states them', async () => {
    const folder = inFolder('session');
    mkdirSync(folder, { mode: 0o700 });
    expect(await paths([], { XDG_RUNTIME_DIR: folder })).toEqual([
      join(folder, 'kes-agent-service.socket'),
      join(folder, 'kes-agent-control.socket'),
    ]);
  });

  test.each([
    ['is not set', undefined],
    ['does not exist', '/no/such/folder'],
    ['is relative', '.'],
  ])(
    'are in the folder of agents below /run for root alone when the session %s',
    async (_, folder) => {
      const environment = folder === undefined ? {} : { XDG_RUNTIME_DIR: folder };
      const user = vi.spyOn(process, 'geteuid').mockReturnValue(0);
      onTestFinished(() => user.mockRestore());
      expect(await paths([], environment)).toEqual([
        '/run/kes-agent/kes-agent-service.socket',
        '/run/kes-agent/kes-agent-control.socket',
      ]);
      user.mockReturnValue(12_345);
      for (const args of [
        ['agent', 'info'],
        ['agent', 'gen-staged-key', '--out', 'kes.vkey'],
        ['agent', 'drop-key'],
        ['doctor', '--agent'],
      ]) {
        const { code, stderr } = await kes(args, { environment });
        expect(code).toBe(2);
        expect(stderr).toMatch(/--(service|control) <path>.*XDG_RUNTIME_DIR/);
      }
    },
  );

  test('are not in the folder of another user, as after su', async () => {
    const folder = inFolder('session');
    mkdirSync(folder, { mode: 0o700 });
    const user = vi.spyOn(process, 'geteuid').mockReturnValue(12_345);
    onTestFinished(() => user.mockRestore());
    const { code } = await kes(['agent', 'info'], { environment: { XDG_RUNTIME_DIR: folder } });
    expect(code).toBe(2);
  });

  test('come from an option before a variable, and from a variable before the file', async () => {
    const session = { XDG_RUNTIME_DIR: inFolder('.') };
    const config = ['--config', file('service-path = "/file/service"', 'sign-path = "/file/sign"')];
    expect(await paths(config, session)).toEqual([
      '/file/service',
      inFolder('kes-agent-control.socket'),
      '/file/sign',
    ]);
    const environment = { ...session, ...ENVIRONMENT };
    expect(await paths(config, environment)).toEqual([
      '/env/service',
      '/env/control',
      '/file/sign',
    ]);
    expect(await paths([...config, '--control', '/option/control'], environment)).toEqual([
      '/env/service',
      '/option/control',
      '/file/sign',
    ]);
  });

  test('may be given by the options of the reference', async () => {
    const long = ['--service-address', '/a', '--control-address', '/b'];
    expect(await paths(long)).toEqual(['/a', '/b']);
    expect(await paths(['-s', '/a', '-c', '/b'])).toEqual(['/a', '/b']);
    const config = file('service-path = "/file/service"', 'control-path = "/file/control"');
    for (const option of ['-F', '--config-file', '--config']) {
      expect(await paths([option, config])).toEqual(['/file/service', '/file/control']);
    }
  });

  test('are not taken from an empty variable', async () => {
    const config = file('service-path = "/file/service"', 'control-path = "/file/control"');
    const environment = { KES_AGENT_SERVICE_PATH: '' };
    expect(await paths(['--config', config], environment)).toEqual([
      '/file/service',
      '/file/control',
    ]);
  });
});

test('kes agent run needs a socket where no session has a folder', async () => {
  makePool(inFolder());
  const user = vi.spyOn(process, 'geteuid').mockReturnValue(12_345);
  onTestFinished(() => user.mockRestore());
  const args = ['agent', 'run', '--network', 'preview', '--cold-vkey', inFolder('cold.vkey')];
  const { code, stderr } = await kes(args);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^kes: error: .*--service <path>.*XDG_RUNTIME_DIR.*\n$/);
});
