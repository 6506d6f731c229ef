/** The completion scripts of a program in the shells themselves. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { inFolder } from './folder.js';
import type { Runner } from './run.js';

/** The words after the program on the command line, the last one incomplete, and the completions. */
export type CompletionCase = readonly [words: string, offered: string, alias?: string];

/** What a shell needs: the name of the program, the function that the script defines, the script, and a line. */
interface Asked {
  readonly name: string;
  readonly call: string;
  readonly script: string;
  readonly line: string;
}

/** How each shell is asked for the completions of a line. Functions that print replace the builtins of zsh that show. */
const SHELLS = {
  // bash splits --option=value, and completes file names when a function offers nothing.
  bash: ({ name, call, script, line }: Asked) => `${script}
    COMP_WORDS=(${words(name, line.replaceAll('=', ' = '))}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); ${call} /somewhere/${name}
    complete -p ${name} | grep -q -e '-o default' && [[ \${#COMPREPLY[@]} != 0 ]] || COMPREPLY=(fi*)
    printf '%s\\n' "\${COMPREPLY[@]}"`,
  zsh: ({ name, call, script, line }: Asked) => `
    autoload -U compinit; compinit -D -u
    _describe() { print -l -- "\${(@P)2}"; }; compset() { :; }; _files() { print -l fi*; }
    ${script}
    [[ $_comps[${name}] == ${call} ]] || exit 1
    words=(${words(name, line)}); CURRENT=$#words; ${call}`,
  fish: ({ name, script, line }: Asked) => `${script}
    complete -C '${name} ${line}'`,
} as const;

function words(name: string, line: string): string {
  return [name, ...line.split(' ')].map((word) => `"${word}"`).join(' ');
}

export function testCompletion(
  name: string,
  { run, program }: { readonly run: Runner; readonly program: string },
  cases: readonly CompletionCase[],
): void {
  beforeEach(() => {
    writeFileSync(inFolder('file'), '');
    mkdirSync(inFolder('bin'));
    const script = `#!/bin/sh\nexec ${process.execPath} ${program} "$@"\n`;
    for (const each of [name, ...cases.flatMap(([, , alias]) => alias ?? [])])
      writeFileSync(inFolder('bin', each), script, { mode: 0o755 });
  });

  for (const [shell, lineFor] of Object.entries(SHELLS)) {
    const isMissing = spawnSync(shell, ['--version']).error !== undefined;
    const reason = isMissing ? ` (skipped: ${shell} is not installed)` : '';

    test.skipIf(isMissing).each(cases)(
      `${shell} completes ${name} %s with %s${reason}`,
      async (line = '', offered = '', alias = name) => {
        const { code, stdout: script, stderr } = await run(['completion', shell]);
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        const call = `_${name.replaceAll('-', '_')}`;
        const out = execFileSync(shell, ['-c', lineFor({ name: alias, call, script, line })], {
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
}
