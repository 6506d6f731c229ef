/** The completion scripts in the shells themselves. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { inFolder } from '../support/folder.js';
import { kes } from '../support/kes.js';
import { program } from '../support/processes/process.js';

/** The words after the command on the line, the last one incomplete, and the completions. */
const CASES: readonly (readonly [words: string, offered: string])[] = [
  ['ev', 'evolve'],
  ['opcert ', 'issue request'],
  ['completion ', 'bash fish zsh'],
  ['evolve --t', '--to'],
  ['help ev', 'evolve'],
  ['help opcert ', 'issue request'],
  ['agent run --log-format ', 'json text'],
  ['header verify --network pre', 'preprod preview'],
  ['status certs --warn', '--warn-days'],
  ['opcert issue --start', '--start-period'],
  ['status --network ', 'mainnet preprod preview'],
  ['status --json --network pre', 'preprod preview'],
  ['status --network=pre', 'preprod preview'],
  ['agent run --log-format=', 'json text'],
  ['inspect fi', 'file'],
  ['sign --out fi', 'file'],
];

/** How each shell is asked for the completions of a line. Functions that print replace the builtins of zsh that show. */
const SHELLS = {
  // bash splits --option=value, and completes file names when a function offers nothing.
  bash: (script: string, name: string, line: string) => `${script}
    COMP_WORDS=(${words(name, line.replaceAll('=', ' = '))}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _kes /somewhere/${name}
    complete -p ${name} | grep -q -e '-o default' && [[ \${#COMPREPLY[@]} != 0 ]] || COMPREPLY=(fi*)
    printf '%s\\n' "\${COMPREPLY[@]}"`,
  zsh: (script: string, name: string, line: string) => `
    autoload -U compinit; compinit -D -u
    _describe() { print -l -- "\${(@P)2}"; }; compset() { :; }; _files() { print -l fi*; }
    ${script}
    [[ $_comps[${name}] == _kes ]] || exit 1
    words=(${words(name, line)}); CURRENT=$#words; _kes`,
  fish: (script: string, name: string, line: string) => `${script}
    complete -C '${name} ${line}'`,
} as const;

/** The words of a line, as bash and zsh read them. */
function words(name: string, line: string): string {
  return [name, ...line.split(' ')].map((word) => `"${word}"`).join(' ');
}

beforeEach(() => {
  writeFileSync(inFolder('file'), '');
  mkdirSync(inFolder('bin'));
  const script = `#!/bin/sh\nexec ${process.execPath} ${program} "$@"\n`;
  for (const name of ['kes', 'evolock-kes'])
    writeFileSync(inFolder('bin', name), script, { mode: 0o755 });
});

for (const [shell, lineFor] of Object.entries(SHELLS)) {
  const isMissing = spawnSync(shell, ['--version']).error !== undefined;
  const reason = isMissing ? ` (skipped: ${shell} is not installed)` : '';

  test.skipIf(isMissing).each([...CASES, ['ev', 'evolve', 'evolock-kes'] as const])(
    `${shell} completes kes %s with %s${reason}`,
    async (line, offered, name: string = 'kes') => {
      const { code, stdout: script, stderr } = await kes(['completion', shell]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const out = execFileSync(shell, ['-c', lineFor(script, name, line)], {
        encoding: 'utf8',
        cwd: inFolder(),
        env: {
          ...process.env,
          HOME: inFolder(),
          PATH: `${inFolder('bin')}:${process.env['PATH']}`,
        },
      });
      // Behind a word stands what it means. The word of fish and zsh begins with the option.
      const found = out.split('\n').map((entry) => entry.replace(/[\t:].*$/, ''));
      const values = found.map((entry) => entry.replace(/^--.*=/, ''));
      expect(values.filter(Boolean).sort().join(' ')).toBe(offered);
    },
  );
}
