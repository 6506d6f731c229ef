/** What `status` says of a sealer that runs and seals nothing, with its exit code, until a person did what it says. */
import {
  copyFileSync,
  mkdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { expect, test } from 'vitest';
import { append, expectSealed, newPlace, opened, type Opened } from '../support/engines.js';
import { sealedLog } from './sealed-log.js';

/** The first line and the troubles, without the breaks of lines. */
async function statusOf(
  { place, time }: Pick<Opened, 'place' | 'time'>,
  ...more: readonly string[]
) {
  const args = ['status', place.log, '--key-file', place.keyFile, ...more];
  const { code, stdout, stderr } = await sealedLog(args, { now: new Date(time * 1000) });
  const [words = ''] = stdout.split('\n  last seal');
  return { code, words: `${words}${stderr}`.replaceAll(/\s+/g, ' ').trim() };
}

const well = ({ place }: Opened) => ({ code: 0, words: `✓ ${place.log} is being sealed` });

async function running(): Promise<Opened> {
  const place = newPlace();
  append(place, 3);
  const sealer = await opened(place, { depth: 4 });
  await sealer.engine.tick();
  append(place);
  await sealer.engine.seal();
  expect(await statusOf(sealer)).toEqual(well(sealer));
  return sealer;
}

test.each([
  ['seals', 'removed', (file: string) => rmSync(file)],
  ['seals', 'replaced', replace],
  ['seals', 'cut', (file: string) => truncateSync(file, 100)],
  ['hashes', 'removed', (file: string) => rmSync(file)],
  ['hashes', 'replaced', replace],
  ['hashes', 'cut', (file: string) => truncateSync(file, 40)],
] as const)(
  'a file of %s that is %s is told without a new entry, until a start after it is put back',
  async (name, how, change) => {
    const sealer = await running();
    const { place } = sealer;
    const file = place[name];
    copyFileSync(file, `${file}.kept`);
    change(file);
    await sealer.engine.tick();
    expect(sealer.errors).toEqual(['changed-file']);
    const status = await statusOf(sealer);
    if (name === 'seals' && how !== 'replaced') {
      expect(status).toEqual({
        code: 1,
        words: expect.stringContaining('there are none of this name'),
      });
    } else {
      const said = `a sealer runs ✗ a file was removed, replaced or changed by another program, so nothing is sealed: put it back, or a copy of it, and start again: ${file}`;
      expect(status).toEqual({ code: 3, words: `! ${place.log}: ${said}` });
    }
    // A copy is another file, and is for the next start.
    rmSync(file, { force: true });
    copyFileSync(`${file}.kept`, file);
    await sealer.engine.tick();
    expect(await statusOf(sealer)).toMatchObject({ code: 3 });
    append(place);
    await expect(sealer.engine.close(false)).rejects.toMatchObject({ reason: 'changed-file' });
    const again = await opened(place, { depth: 4 });
    await again.engine.tick();
    expect([again.errors, await statusOf(again)]).toEqual([[], well(again)]);
    await again.engine.close(false);
    expect((await expectSealed(place, again.engine.verifierKey)).at(-1)).toMatchObject({ size: 5 });
  },
);

function replace(file: string): void {
  copyFileSync(file, `${file}.new`);
  renameSync(`${file}.new`, file);
}

test('the file itself is taken when it is back, and status says no more of it', async () => {
  const sealer = await running();
  const { hashes } = sealer.place;
  renameSync(hashes, `${hashes}.kept`);
  await sealer.engine.tick();
  expect(await statusOf(sealer)).toMatchObject({ code: 3 });
  renameSync(`${hashes}.kept`, hashes);
  await sealer.engine.tick();
  expect(await statusOf(sealer)).toEqual(well(sealer));
});

test.each(['the log', 'the checkpoint'])(
  'a sealer that cannot read or write %s says why, and no more when it can',
  async (name) => {
    const sealer = await running();
    const { place } = sealer;
    const file = name === 'the log' ? place.log : place.checkpointFile;
    renameSync(file, `${file}.kept`);
    mkdirSync(file);
    sealer.elapsed += 600_000;
    sealer.time += 600;
    await sealer.engine.tick();
    const { code, words } = await statusOf(sealer);
    expect(code).toBe(3);
    expect(words).toContain(file);
    rmdirSync(file);
    renameSync(`${file}.kept`, file);
    await sealer.engine.tick();
    expect(await statusOf(sealer)).toEqual(well(sealer));
  },
);

test('a sealer that says nothing and makes no seal is told by the age of the last one', async () => {
  const sealer = await running();
  sealer.time += 1260;
  expect(await statusOf(sealer)).toEqual(well(sealer));
  sealer.time += 1;
  const { code, words } = await statusOf(sealer);
  expect([code, words]).toEqual([3, expect.stringContaining('one is due every 10 min')]);
  const { words: json } = await statusOf(sealer, '--json');
  expect(json).toContain('"troubles": [ "no seal is made');
});

test('a log whose last time lies ahead is named, until that time has come', async () => {
  const sealer = await running();
  sealer.time -= 300;
  expect(await statusOf(sealer)).toEqual(well(sealer));
  sealer.time -= 1;
  const { code, words } = await statusOf(sealer);
  expect([code, words]).toEqual([3, expect.stringContaining('5 min after the present time')]);
  sealer.time += 1;
  expect(await statusOf(sealer)).toEqual(well(sealer));
});

test('a live file that is removed is told until a copy of it is back, also before there is a new one', async () => {
  const sealer = await running();
  const { log } = sealer.place;
  copyFileSync(log, `${log}.kept`);
  rmSync(log);
  await sealer.engine.tick();
  const lost = { code: 1, words: expect.stringContaining(`${log}, entries 0 to 3`) };
  const kept = `${log}.1`;
  const status = () => statusOf(sealer, '--rotated', '*.1');
  renameSync(`${log}.kept`, `${sealer.place.folder}/kept`);
  expect(await status()).toEqual(lost);
  writeFileSync(log, 'new\n');
  for (let passed = 0; passed < 3; passed += 1) {
    await sealer.engine.tick();
    expect(await status()).toEqual(lost);
    sealer.elapsed += 5000;
  }
  await sealer.engine.seal();
  expect(await status()).toEqual(lost);
  renameSync(`${sealer.place.folder}/kept`, kept);
  expect(await status()).toEqual(well(sealer));
});

test('a monitor is told that the last seal is too old, and that no sealer runs', async () => {
  const sealer = await running();
  const { place, time } = sealer;
  const later = (seconds: number) => ({ place, time: time + seconds });
  expect(await statusOf(later(60), '--max-age', '1m')).toEqual(well(sealer));
  const old = { code: 5, words: expect.stringContaining('the last seal is 61 s old') };
  expect(await statusOf(later(61), '--max-age', '1m')).toEqual(old);
  await sealer.engine.close(false);
  expect((await statusOf(later(0))).code).toBe(0);
  const silent = { code: 3, words: expect.stringContaining('no sealer runs: start it') };
  expect(await statusOf(later(0), '--max-age', '1m')).toEqual(silent);
  expect((await statusOf(later(61), '--max-age', '1m')).code).toBe(5);
});
