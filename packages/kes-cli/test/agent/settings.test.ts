/** The settings of an agent: options, variables, a file, and which of them wins. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { agentOptions, makePool, startAgent } from '../support/agent.js';
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

describe('kes agent run refuses', () => {
  beforeEach(makePool);

  const network = ['--network', 'preview'];
  const coldKey = (): string[] => ['--cold-vkey', inFolder('cold.vkey')];

  async function refuses(
    args: readonly string[],
    code: number,
    says: RegExp,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const ended = await kes(['agent', 'run', ...args], { environment });
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toMatch(/^kes: error: [^\n]+\n$/);
    expect(ended.stderr).toMatch(says);
  }

  test('to start without a socket', async () => {
    const user = vi.spyOn(process, 'geteuid').mockReturnValue(12_345);
    onTestFinished(() => user.mockRestore());
    await refuses([...network, ...coldKey()], 2, /--service <path>.*XDG_RUNTIME_DIR/);
  });

  test('to start without a cold key or a network', async () => {
    await refuses(network, 2, /--cold-vkey/);
    await refuses(coldKey(), 2, /--network/);
  });

  test('a cold key that is missing, or is no cold key', async () => {
    await refuses([...network, '--cold-vkey', inFolder('none')], 3, /none: there is no such file/);
    await refuses([...network, '--cold-vkey', inFolder('cold.counter')], 1, /cold\.counter/);
    await refuses([...network, '--cold-vkey', '-'], 2, /--cold-vkey -: .*its file/);
  });

  test('two networks in one place, and accepts that an option wins over the file', async () => {
    await refuses([...coldKey(), ...network, '--genesis', 'g'], 2, /name the network once/);
    const config = ['--config', file('genesis-file = "missing.json"')];
    await refuses([...coldKey(), ...config], 3, /missing\.json/);
    // The genesis file of the configuration is not read: it does not exist.
    const agent = await startAgent([...agentOptions(), ...config]);
    expect(await agent.logged('the agent is ready')).toContain('for preview');
  });

  test('a network whose slots have no dates', async () => {
    const genesis = { networkMagic: 42, slotsPerKESPeriod: 100, maxKESEvolutions: 60 };
    writeFileSync(inFolder('genesis.json'), JSON.stringify(genesis));
    const option = ['--genesis-file', inFolder('genesis.json')];
    await refuses([...coldKey(), ...option], 2, /no dates.*--without-byron/);
  });

  test.each([
    [
      'a key that it does not know',
      'service-pth = "x"',
      /agent\.toml: unknown service-pth: the keys/,
    ],
    [
      'text that is no TOML',
      'service-path = ',
      /agent\.toml: it is not TOML at line 1, column \d+/,
    ],
    ['a value of another type', 'bootstrap-paths = "x"', /bootstrap-paths: it must be an array/],
    [
      'a level that does not exist',
      'log-level = "loud"',
      /log-level: it must be one of debug, info/,
    ],
    ['a number below one', 'clients = 0', /clients: it must be a whole number from 1/],
  ])('a configuration file with %s', async (_name, line, says) => {
    await refuses([...coldKey(), ...network, '--config', file(line)], 2, says);
  });

  test('a configuration file that is missing, or is standard input', async () => {
    await refuses(['--config', inFolder('none.toml')], 3, /none\.toml: there is no such file/);
    await refuses(['--config', '-'], 2, /--config -/);
  });

  test('wrong options and variables', async () => {
    await refuses(['--log-level', 'loud'], 2, /Allowed choices are debug, info/);
    await refuses(['--clients', '0'], 2, /It must be 1 or more/);
    const environment = { KES_AGENT_LOG_TARGET: 'paper' };
    await refuses(
      [...coldKey(), ...network],
      2,
      /KES_AGENT_LOG_TARGET: paper: .*stdout/,
      environment,
    );
  });
});

test('options about an agent need kes doctor --agent', async () => {
  const { code, stderr } = await kes(['doctor', '--service', '/a']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/need --agent/);
});
