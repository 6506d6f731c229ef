import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { EvolockError } from '@evolock/direct-serialise';
import { MLockedBytes } from '@evolock/mlocked-bytes';
import { releaseAll } from '@evolock/mlocked-bytes/release-all';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { eraseFile, holdLockFile, KeyFile, withLockFile } from '../../src/index.js';
import { fileName } from '../support/files.js';
import { toyAlgorithm, toySecret, type ToyKey } from '../support/toy-key.js';
import { pattern } from '../support/values.js';

const toy = toyAlgorithm(MLockedBytes);

/** Opens or creates a key file, and closes it after the test. */
async function opened(
  path: string,
  { seed = 1, publicBytes }: { seed?: number; publicBytes?: Uint8Array } = {},
): Promise<KeyFile<ToyKey>> {
  const file = await KeyFile.open(path, toy, {
    create: () => ({ key: toy.generate(seed), publicBytes }),
  });
  onTestFinished(() => file.close().catch(() => undefined));
  return file;
}

/** What another process finds: the period of the key in the file, or nothing of it. */
function periodsIn(path: string, seed = 1): number[] {
  const content = readFileSync(path);
  return Array.from({ length: 10 }, (_, period) => period).filter((period) =>
    content.includes(Buffer.alloc(8, toySecret(seed, period))),
  );
}

test('a key evolves in its file, which has the key of the last period and no other', async () => {
  const path = fileName();
  const file = await opened(path, { publicBytes: pattern(5) });
  expect(file.key.period).toBe(0);
  expect(periodsIn(path)).toEqual([0]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const old = openSync(path, 'r');
  await file.write({ period: 3 });
  expect(periodsIn(path)).toEqual([3]);
  expect(readFileSync(old).every((byte) => byte === 0)).toBe(true);
  closeSync(old);
  await file.write({ period: 4, publicBytes: pattern(2048) });
  expect(file.saved).toBe(true);
  const { key } = file;
  await file.close();
  expect(key.released).toBe(true);

  const again = await opened(path);
  expect(again.key.period).toBe(4);
  expect(again.publicBytes).toEqual(pattern(2048));
  await again.write({ period: 4, publicBytes: new Uint8Array() });
  expect(again.publicBytes).toEqual(new Uint8Array());
  const names = readdirSync(dirname(path)).filter((name) => !name.startsWith('.key.evolock-lock.'));
  expect(names.sort()).toEqual(['.key.evolock-lock', 'key']);
  await again.close();
  expect(readdirSync(dirname(path))).toEqual(['key']);
});

test('calls that wait share one write, the event loop goes on, and all resolve when the last state is in the file', async () => {
  const path = fileName();
  const file = await opened(path);
  let turns = 0;
  const turn = (): void => {
    turns += 1;
    if (!file.saved) setImmediate(turn);
  };
  setImmediate(turn);
  const calls = [
    file.write({ period: 1 }),
    file.write({ period: 2 }),
    file.write({ period: 5, publicBytes: pattern(3) }),
  ];
  expect(file.key.period).toBe(5);
  expect(file.saved).toBe(false);
  await Promise.all(calls);
  // Calls that waited in this thread would resolve before the first turn.
  expect(turns).toBeGreaterThan(0);
  expect(file.saved).toBe(true);
  expect(periodsIn(path)).toEqual([5]);
  // A write that has begun does not save what changes meanwhile.
  const begun = file.write({ period: 6 });
  await new Promise((resolve) => setImmediate(resolve));
  const later = file.write({ period: 7 });
  await begun;
  expect(file.saved).toBe(false);
  await later;
  expect(file.saved).toBe(true);
  // close waits for a call that was not awaited.
  const last = file.write({ period: 8 });
  await file.close();
  expect(periodsIn(path)).toEqual([8]);
  await last;
});

test('a key that its user evolves is not saved, and the end of its use writes it', async () => {
  const path = fileName();
  const ends = [
    (file: KeyFile<ToyKey>) => file.close(),
    (file: KeyFile<ToyKey>) => file[Symbol.asyncDispose](),
    () => releaseAll(),
  ];
  for (const [index, end] of ends.entries()) {
    const file = await opened(path, { publicBytes: pattern(5) });
    const { key } = file;
    expect([key.period, file.saved]).toEqual([2 * index, true]);
    key.updateTo(2 * index + 1);
    expect(file.saved).toBe(false);
    await file.write({ period: 2 * index + 1 });
    expect(file.saved).toBe(true);
    key.updateTo(2 * index + 2);
    expect([file.saved, periodsIn(path)]).toEqual([false, [2 * index + 1]]);
    await end(file);
    expect([file.saved, key.released, periodsIn(path)]).toEqual([true, true, [2 * index + 2]]);
  }
});

test('the key of a file that its program lost is written by releaseAll, after a collection too', async () => {
  const path = fileName();
  const keyOf = async () => {
    const create = () => ({ key: toy.generate(1) });
    return (await KeyFile.open(path, toy, { create })).key;
  };
  const key = await keyOf();
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let turn = 0; turn < 10; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  key.updateTo(2);
  await releaseAll();
  expect([key.released, periodsIn(path)]).toEqual([true, [2]]);
});

test('a key that its user evolves while it is written is written again before it is wiped', async () => {
  const path = fileName();
  const file = await opened(path);
  const { key } = file;
  const write = file.write({ period: 1 });
  const closing = file.close();
  // From here on, no call of the file begins work.
  expect(file.hasKey).toBe(false);
  expect(() => file.key).toThrow(expect.objectContaining({ code: 'ERR_EVOLOCK_RELEASED' }));
  await expect(file.write({ period: 9 })).rejects.toMatchObject({ code: 'ERR_EVOLOCK_RELEASED' });
  await new Promise((resolve) => setImmediate(resolve));
  expect(key.released).toBe(false);
  key.updateTo(2);
  await write;
  await closing;
  expect([key.released, periodsIn(path)]).toEqual([true, [2]]);
});

test('a key that its user evolves at the last moment of close is written, or wiped before', async () => {
  const path = fileName();
  const file = await opened(path);
  const { key } = file;
  const copy = Object.create(null, Object.getOwnPropertyDescriptors(key)) as ToyKey;
  let last = 1;
  const evolve = () => {
    if (!key.released) key.updateTo((last = 2));
  };
  // When the file asks for the period after its last write, its user evolves the key right after that.
  Object.defineProperty(key, 'period', {
    get() {
      if (copy.period === 1 && periodsIn(path).includes(1)) queueMicrotask(evolve);
      return copy.period;
    },
  });
  key.updateTo(1);
  await file.close();
  expect([file.saved, periodsIn(path)]).toEqual([true, [last]]);
});

test('an end that cannot write throws, and the key is wiped and the lock returned all the same', async () => {
  const path = fileName();
  const other = join(dirname(path), 'other');
  await (await opened(other, { seed: 5 })).close();
  const file = await opened(path);
  const { key } = file;
  key.updateTo(3);
  renameSync(path, `${path}.own`);
  renameSync(other, path);
  const refused = { code: 'ERR_EVOLOCK_IO_FILE', reason: 'other-key', path };
  const closing = file.close();
  // Calls at the same time and later ones give the same result.
  for (const close of [closing, file.close()]) await expect(close).rejects.toMatchObject(refused);
  await expect(file.close()).rejects.toMatchObject(refused);
  await file[Symbol.asyncDispose]();
  expect([file.saved, key.released]).toEqual([false, true]);
  renameSync(`${path}.own`, path);
  const again = await opened(path);
  expect(again.key.period).toBe(0);
  await again.write({ period: 3 });
  await again.close();
  expect(periodsIn(path)).toEqual([3]);
});

test('releaseAll throws what an open file cannot write, when all keys are wiped', async () => {
  const paths = [fileName(), fileName(), fileName()];
  const files = await Promise.all(paths.map((path) => opened(path)));
  const keys = files.map((file) => file.key);
  for (const key of keys) key.updateTo(3);
  const [first = '', second = ''] = paths;
  const error = { code: 'ERR_EVOLOCK_IO_FILE', reason: 'not-regular', path: first };
  const replaceByFolder = (path: string) => {
    renameSync(path, `${path}.own`);
    mkdirSync(path);
  };
  replaceByFolder(first);
  await expect(releaseAll()).rejects.toMatchObject(error);
  expect(keys.map((key) => key.released)).toEqual([true, true, true]);
  expect(paths.slice(1).flatMap((path) => periodsIn(path))).toEqual([3, 3]);
  await expect(files[0]?.close()).rejects.toMatchObject(error);
  // What was told is not told again.
  await releaseAll();
  rmSync(first, { recursive: true });
  renameSync(`${first}.own`, first);
  for (const path of [first, second]) {
    (await opened(path)).key.updateTo(4);
    replaceByFolder(path);
  }
  const several = { errors: [error, { ...error, path: second }] };
  await expect(releaseAll()).rejects.toMatchObject(several);
});

test('what failed to be retired or replaced is written by close', async () => {
  const path = fileName();
  const attempts = [
    { run: (file: KeyFile<ToyKey>) => file.retire(), found: [] },
    { run: (file: KeyFile<ToyKey>) => file.write({ key: toy.generate(1) }), found: [0] },
  ];
  for (const { run, found } of attempts) {
    const file = await opened(path);
    await file.write({ period: 2 });
    const folder = dirname(path);
    renameSync(folder, `${folder}.gone`);
    await expect(run(file)).rejects.toMatchObject({ code: 'ERR_EVOLOCK_IO_FILE' });
    renameSync(`${folder}.gone`, folder);
    expect([file.saved, periodsIn(path)]).toEqual([false, [2]]);
    await file.close();
    expect([file.saved, periodsIn(path)]).toEqual([true, found]);
    rmSync(path);
  }
});

test('a key that its user released has no known period, so close throws, and retiring or destroying the file does not', async () => {
  const path = fileName();
  const released = { code: 'ERR_EVOLOCK_RELEASED' };
  const ends: [(file: KeyFile<ToyKey>) => Promise<void>, object | undefined][] = [
    [(file) => file.close(), released],
    [async (file) => (await file.retire(), await file.close()), undefined],
    [(file) => file.destroy(), undefined],
  ];
  for (const [end, error] of ends) {
    const file = await opened(path);
    file.key.updateTo(1);
    file.key.release();
    expect(file.saved).toBe(false);
    if (error === undefined) await end(file);
    else await expect(end(file)).rejects.toMatchObject(error);
    expect([file.saved, existsSync(`${dirname(path)}/.key.evolock-lock`)]).toEqual([
      error === undefined,
      false,
    ]);
    rmSync(path, { force: true });
  }
});

test('any calls leave the file as memory says', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          fc.record({ do: fc.constant('update'), to: fc.nat(9), size: fc.nat(2048) }),
          fc.record({
            do: fc.constant('replace'),
            to: fc.integer({ min: 1, max: 9 }),
            size: fc.nat(40),
          }),
          fc.record({ do: fc.constant('open'), to: fc.constant(0), size: fc.constant(0) }),
        ),
        { maxLength: 6 },
      ),
      async (steps) => {
        const path = fileName();
        let file = await opened(path);
        let [seed, period] = [1, 0];
        let bytes: Uint8Array = new Uint8Array();
        for (const { do: step, to, size } of steps) {
          if (step === 'update' && to < period)
            await expect(file.write({ period: to })).rejects.toThrow('no such toy period');
          else if (step === 'update')
            await file.write({ period: (period = to), publicBytes: (bytes = pattern(size)) });
          else if (step === 'replace')
            await file.write({
              key: toy.generate((seed = to)),
              publicBytes: (bytes = pattern(size)),
            });
          if (step === 'replace') period = 0;
          if (step === 'open') {
            await file.close();
            file = await KeyFile.open(path, toy);
          }
          expect(file.key.period).toBe(period);
          expect(file.key.deriveVerificationKey()).toEqual(Uint8Array.of(seed));
          expect(file.publicBytes).toEqual(bytes);
        }
        await file.close();
      },
    ),
    { numRuns: 20 },
  );
});

test('while a key file is open, no other run and no other write of this thread changes it', async () => {
  const path = fileName();
  const file = await opened(path);
  const locked = { code: 'ERR_EVOLOCK_IO_FILE', reason: 'locked' };
  await expect(KeyFile.open(path, toy)).rejects.toMatchObject(locked);
  expect(() => holdLockFile(path)).toThrow(expect.objectContaining(locked));
  expect(() => withLockFile(path, () => undefined)).toThrow(expect.objectContaining(locked));
  expect(() => eraseFile(path)).toThrow(expect.objectContaining(locked));
  await file.close();
  await file.close();
  await expect(file.write({ period: 1 })).rejects.toMatchObject({ code: 'ERR_EVOLOCK_RELEASED' });
  await expect(file.retire()).rejects.toMatchObject({ code: 'ERR_EVOLOCK_RELEASED' });
  await expect(file.destroy()).rejects.toMatchObject({ code: 'ERR_EVOLOCK_RELEASED' });
  expect(() => file.key).toThrow(expect.objectContaining({ code: 'ERR_EVOLOCK_RELEASED' }));
});

test('a key is retired: its file keeps the public bytes, also when it is opened again', async () => {
  const path = fileName();
  const file = await opened(path, { publicBytes: pattern(4) });
  await file.write({ period: 2 });
  const { key } = file;
  await file.retire({ publicBytes: pattern(7) });
  expect([key.released, file.hasKey]).toEqual([true, false]);
  expect(periodsIn(path)).toEqual([]);
  await file.close();
  const again = await opened(path);
  expect(again.hasKey).toBe(false);
  expect(again.publicBytes).toEqual(pattern(7));
  expect(() => again.key).toThrow(expect.objectContaining({ code: 'ERR_EVOLOCK_RELEASED' }));
  await expect(again.write({ period: 3 })).rejects.toMatchObject({ code: 'ERR_EVOLOCK_RELEASED' });
  // It owns a key that it cannot put anywhere.
  const given = toy.generate(2);
  await expect(again.write({ key: given })).rejects.toMatchObject({
    code: 'ERR_EVOLOCK_RELEASED',
  });
  expect(given.released).toBe(true);
});

test('a key file is destroyed: file, key and lock are gone, also when the file is gone before', async () => {
  const path = fileName();
  for (const removed of [false, true]) {
    const file = await opened(path);
    const { key } = file;
    const old = openSync(path, 'r');
    if (removed) rmSync(path);
    await file.destroy();
    expect(key.released).toBe(true);
    expect(readdirSync(dirname(path))).toEqual([]);
    if (!removed) expect(readFileSync(old).every((byte) => byte === 0)).toBe(true);
    closeSync(old);
  }
});

test('memory decides when the file is gone, damaged or an older copy, but the file of another key stays', async () => {
  const path = fileName();
  const file = await opened(path);
  const copy = `${path}.copy`;
  copyFileSync(path, copy);
  await file.write({ period: 1 });
  const changes = [
    () => rmSync(path),
    () => writeFileSync(path, 'damaged'),
    () => writeFileSync(path, ''),
    () => renameSync(copy, path),
    () => chmodSync(path, 0o644),
  ];
  for (const [index, change] of changes.entries()) {
    change();
    await file.write({ period: 2 + index });
    expect(periodsIn(path)).toEqual([2 + index]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  }
  const other = await opened(join(dirname(path), 'other'), { seed: 5 });
  await other.close();
  renameSync(join(dirname(path), 'other'), path);
  const refused = { code: 'ERR_EVOLOCK_IO_FILE', reason: 'other-key', path };
  for (const mode of [0o600, 0o644]) {
    chmodSync(path, mode);
    await expect(file.write({ period: 8 })).rejects.toMatchObject(refused);
  }
  expect([file.saved, file.key.period]).toEqual([false, 8]);
  expect(periodsIn(path, 5)).toEqual([0]);
  rmSync(path);
  await file.write({ period: 8 });
  expect(periodsIn(path)).toEqual([8]);
});

test('a lock that was taken away ends writing', async () => {
  const path = fileName();
  const file = await opened(path);
  rmSync(join(dirname(path), '.key.evolock-lock'));
  const lost = { code: 'ERR_EVOLOCK_IO_FILE', reason: 'lock-lost' };
  await expect(file.write({ period: 1 })).rejects.toMatchObject(lost);
  expect(periodsIn(path)).toEqual([0]);
  await expect(file.destroy()).rejects.toMatchObject(lost);
  await expect(file.close()).rejects.toMatchObject(lost);
  expect([existsSync(path), file.saved]).toEqual([true, false]);
});

test('files that are no key file of this algorithm are refused, and stay', async () => {
  const path = fileName();
  const whole = await opened(path, { publicBytes: pattern(3) });
  await whole.close();
  const content = readFileSync(path);
  const line = content.indexOf('\n');
  const header = content.toString('latin1', 0, line);
  const damaged = [
    content.subarray(0, content.length - 1),
    Buffer.concat([content, Buffer.of(0)]),
    content.subarray(0, line),
    Buffer.alloc(0),
    Buffer.alloc(100),
    pattern(3000),
    ...['x', `${header} `, header.replace(' toy', '  toy'), header.replace(' 3 ', ' 03 ')].map(
      (each) => Buffer.concat([Buffer.from(each), content.subarray(line)]),
    ),
  ];
  const create = () => expect.unreachable();
  for (const each of damaged) {
    writeFileSync(path, each);
    await expect(KeyFile.open(path, toy, { create }), String(each)).rejects.toMatchObject({
      code: 'ERR_EVOLOCK_IO_FILE',
      reason: 'not-key-file',
      path,
    });
    expect(readFileSync(path)).toEqual(Buffer.from(each));
  }
  writeFileSync(path, content);
  const longer = toyAlgorithm(MLockedBytes, 'longer');
  const refusals: [string, () => void][] = [
    ['readable-by-others', () => chmodSync(path, 0o640)],
    ['symbolic-link', () => (rmSync(path), symlinkSync(`${path}.second`, path))],
    ['not-regular', () => (rmSync(path), mkdirSync(path))],
    ['not-found', () => rmSync(path, { recursive: true })],
  ];
  await expect(KeyFile.open(path, longer)).rejects.toMatchObject({ reason: 'other-key' });
  linkSync(path, `${path}.second`);
  expect(() => eraseFile(path)).toThrow(expect.objectContaining({ reason: 'several-names' }));
  for (const [reason, change] of refusals) {
    change();
    if (reason !== 'not-found')
      await expect(KeyFile.open(path, toy, { create })).rejects.toMatchObject({ reason });
    await expect(KeyFile.open(path, toy)).rejects.toMatchObject({ reason });
  }
  await expect(KeyFile.open(join(path, 'no', 'folder'), toy)).rejects.toMatchObject({
    reason: 'no-folder',
  });
  expect(readdirSync(dirname(path))).toEqual(['key.second']);
});

test('the error of an algorithm about a damaged key names its file, and errors about something else do not', async () => {
  const path = fileName();
  await (await opened(path)).close();
  class DamagedToyError extends EvolockError {
    readonly code: string;

    constructor(code: string) {
      super('the toy is damaged', { cause: 'a cause' });
      this.code = code;
    }
  }
  const openWith = (code: string) => {
    const thrown = new DamagedToyError(code);
    const directDeserialise = (): never => {
      throw thrown;
    };
    return KeyFile.open(path, { ...toy, directDeserialise }).catch((error: unknown) => {
      expect(error).toBe(thrown);
      return error;
    });
  };
  expect(await openWith('ERR_EVOLOCK_TOY')).toMatchObject({
    code: 'ERR_EVOLOCK_TOY',
    path,
    message: `${path}: the toy is damaged`,
    cause: 'a cause',
  });
  expect(await openWith('ERR_EVOLOCK_LOCK_LIMIT')).toMatchObject({ message: 'the toy is damaged' });
  expect(await openWith('ERR_EVOLOCK_LOCK_LIMIT')).not.toHaveProperty('path');
});

test('too many public bytes change nothing, and a new key is wiped when its file cannot be made', async () => {
  const path = fileName();
  const key = toy.generate(1);
  const create = () => ({ key, publicBytes: pattern(2049) });
  const tooLarge = { code: 'ERR_EVOLOCK_ARGUMENT_VALUE' };
  await expect(KeyFile.open(path, toy, { create })).rejects.toMatchObject(tooLarge);
  expect(key.released).toBe(true);
  expect(readdirSync(dirname(path))).toEqual([]);

  const file = await opened(path);
  await expect(file.write({ period: 1, publicBytes: pattern(2049) })).rejects.toMatchObject(
    tooLarge,
  );
  await expect(file.retire({ publicBytes: pattern(2049) })).rejects.toMatchObject(tooLarge);
  expect([file.key.period, file.saved]).toEqual([0, true]);
});
