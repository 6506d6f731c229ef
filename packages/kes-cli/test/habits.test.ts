/** What a person at a terminal expects of any command. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { writeKesVerificationKey } from '@evolock/cardano-kes';
import { describe, expect, it } from 'vitest';
import { inFolder } from './support/folder.js';
import { kes, kesJson, program } from './support/kes.js';
import { makeKey, testSeed } from './support/test-key.js';

/** Every command and group of commands. */
const COMMANDS = [
  [],
  ['keygen'],
  ['vkey'],
  ['inspect'],
  ['evolve'],
  ['sign'],
  ['verify'],
  ['opcert'],
  ['opcert', 'issue'],
  ['opcert', 'verify'],
  ['opcert', 'inspect'],
  ['header'],
  ['header', 'verify'],
  ['status'],
  ['doctor'],
  ['completion'],
  ['help'],
];

describe('help', () => {
  it.each(COMMANDS)(
    'kes %s %s shows examples that are commands, and the exit codes',
    async (...names) => {
      const { code, stdout, stderr } = await kes([...names.filter(Boolean), '--help']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/^Usage: kes/);
      expect(stdout).toMatch(/\nExamples:\n( {2}# .+\n {2}\$ .*kes .+\n)+/);
      expect(stdout).toContain('Exit codes:\n  0  ');
      for (const line of stdout.split('\n')) {
        if (!/^ {2}[#$]/.test(line)) expect(line.length).toBeLessThanOrEqual(80);
      }
    },
  );

  it('is what kes and its groups say without more, as a usage error', async () => {
    for (const args of [[], ['opcert'], ['header']]) {
      const { code, stdout, stderr } = await kes(args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/^Usage: kes/);
    }
  });
});

describe('a wrong command line', () => {
  it.each([
    [['evolv'], /unknown command 'evolv' \(Did you mean evolve\?\)/],
    [['evolve', '--to', '1'], /missing required argument/],
    [['evolve', 'kes.skey'], /required option '--to <period>'/],
    [['evolve', 'kes.skey', '--to', '-1'], /no whole number/],
    [['evolve', 'kes.skey', '--to', '1.5'], /no whole number/],
    [['evolve', 'kes.skey', '--to', '9'.repeat(23)], /'9{23}' is invalid. It is too large/],
    [['evolve', '-', '--to', '1'], /from a file only/],
    [['inspect', 'one', 'two'], /too many arguments/],
    [['sign', '--skey', 'kes.skey', '--binary'], /--binary takes --out/],
    [['verify', '--period', '0', '--signature', 's'], /by --vkey or by --cert/],
    [['keygen', '--skey', 's', '--vkey', 'v', '--depth', '5'], /Allowed choices are 6, 7/],
    [
      ['status', '--cert', 'c', '--slots-per-kes-period', '0', '--max-kes-evolutions', '9'],
      /option '--slots-per-kes-period <slots>' argument '0' is invalid. It has to be 1/,
    ],
    [
      ['status', '--cert', 'c', '--slots-per-kes-period', '9', '--max-kes-evolutions', '0'],
      /option '--max-kes-evolutions <evolutions>' argument '0' is invalid. It has to be 1/,
    ],
    [['completion', 'tcsh'], /Allowed choices are bash, zsh, fish/],
    [['opcert', 'isue'], /Did you mean issue/],
    [['keygen', '--skye', 's', '--vkey', 'v'], /unknown option '--skye' \(Did you mean --skey\?\)/],
    [
      ['sign', '--skey', 's', '--perod', '3'],
      /unknown option '--perod' \(Did you mean --period\?\)/,
    ],
    [['sign', '--', '--skye'], /required option '--skey <file>'/],
  ])('%j is one line on stderr, and code 2', async (args, says) => {
    const { code, stdout, stderr } = await kes(args, { cwd: inFolder() });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^kes: error: [^\n]+\n$/);
    expect(stderr).toMatch(says);
  });

  it('is one line of JSON with --json', async () => {
    const { code, stderr } = await kesJson(['evolve', 'missing.skey', '--to', '1'], {
      cwd: inFolder(),
    });
    expect(code).toBe(3);
    expect(JSON.parse(stderr)).toEqual({
      error: {
        code: 'ERR_EVOLOCK_IO_FILE',
        message: expect.stringContaining('missing.skey'),
        exitCode: 3,
      },
    });
  });
});

describe('nothing is overwritten without --force', () => {
  it('keygen', async () => {
    const args = ['keygen', '--skey', inFolder('kes.skey'), '--vkey', inFolder('kes.vkey')];
    expect((await kes(args)).code).toBe(0);
    expect(statSync(inFolder('kes.skey')).mode & 0o777).toBe(0o600);
    const before = readFileSync(inFolder('kes.skey'));
    const again = await kes(args);
    expect(again).toMatchObject({ code: 2, stdout: '' });
    expect(again.stderr).toMatch(/exists already: .*--force\n$/);
    expect(readFileSync(inFolder('kes.skey'))).toEqual(before);
    expect((await kes([...args, '--force'])).code).toBe(0);
    expect(readFileSync(inFolder('kes.skey'))).not.toEqual(before);
  });

  it('keygen, where only the verification key is there', async () => {
    writeFileSync(inFolder('kes.vkey'), 'mine');
    const { code } = await kes([
      'keygen',
      '--skey',
      inFolder('kes.skey'),
      '--vkey',
      inFolder('kes.vkey'),
    ]);
    expect(code).toBe(2);
    expect(() => statSync(inFolder('kes.skey'))).toThrow();
  });

  it('is not switched on by a property of Object.prototype', async () => {
    makeKey(inFolder('kes.skey'));
    const node = ['--import', 'data:text/javascript,Object.prototype.force=true'];
    const args = ['vkey', 'kes.skey', '--out', 'kes.vkey'];
    expect(await kes(args, { cwd: inFolder(), node })).toMatchObject({ code: 0 });
    expect(await kes(args, { cwd: inFolder(), node })).toMatchObject({ code: 2 });
  });

  it('sign and vkey', async () => {
    makeKey(inFolder('kes.skey'));
    writeKesVerificationKey(inFolder('old.vkey'), new Uint8Array(32));
    const oldKey = readFileSync(inFolder('old.vkey'), 'utf8');
    const oldSignature = `${'aa'.repeat(448)}\n`;
    for (const [old, args] of [
      [oldSignature, ['sign', '--skey', inFolder('kes.skey'), '--out', inFolder('out'), '-']],
      [oldKey, ['vkey', inFolder('kes.skey'), '--out', inFolder('out')]],
    ] as const) {
      writeFileSync(inFolder('out'), old);
      expect((await kes(args)).code).toBe(2);
      expect(readFileSync(inFolder('out'), 'utf8')).toBe(old);
      expect((await kes([...args, '--force'])).code).toBe(0);
      expect(readFileSync(inFolder('out'), 'utf8')).not.toBe(old);
    }
  });
});

describe('a seed', () => {
  it('comes from a file, which is closed to others, and makes the same key again', async () => {
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

  it.each([
    ['--skey', 'seed', 'kes.vkey'],
    ['--vkey', 'kes.skey', 'seed'],
    ['--vkey', 'kes.skey', 'inner/../seed'],
  ])('stays where the pair would take its place, by %s', async (option, skey, vkey) => {
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
});

describe('signing', () => {
  it('at a later period leaves the file where it is, and at an earlier one is refused', async () => {
    const verificationKey = Buffer.from(makeKey(inFolder('kes.skey'), 4)).toString('hex');
    const before = readFileSync(inFolder('kes.skey'));
    const sign = ['sign', '--skey', inFolder('kes.skey'), '-'];
    const { json } = await kesJson([...sign, '--period', '9'], { input: 'data' });
    expect(json).toMatchObject({ period: 9, verificationKey });
    expect(readFileSync(inFolder('kes.skey'))).toEqual(before);
    writeFileSync(inFolder('sig'), json.signature);
    const verify = ['verify', '--vkey', verificationKey, '--signature', inFolder('sig'), '-'];
    expect((await kes([...verify, '--period', '9'], { input: 'data' })).code).toBe(0);
    for (const period of ['4', '63']) {
      expect((await kes([...verify, '--period', period], { input: 'data' })).code).toBe(1);
    }
    for (const period of ['3', '64']) {
      expect((await kes([...sign, '--period', period], { input: 'data' })).code).toBe(2);
    }
  });

  it.each([
    ['too short', '00'.repeat(447)],
    ['no hex', 'x'.repeat(896)],
    ['empty', ''],
  ])('a signature that is %s is none, in one line', async (_name, text) => {
    writeFileSync(inFolder('sig'), text);
    const verify = [
      'verify',
      '--vkey',
      '00'.repeat(32),
      '--period',
      '0',
      '--signature',
      inFolder('sig'),
    ];
    const { code, stdout, stderr } = await kes(verify);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/no KES signature.*\n$/);
  });
});

/** Runs the command on a terminal of its own, by script(1), where there is one. */
function onTerminal(args: string, environment: Record<string, string>): string | undefined {
  const line = `${process.execPath} ${program} ${args}`;
  const env = { ...process.env, TERM: 'xterm-256color', NO_COLOR: '', ...environment };
  const { stdout, error, status } = spawnSync('script', ['-qec', line, '/dev/null'], { env });
  return error === undefined && status === 0 ? String(stdout) : undefined;
}

describe('colours', () => {
  const why = onTerminal('--version', {}) === undefined ? 'script(1) is not installed' : undefined;
  it.skipIf(why !== undefined)(
    `are there on a terminal, and neither with NO_COLOR nor on a dumb one${why === undefined ? '' : ` (skipped: ${why})`}`,
    () => {
      // What doctor says, and whether it succeeds, depends on the machine.
      const keygen = `keygen --force --skey ${inFolder('kes.skey')} --vkey ${inFolder('kes.vkey')}`;
      expect(onTerminal(keygen, {})).toContain('\u001b[32m');
      expect(onTerminal(keygen, { NO_COLOR: '1' })).not.toContain('\u001b');
      expect(onTerminal(keygen, { TERM: 'dumb' })).not.toContain('\u001b');
    },
  );

  it('are not there on a pipe, whatever the environment says', async () => {
    const { stdout } = await kes(['doctor'], { environment: { FORCE_COLOR: '1', CI: '1' } });
    expect(stdout).not.toContain('\u001b');
  });
});
