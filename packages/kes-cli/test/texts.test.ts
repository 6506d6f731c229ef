/** Help, usage errors and messages: what is wrong, with which argument or file, what to do. */
import { readFileSync, writeFileSync } from 'node:fs';
import { FileError } from '@evolock/cardano-kes';
import fc from 'fast-check';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { answerText } from '../src/cli/answer.js';
import { complaintOf } from '../src/cli/errors.js';
import { Session } from '../src/cli/session.js';
import { Style } from '../src/cli/style.js';
import { placesBelow } from '../src/completion/place.js';
import { wholeKesCommand } from '../src/kes.js';
import { envelopeIn, makeKey, makeUnsignedCertificate, testSeed } from './support/files.js';
import { inFolder } from './support/folder.js';
import { kes, kesJson } from './support/kes.js';

const KES = await wholeKesCommand(
  new Session([], {
    stdin: 0,
    stdout: process.stdout,
    stderr: process.stderr,
    environment: {},
    now: () => new Date(),
    monotonic: () => 0,
    headerWorker: new URL('file:///none'),
    inspectorUrl: () => undefined,
    signals: process,
  }),
);

/** Every command and group of commands. */
const PLACES = placesBelow(KES);
const COMMANDS = PLACES.map(({ path }) => path);

/** Whether the README is written instead of compared. */
const IS_WRITTEN = process.env['EVOLOCK_WRITE_TRANSCRIPT'] === '1';

/** The commands by role, each with what it needs. */
function readmeList(): string {
  return KES.commands
    .map((each) => each.helpGroup())
    .filter((role, index, all) => all.indexOf(role) === index)
    .map((role) => {
      const lines = KES.commands
        .filter((each) => each.helpGroup() === role)
        .flatMap((each) => linesOf(each, `kes ${each.name()}`));
      return `**${role.replace(':', '')}**\n\n${lines.join('\n')}\n`;
    })
    .join('\n');
}

function linesOf(command: Command, path: string): string[] {
  if (command.commands.length > 0)
    return command.commands.flatMap((each) => linesOf(each, `${path} ${each.name()}`));
  const options = command.options.filter(({ mandatory }) => mandatory).map(({ flags }) => flags);
  const args = command.registeredArguments.map((each) => {
    const name = `${each.name()}${each.variadic ? '...' : ''}`;
    return each.required ? `<${name}>` : `[${name}]`;
  });
  return [`- \`${[path, ...options, ...args].join(' ')}\`: ${command.summary()}`];
}

describe('help', () => {
  test.each(COMMANDS)(
    '%s --help shows examples that are commands, and the exit codes',
    async (path) => {
      const { code, stdout, stderr } = await kes([...path.split(' ').slice(1), '--help']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/^Usage: kes/);
      expect(stdout).toMatch(/\nExamples:\n( {2}# .+\n {2}\$ .*kes .+\n)+/);
      expect(stdout).toContain('Exit codes:\n  0  ');
      for (const line of stdout.split('\n')) {
        if (!/^ {2}[#$]/.test(line)) expect(line.length).toBeLessThanOrEqual(80);
      }
    },
  );

  test('and the list of the README are of the same commands', () => {
    expect(COMMANDS).toContain('kes opcert issue');
    const path = new URL('../README.md', import.meta.url);
    const readme = readFileSync(path, 'utf8');
    const [, before = '', list, after = ''] =
      /^([^]*\n## Commands\n\n.*\n\n)([^]*?)(\n\| option [^]*)$/.exec(readme) ?? [];
    const expected = readmeList();
    if (IS_WRITTEN) writeFileSync(path, before + expected + after);
    else expect(list).toBe(expected);
  });

  test('is shown by kes and its groups without a command, as a usage error', async () => {
    for (const args of [[], ['opcert'], ['header'], ['agent']]) {
      const { code, stdout, stderr } = await kes(args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/^Usage: kes/);
    }
  });

  test.each([
    [[]],
    [['sign']],
    [['opcert']],
    [['opcert', 'issue']],
    [['header', 'verify']],
    [['agent', 'run']],
  ])('is the same by kes help: %j', async (names) => {
    const help = await kes(['help', ...names]);
    expect(help).toEqual(await kes([...names, '--help']));
    expect(help.code).toBe(0);
  });

  test.each([
    [['sgin'], "unknown command 'sgin' (Did you mean sign?) (see kes --help)"],
    [['opcert', 'isue'], "unknown command 'isue' (Did you mean issue?) (see kes opcert --help)"],
    [['sign', 'kes.skey'], "unknown command 'sign kes.skey' (see kes --help)"],
    [['--', '--version'], "unknown command '--version' (see kes --help)"],
    [[''], "unknown command '' (see kes --help)"],
  ])('of an unknown command is a usage error: %j', async (names, says) => {
    const { code, stdout, stderr } = await kes(['help', ...names]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(`kes: error: ${says}\n`);
  });
});

describe('a wrong command line', () => {
  test.each([
    [['evolv'], /unknown command 'evolv' \(Did you mean evolve\?\)/],
    [['evolve', '--to', '1'], /missing required argument/],
    [['evolve', 'kes.skey'], /required option '--to <period>'/],
    [['evolve', 'kes.skey', '--to', '-1'], /not a whole number/],
    [['evolve', 'kes.skey', '--to', '1.5'], /not a whole number/],
    [['evolve', 'kes.skey', '--to', '9'.repeat(23)], /'9{23}' is invalid. It is too large/],
    [['evolve', '-', '--to', '1'], /from a file only/],
    [['inspect', 'one', 'two'], /too many arguments/],
    [['sign', '--skey', 'kes.skey', '--binary'], /--binary needs --out/],
    [['verify', '--period', '0', '--signature', 's'], /by --vkey or by --cert/],
    [
      ['status', '--cert', 'c', '--slots-per-kes-period', '0', '--max-kes-evolutions', '9'],
      /option '--slots-per-kes-period <slots>' argument '0' is invalid. It must be 1/,
    ],
    [
      ['status', '--cert', 'c', '--slots-per-kes-period', '9', '--max-kes-evolutions', '0'],
      /option '--max-kes-evolutions <evolutions>' argument '0' is invalid. It must be 1/,
    ],
    [['completion', 'tcsh'], /Allowed choices are bash, zsh, fish/],
    [['opcert', 'isue'], /Did you mean issue/],
    [['keygen', '--skye', 's', '--vkey', 'v'], /unknown option '--skye' \(Did you mean --skey\?\)/],
    [
      ['sign', '--skey', 's', '--perod', '3'],
      /unknown option '--perod' \(Did you mean --period\?\)/,
    ],
    [['keygen', '--', '--skye'], /required option '--skey <file>'/],
    [['sign', '--', '--skye'], /name one signer: --skey <file>/],
    [['agent', 'run', '--servce', 's'], /unknown option '--servce' \(Did you mean --service\?\)/],
    [['agent', 'gen-staged-key'], /--out <file>/],
    [['agent', 'install-key'], /--opcert <file>/],
    [['agent', 'instal-key'], /Did you mean install-key/],
  ])('is one line on stderr, and exit code 2: %j', async (args, says) => {
    const { code, stdout, stderr } = await kes(args, { cwd: inFolder() });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^kes: error: [^\n]+\n$/);
    expect(stderr).toMatch(says);
  });

  test.each([
    [['--network', 'mainnet', '--genesis', 'g.json'], /name the network once/],
    [[], /name the network: --network/],
    // The message recommends only what this network accepts.
    [
      ['--slots-per-kes-period', '100', '--max-kes-evolutions', '62'],
      /give the slot, by --slot\n$/,
    ],
  ])('of kes status is refused with what to do: %j', async (args, says) => {
    makeUnsignedCertificate(inFolder('node.cert'));
    const { code, stderr } = await kes(['status', '--cert', inFolder('node.cert'), ...args]);
    expect(code).toBe(2);
    expect(stderr).toMatch(says);
  });
});

test('a count of one has a singular noun', async () => {
  makeUnsignedCertificate(inFolder('node.cert'));
  const numbers = ['--slots-per-kes-period', '1', '--max-kes-evolutions', '1'];
  const status = ['status', '--cert', inFolder('node.cert'), ...numbers, '--slot'];
  const { stdout } = await kes([...status, '500']);
  expect(stdout).toContain(': 1 slot a KES period, 1 evolution\n');
  expect(stdout).toContain('it ends in 1 slot: slot 501\n');
});

describe('an error', () => {
  /** Runs in the folder of the test. The message is one line. */
  async function complains(args: readonly string[], code: number, says: RegExp): Promise<void> {
    const ended = await kes(args, { cwd: inFolder() });
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toMatch(/^kes: error: .*\n$/);
    expect(ended.stderr).toMatch(says);
  }

  test('is one line of JSON with --json', async () => {
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

  test('about a key that states another period than its own names both', async () => {
    makeKey(inFolder('kes.skey'), 12);
    const { cborHex, ...label } = envelopeIn(inFolder('kes.skey'));
    const rust = { ...label, cborHex: `590264${cborHex.slice(6)}0000000d` };
    writeFileSync(inFolder('kes.skey'), JSON.stringify(rust), { mode: 0o600 });
    for (const args of [
      ['inspect', 'kes.skey'],
      ['vkey', 'kes.skey'],
      ['evolve', 'kes.skey', '--to', '20'],
      ['sign', '--skey', 'kes.skey'],
    ]) {
      const says =
        /kes\.skey: it states period 13, which is not the period of the key, 12.*good copy/;
      await complains(args, 1, says);
    }
  });

  test('about a public file instead of a signing key names its kind', async () => {
    makeKey(inFolder('kes.skey'));
    await kes(['vkey', 'kes.skey', '--out', 'kes.vkey'], { cwd: inFolder() });
    const isVkey = /kes\.vkey: it is a KES verification key, and a KES signing key is needed/;
    await complains(['vkey', 'kes.vkey'], 1, isVkey);
    await complains(['evolve', 'kes.vkey', '--to', '1'], 1, isVkey);
    const issue = ['opcert', 'issue', '--kes-vkey', 'kes.vkey', '--cold-skey', 'kes.vkey'];
    await complains(
      [...issue, '--counter', 'c', '--unchecked', '--start-period', '1', '--out', 'o'],
      1,
      /kes\.vkey: it is a KES verification key, and a cold signing key is needed/,
    );
  });

  test.each([
    ['that is not JSON', '{', /: genesis\.json: .*JSON/],
    ['of Byron', '{"avvmDistr": {}}', /: genesis\.json: .*Shelley genesis/],
  ])('about a genesis file %s names the file', async (_name, content, says) => {
    writeFileSync(inFolder('genesis.json'), content);
    const verify = ['header', 'verify', '--genesis', 'genesis.json', 'no.header'];
    await complains(verify, 1, says);
  });

  test('about a seed file that is missing, too short or too long names the file', async () => {
    const keygen = ['keygen', '--skey', 'k.skey', '--vkey', 'k.vkey', '--seed-file', 'seed'];
    await complains(keygen, 3, /: seed: there is no such file/);
    const [seed, mode] = [testSeed(), { mode: 0o600 }];
    writeFileSync(inFolder('seed'), seed.subarray(1), mode);
    await complains(keygen, 1, /: seed: a seed has exactly 32 bytes/);
    writeFileSync(inFolder('seed'), Buffer.concat([seed, seed]));
    await complains(keygen, 1, /: seed: a seed has exactly 32 bytes/);
  });

  test.each([
    ['ENOSPC', 'system', /kes\.skey: the disk is full: free some space/],
    ['EACCES', 'no-permission', /kes\.skey: no permission.*chmod 600/],
    ['EROFS', 'no-permission', /kes\.skey: its file system is read-only/],
    // The library says more here than the system does.
    ['ENOSPC', 'left-behind', /kes\.skey: .*temporary.*ENOSPC/],
  ] as const)('of the system is reworded: %s, as %s', (code, reason, says) => {
    const cause = Object.assign(new Error(code), { code });
    const error = new FileError(reason, 'kes.skey', { cause });
    const complaint = complaintOf(error);
    expect(complaint).toMatchObject({ exitCode: 3, code: 'ERR_EVOLOCK_IO_FILE' });
    expect(complaint.message).toMatch(says);
  });

  test('about a folder that does not exist names the folder, for reading and for writing', async () => {
    makeKey(inFolder('kes.skey'));
    writeFileSync(inFolder('message'), 'a message');
    const says = /: no\/where\/it: its folder no does not exist\n$/;
    for (const args of [
      ['inspect', 'no/where/it'],
      ['vkey', 'kes.skey', '--out', 'no/where/it'],
      ['sign', '--skey', 'kes.skey', '--out', 'no/where/it', 'message'],
      ['sign', '--skey', 'kes.skey', 'no/where/it'],
      ['keygen', '--skey', 'no/where/it', '--vkey', 'new.vkey'],
      ['inspect', 'no/where/it'],
      ['evolve', 'no/where/it', '--to', '1'],
    ]) {
      await complains(args, 3, says);
    }
  });

  test('prints no character of a name that could change the screen', async () => {
    const strange = ['a\nb', 'a\u2028b', 'a\u2029b', 'a\u202eb', 'a\u009bb', 'a\u200bb'];
    for (const name of strange) {
      await complains(['inspect', name], 3, /: a\ufffdb: there is no such file\n$/);
      const { stderr } = await kes(['inspect', name, '--json'], { cwd: inFolder() });
      expect(JSON.parse(stderr).error.message).toMatch(/^a\ufffdb: there is no such file/);
    }
    makeKey(inFolder('kes.skey'));
    for (const name of strange) {
      const args = ['vkey', 'kes.skey', '--out', name];
      const { stdout } = await kes([...args, '--json'], { cwd: inFolder() });
      expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      expect(JSON.parse(stdout)).toMatchObject({ verificationKeyFile: name });
      const again = await kes([...args, '--force'], { cwd: inFolder() });
      expect(again.stdout).toMatch(/^✓ a\ufffdb holds the verification key\n/);
    }
  });
});

test('colours are used on a terminal, but not with NO_COLOR or TERM=dumb', async () => {
  const colour = async (environment: Readonly<Record<string, string>>): Promise<boolean> => {
    const ended = await kes(['nonsense'], { isTTY: true, environment });
    return ended.stderr.includes('\u001b[31m');
  };
  expect(await colour({})).toBe(true);
  expect(await colour({ NO_COLOR: '1' })).toBe(false);
  expect(await colour({ TERM: 'dumb' })).toBe(false);
  expect((await kes(['nonsense'])).stderr).not.toContain('\u001b');
});

describe('the text of an answer', () => {
  const KEY = '3d'.repeat(32);
  const COMMAND = `kes counter set '/a folder/${'x'.repeat(90)}' --next 8 --force`;
  const word = fc.stringMatching(/^[a-zé–]{1,24}$/);
  const prose = fc.array(word, { minLength: 1, maxLength: 40 }).map((words) => words.join(' '));

  test('fits 80 columns, keeps each word in its order, and breaks no key and no command', () => {
    fc.assert(
      fc.property(
        prose,
        prose,
        prose,
        fc.stringMatching(/^[a-z ]{1,40}$/),
        (one, two, last, name) => {
          const check = { valid: false, words: `${one}: ${COMMAND}; ${two}` };
          const facts = [
            [name, two],
            ['KES key', KEY],
            ['', KEY],
          ] as const;
          const answer = { checks: [check], facts, after: [`  ${last}`], json: {} };
          const lines = answerText(answer, new Style(false));
          const isWhole = (line: string) => [COMMAND, KEY].includes(line.trim());
          for (const line of lines) expect(isWhole(line) || line.length <= 80).toBe(true);
          const text = (value: string) => value.replaceAll(/\s+/g, '');
          const all = ['✗', check.words, name, two, 'KES key', KEY, KEY, last].map(text);
          expect(text(lines.join(' '))).toBe(all.join(''));
          expect(lines.map((line) => line.trim())).toContain(COMMAND);
        },
      ),
    );
  });
});
