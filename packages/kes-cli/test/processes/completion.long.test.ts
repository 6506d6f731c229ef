/** The completion scripts in the shells themselves. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { inFolder } from '../support/folder.js';
import { kes } from '../support/kes.js';

function whyNot(shell: string): string | undefined {
  const { error } = spawnSync(shell, ['--version']);
  return error === undefined ? undefined : `${shell} is not installed`;
}

function named(name: string, reason: string | undefined): string {
  return reason === undefined ? name : `${name} (skipped: ${reason})`;
}

async function scriptOf(shell: string): Promise<string> {
  const { code, stdout, stderr } = await kes(['completion', shell]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

/** The words after `kes` on the command line, the last one incomplete, and the completions. */
const CASES: readonly (readonly [words: readonly string[], offered: readonly string[]])[] = [
  [['ev'], ['evolve']],
  [
    ['opcert', ''],
    ['issue', 'request'],
  ],
  [
    ['completion', ''],
    ['bash', 'fish', 'zsh'],
  ],
  [['evolve', '--t'], ['--to']],
  [['help', 'ev'], ['evolve']],
  [
    ['help', 'opcert', ''],
    ['issue', 'request'],
  ],
  [
    ['agent', 'run', '--log-format', ''],
    ['json', 'text'],
  ],
  [
    ['header', 'verify', '--network', 'pre'],
    ['preprod', 'preview'],
  ],
  [['status', 'certs', '--warn'], ['--warn-days']],
  [['opcert', 'issue', '--start'], ['--start-period']],
  [
    ['status', '--network', ''],
    ['mainnet', 'preprod', 'preview'],
  ],
  [
    ['status', '--json', '--network', 'pre'],
    ['preprod', 'preview'],
  ],
];

/** Lines with `--option=value`, the value incomplete, and the values that the shell offers. */
const JOINED: readonly (readonly [words: readonly string[], offered: readonly string[]])[] = [
  [
    ['status', '--network=pre'],
    ['preprod', 'preview'],
  ],
  [
    ['agent', 'run', '--log-format='],
    ['json', 'text'],
  ],
];

describe('bash', () => {
  const reason = whyNot('bash');
  test.skipIf(reason !== undefined).each(JOINED)(
    named('completes kes %j, which it splits, with %j', reason),
    async (words, offered) => {
      // bash passes --network=pre as three words, and --network= as two.
      const split = words.flatMap((word) => word.split(/(=)/).filter(Boolean));
      const script = `${await scriptOf('bash')}
        COMP_WORDS=(kes "$@"); COMP_CWORD=$#; _kes; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const out = execFileSync('bash', ['-c', script, 'bash', ...split], { encoding: 'utf8' });
      expect(out.split('\n').filter(Boolean).sort()).toEqual(offered);
    },
  );

  test.skipIf(reason !== undefined).each(CASES)(
    named('completes kes %j with %j', reason),
    async (words, offered) => {
      const script = `${await scriptOf('bash')}
        COMP_WORDS=(kes "$@"); COMP_CWORD=$#; _kes; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const out = execFileSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' });
      expect(out.split('\n').filter(Boolean).sort()).toEqual(offered);
    },
  );

  test.skipIf(reason !== undefined)(
    named('completes file names where an argument is a file', reason),
    async () => {
      const script = `${await scriptOf('bash')}
        COMP_WORDS=(kes inspect ""); COMP_CWORD=2; _kes; echo "\${#COMPREPLY[@]}"; complete -p kes`;
      const out = execFileSync('bash', ['-c', script], { encoding: 'utf8' });
      expect(out).toBe('0\ncomplete -o default -F _kes kes\n');
    },
  );
});

describe('zsh', () => {
  const reason = whyNot('zsh');
  test.skipIf(reason !== undefined)(named('accepts the script', reason), async () => {
    const script = inFolder('_kes');
    writeFileSync(script, await scriptOf('zsh'));
    const { status, stderr } = spawnSync('zsh', [
      '-f',
      '-c',
      `autoload -U compinit; compinit -D -u; source ${script}; [[ $_comps[kes] == _kes ]]`,
    ]);
    expect({ status, stderr: String(stderr) }).toEqual({ status: 0, stderr: '' });
  });

  test.skipIf(reason !== undefined).each([...CASES, ...JOINED])(
    named('completes kes %j with %j', reason),
    async (words, offered) => {
      // Functions that print the entries replace the builtins that show them.
      const script = `
        compdef() { :; }; _files() { print FILES; }
        _describe() { [[ $1 != -o ]] || shift; print -l -- "\${(@P)2}" "\${(@P)2}" | sort -u; }
        compadd() { print -l -- "$@"; }
        compset() {
          [[ $PREFIX == --*=* ]] || return 1
          IPREFIX=\${PREFIX%%=*}=; PREFIX=\${PREFIX#*=}
        }
        ${await scriptOf('zsh')}
        words=(kes "$@"); CURRENT=$#words; PREFIX=$words[-1]; _kes`;
      const out = execFileSync('zsh', ['-f', '-c', script, 'zsh', ...words], { encoding: 'utf8' });
      const entries = out.split('\n').map((line) => line.split(':', 1)[0] ?? '');
      // zsh itself filters the entries by the typed beginning.
      const fitting = entries.filter(
        (entry) => entry !== '' && entry.startsWith(words.at(-1)?.replace(/^--.*=/, '') ?? ''),
      );
      expect(fitting.sort()).toEqual(offered);
    },
  );
});

describe('fish', () => {
  const reason = whyNot('fish');
  test.skipIf(reason !== undefined).each(CASES)(
    named('completes kes %j with %j', reason),
    async (words, offered) => {
      const script = inFolder('kes.fish');
      writeFileSync(script, await scriptOf('fish'));
      mkdirSync(inFolder('home'));
      const line = `source ${script}; complete -C 'kes ${words.join(' ')}'`;
      const out = execFileSync('fish', ['--no-config', '-c', line], {
        encoding: 'utf8',
        cwd: inFolder('home'),
        env: { ...process.env, HOME: inFolder('home') },
      });
      const entries = out.split('\n').map((entry) => entry.split('\t', 1)[0] ?? '');
      expect(entries.filter(Boolean).sort()).toEqual(offered);
    },
  );
});
