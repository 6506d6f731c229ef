// The command lines of the README and of the recipes, run by the built command.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { newPlace } from '../support/engines.js';
import { command, lacks, newMachines, sealOnce, shipped } from './machines.js';

const wordsIn = (text = '') => [...text.matchAll(/["']([^"']*)["']/g)].map(([, word = '']) => word);
const image = wordsIn(/^ENTRYPOINT (.*)$/m.exec(shipped('Dockerfile'))?.[1]).slice(1);
/** The name of the log in the unit. */
const ORIGIN = 'example.com/web-1/audit';
const unit = /^ExecStart=\S+ (.*)$/m.exec(shipped('sealed-log.service'))?.[1]?.split(' ') ?? [];

test.each([
  ['the unit', unit],
  ['the image', [...image, '--origin', ORIGIN]],
  [
    'the composition',
    [
      ...image,
      ...wordsIn(/sealer:[^]*?command:\s*(\[[^\]]*\])/.exec(shipped('compose.yaml'))?.[1]).map(
        (word) => word.replace(/^\$\{ORIGIN:\?.*\}$/, ORIGIN),
      ),
    ],
  ],
])('%s seals a log, and goes on with it at the next start', async (_, args) => {
  const { log, here } = newMachines();
  writeFileSync(log, 'a line\n');
  const given = args.map(here);
  const verifierKey = await sealOnce(given);
  expect(verifierKey).toMatch(/^example\.com\/web-1\/audit\+/);
  expect(await sealOnce(given)).toBe(verifierKey);
});

const reason = lacks('rsync');

/** The note of another log. */
const FOREIGN =
  'example.com/other\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— example.com/other AAAA\n';

test.skipIf(reason !== '')(
  `another machine verifies what it fetched, over a rotation, and finds a change${reason}`,
  async () => {
    const { log, etc, here, verify, passDay } = newMachines();
    writeFileSync(log, 'ann signs in\n');
    writeFileSync(join(etc, 'audit.vkey'), `${await sealOnce(unit.map(here))}\n`);
    expect(await verify()).toMatchObject({ status: 0 });
    renameSync(log, `${log}-20260101`);
    writeFileSync(log, 'bob signs in\n');
    await sealOnce(unit.map(here));
    expect(await verify()).toMatchObject({ status: 0 });
    writeFileSync(`${log}-20260101`, 'eve signs in\n');
    passDay();
    expect(await verify()).toMatchObject({ status: 1 });
  },
);

test.skipIf(reason !== '')(
  `another machine keeps the checkpoint of what it verified, until the log is renewed${reason}`,
  async () => {
    const { log, app, out, etc, verifier, here, verify } = newMachines();
    const [given, kept] = [unit.map(here), join(verifier, 'kept', 'audit.log.checkpoint')];
    writeFileSync(log, 'ann signs in\n');
    const verifierKey = await sealOnce(given);
    writeFileSync(join(etc, 'audit.vkey'), `${verifierKey}\n`);
    cpSync(app, join(verifier, 'copy'), { recursive: true });
    await sealOnce(given);
    // The thief of the machine serves the note of another log.
    writeFileSync(join(out, 'audit.checkpoint'), FOREIGN);
    expect(await verify()).toMatchObject({ status: 0 });
    expect(readFileSync(kept, 'utf8')).toContain('\n\n— example.com/web-1/audit ');
    // A log whose end is cut is found by the checkpoint.
    rmSync(app, { recursive: true });
    renameSync(join(verifier, 'copy'), app);
    expect(await verify()).toMatchObject({
      status: 5,
      text: expect.stringContaining('checkpoint') as string,
    });

    // What the unit says of a renewal. Before that it fails.
    renameSync(log, `${log}-20260101`);
    writeFileSync(log, 'bob signs in\n');
    rmSync(join(out, 'audit.checkpoint'));
    rmSync(join(out, 'audit.checkpoint.chain'));
    await sealOnce(given);
    const renewed = given.map((word) => (word === ORIGIN ? `${word}/2` : word));
    const options = [...renewed.slice(1, 6), ...renewed.slice(8, 10)];
    const renewal = ['renew', '--reason', 'a theft', '--stolen', ...options];
    const { stdout } = spawnSync(process.execPath, [command, ...renewal], { encoding: 'utf8' });
    await sealOnce(renewed);
    expect(await verify()).toMatchObject({ status: 1 });
    renameSync(`${log}-20260101`, join(out, 'old'));
    writeFileSync(
      join(etc, 'audit.vkey'),
      /example\.com\/web-1\/audit\/2\+\S+/.exec(stdout)?.[0] ?? '',
    );
    for (const name of ['log', 'kept'])
      renameSync(join(verifier, name), join(verifier, `old-${name}`));
    expect(await verify()).toMatchObject({ status: 0 });
  },
);

test('the README shows what its first lines print, and any program writes a log', () => {
  const { folder } = newPlace();
  mkdirSync(join(folder, 'bin'));
  symlinkSync(command, join(folder, 'bin', 'sealed-log'));
  const env = {
    ...process.env,
    PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
    XDG_STATE_HOME: join(folder, 'state'),
  };
  const shell = (script: string) =>
    spawnSync('sh', ['-c', `exec 2>&1; ${script}`], { cwd: folder, env, encoding: 'utf8' });
  const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');
  /** In whole lines, without what differs from run to run. */
  const steady = (text: string) =>
    text
      .replaceAll(/\n {8,}(?=UTC)/g, ' ')
      .replaceAll(/; the time since, \d+ \w+, is not proved/g, '')
      .replaceAll(/\+\S+|\d{4}-\S+ \S+ UTC/g, '*');
  let key = '';
  const lines = /```console[^\n]*\n([^]*?)```/.exec(readme)?.[1]?.split(/^\$ /m).slice(1) ?? [];
  expect(lines).toHaveLength(7);
  const piped = [...readme.matchAll(/^[^$\n]* \| (sealed-log write .*)$/gm)].map(
    ([, line]) => line,
  );
  expect(piped).toHaveLength(2);
  for (const [line = '', ...shown] of lines.map((each) => each.trimEnd().split('\n'))) {
    if (line.startsWith('KEY=')) key = shell(`${line}; echo "$KEY"`).stdout.trim();
    const { stdout } = shell(`KEY='${key}'; ${line}`);
    for (const each of steady(shown.join('\n')).split('\n'))
      if (each !== '…') expect(steady(stdout).split('\n')).toContain(each);
  }
  // A log that was changed is refused, so the change is undone.
  shell(/^sed -i .*$/m.exec(readme)?.[0] ?? '');
  for (const each of piped) expect(shell(`echo a line | ${each}`)).toMatchObject({ status: 0 });
});
