/** The settings of an agent: options, variables, a file, and which of them wins. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { makePool } from '../support/files.js';
import { inFolder } from '@evolock/command-testing/folder';
import { kes, kesJson, type Json } from '../support/kes.js';

/** Writes a configuration file, and returns its path. */
function file(name: string, ...lines: readonly string[]): string {
  writeFileSync(inFolder(name), `${lines.join('\n')}\n`);
  return inFolder(name);
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

describe('the paths of the sockets', () => {
  test('come from an option, else from a variable, else from the file, else from the session', async () => {
    const folder = inFolder('session');
    mkdirSync(folder, { mode: 0o700 });
    const ofSession = (name: string) => join(folder, `kes-agent-${name}.socket`);
    const [one, both, signs] = [
      file('one.toml', 'service-path = "/file/service"'),
      file('both.toml', 'service-path = "/file/service"', 'control-path = "/file/control"'),
      file('signs.toml', 'service-path = "/file/service"', 'sign-path = "/file/sign"'),
    ];
    const variables = {
      KES_AGENT_SERVICE_PATH: '/env/service',
      KES_AGENT_CONTROL_PATH: '/env/control',
    };
    const cases: [args: string[], environment: Record<string, string>, paths: string[]][] = [
      [[], {}, [ofSession('service'), ofSession('control')]],
      [['--config', one], {}, ['/file/service', ofSession('control')]],
      [['--config', signs], variables, ['/env/service', '/env/control', '/file/sign']],
      [['--config', both, '--control', '/a'], variables, ['/env/service', '/a']],
      // The options of the reference.
      [['--service-address', '/a', '--control-address', '/b'], variables, ['/a', '/b']],
      [['-s', '/a', '-c', '/b'], {}, ['/a', '/b']],
      [['-F', both], {}, ['/file/service', '/file/control']],
      [['--config-file', both], {}, ['/file/service', '/file/control']],
      // An empty variable is none.
      [['--config', both], { KES_AGENT_SERVICE_PATH: '' }, ['/file/service', '/file/control']],
    ];
    for (const [args, environment, expected] of cases) {
      const found = await paths(args, { XDG_RUNTIME_DIR: folder, ...environment });
      expect({ args, found }).toEqual({ args, found: expected });
    }
  });

  test.each([
    ['is not set', undefined],
    ['does not exist', '/no/such/folder'],
    ['is relative', '.'],
    ['is of another user, as after su', ''],
  ])(
    'are in the folder of agents below /run for root alone when the session %s',
    async (_, path) => {
      const folder = path === '' ? inFolder('session') : path;
      if (path === '') mkdirSync(inFolder('session'), { mode: 0o700 });
      const environment: Record<string, string> =
        folder === undefined ? {} : { XDG_RUNTIME_DIR: folder };
      const user = vi.spyOn(process, 'geteuid').mockReturnValue(0);
      onTestFinished(() => user.mockRestore());
      if (path !== '')
        expect(await paths([], environment)).toEqual([
          '/run/kes-agent/kes-agent-service.socket',
          '/run/kes-agent/kes-agent-control.socket',
        ]);
      user.mockReturnValue(12_345);
      makePool(inFolder());
      for (const args of [
        ['agent', 'info'],
        ['agent', 'gen-staged-key', '--out', 'kes.vkey'],
        ['agent', 'drop-key'],
        ['agent', 'run', '--network', 'preview', '--cold-vkey', inFolder('cold.vkey')],
        ['doctor', '--agent'],
      ]) {
        const { code, stderr } = await kes(args, { environment });
        expect(code).toBe(2);
        expect(stderr).toMatch(/^kes: error: .*--(service|control) <path>.*XDG_RUNTIME_DIR.*\n$/);
      }
    },
  );
});
