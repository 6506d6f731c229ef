/** The manual pages that the build makes. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { placesBelow } from '../src/completion/place.js';
import { Session } from '../src/cli/session.js';
import { wholeKesCommand } from '../src/kes.js';

const manual = fileURLToPath(new URL('../dist/man', import.meta.url));
const folder = join(manual, 'man1');

const places = placesBelow(
  await wholeKesCommand(
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
  ),
);

test('there is one for each command', () => {
  const names = places.map(({ path }) => `${path.replaceAll(' ', '-')}.1`);
  expect(readdirSync(folder).sort()).toEqual(names.sort());
});

test.each(places)(
  'of $path states its commands and options, and examples',
  ({ path, ...place }) => {
    const name = path.replaceAll(' ', '-');
    const text = readFileSync(join(folder, `${name}.1`), 'utf8').replaceAll(String.raw`\-`, '-');
    for (const { name: command } of place.commands)
      expect(text).toContain(`.BR ${name}-${command} (1)`);
    for (const { long, words } of place.options) {
      expect(text).toMatch(new RegExp(`^\\.B .*${long}`, 'm'));
      expect(text).toContain(words);
    }
    expect(text).toMatch(/\.SH EXAMPLES\n[^]*kes /);
  },
);

function named(name: string, isMissing: boolean, program: string): string {
  return isMissing ? `${name} (skipped: ${program} is not installed)` : name;
}

const noGroff = spawnSync('groff', ['--version']).error !== undefined;
test.skipIf(noGroff)(named('the formatter warns of nothing', noGroff, 'groff'), () => {
  const pages = readdirSync(folder).map((page) => join(folder, page));
  const { stderr } = spawnSync('groff', ['-man', '-ww', '-z', ...pages], { encoding: 'utf8' });
  expect(stderr).toBe('');
});

const manVersion = spawnSync('man', ['--version'], { encoding: 'utf8' }).stdout as string | null;
const noMan = manVersion?.startsWith('man 2.') !== true;
test.skipIf(noMan)(named('man finds them by MANPATH, as the README says', noMan, 'man-db'), () => {
  const env = { ...process.env, MANPATH: `${manual}:` };
  const { stdout } = spawnSync('man', ['-w', 'kes-status'], { encoding: 'utf8', env });
  expect(stdout).toBe(`${join(folder, 'kes-status.1')}\n`);
});
