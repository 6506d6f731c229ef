/** Whom a sealer follows: links, second names, pipes, folders and files of others, also when they are exchanged meanwhile. */
import fs, {
  chownSync,
  closeSync,
  constants,
  existsSync,
  lchownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NOBODY } from '@evolock/test-support/ordinary-user';
import { expect, onTestFinished, test } from 'vitest';
import { openFolderOf } from '../../src/files/folder.js';
import { openEntries, openGiven, openOwn, textOfOwn, writeOwn } from '../../src/files/log-file.js';
import { SealsFile } from '../../src/following/seals-file.js';

const isRoot = process.geteuid?.() === 0;
const asRoot = isRoot ? '' : ' (skipped: only root can give files to another user)';

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sealed-log-files-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const reasonOf = (work: () => unknown): unknown => {
  try {
    work();
    return undefined;
  } catch (error) {
    return (error as { reason?: unknown }).reason ?? error;
  }
};

const APPENDING = { access: constants.O_RDWR | constants.O_APPEND, create: true };

/** Appends as `write` does. */
function appendTo(path: string): void {
  const { fd } = openOwn(path, APPENDING);
  writeSync(fd, 'a line\n');
  closeSync(fd);
}

const CALLS = [
  'openSync',
  'lstatSync',
  'statSync',
  'fstatSync',
  'readlinkSync',
  'existsSync',
] as const;

/** Runs work, and acts before its calls to the file system. Returns their number. */
function between(work: () => void, act: (call: number) => void): number {
  const kept = CALLS.map((name) => fs[name] as (...values: unknown[]) => unknown);
  let [calls, isActing] = [0, false];
  const restore = (): void => {
    CALLS.forEach((name, at) => Object.assign(fs, { [name]: kept[at] }));
    syncBuiltinESMExports();
  };
  CALLS.forEach((name, at) => {
    const call = (...values: unknown[]): unknown => {
      if (!isActing) {
        isActing = true;
        act(calls);
        isActing = false;
        calls += 1;
      }
      return kept[at]!(...values);
    };
    Object.assign(fs, { [name]: call });
  });
  syncBuiltinESMExports();
  try {
    work();
  } catch {
    // What was refused has no effect.
  } finally {
    restore();
  }
  return calls;
}

/** Does work with one exchange at each call, and a second one at each later call. */
function atEachPair(
  work: () => void,
  prepare: () => void,
  exchange: () => void,
  back: () => void,
  expected: () => void,
) {
  prepare();
  const calls = between(work, () => undefined);
  expect(calls).toBeGreaterThan(2);
  for (let first = 0; first < calls; first += 1)
    for (let second = first + 1; second <= calls; second += 1) {
      prepare();
      between(work, (call) => {
        if (call === first) exchange();
        if (call === second) back();
      });
      expected();
    }
}

test.each(['a file', 'nothing'])(
  'a link that is exchanged with %s at any moment is not written through',
  (what) => {
    const folder = newFolder();
    const [log, victim, aside] = ['audit.log', 'victim', 'aside'].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    const prepare = () => {
      for (const each of [log, aside, victim]) rmSync(each, { force: true });
      if (what === 'a file') {
        writeFileSync(log, '');
        writeFileSync(victim, 'of another program\n');
      }
    };
    atEachPair(
      () => appendTo(log),
      prepare,
      () => {
        if (existsSync(log)) renameSync(log, aside);
        symlinkSync(victim, log);
      },
      () => {
        rmSync(log, { force: true });
        if (existsSync(aside)) renameSync(aside, log);
      },
      () => {
        const content = existsSync(victim) ? readFileSync(victim, 'utf8') : undefined;
        expect(content).toBe(what === 'a file' ? 'of another program\n' : undefined);
      },
    );
  },
);

test.skipIf(!isRoot)(
  `a folder that another user exchanges with a link at any moment is not followed${asRoot}`,
  () => {
    const parent = newFolder();
    const [app, folder, aside, other] = ['app', 'app/logs', 'app/aside', 'of-root'].map((name) =>
      join(parent, name),
    ) as [string, string, string, string];
    const log = join(folder, 'audit.log');
    const prepare = () => {
      for (const each of [app, other]) rmSync(each, { recursive: true, force: true });
      for (const each of [app, folder, other]) mkdirSync(each);
      for (const each of [app, folder]) chownSync(each, NOBODY, NOBODY);
    };
    atEachPair(
      () => appendTo(log),
      prepare,
      () => {
        renameSync(folder, aside);
        symlinkSync(other, folder);
        lchownSync(folder, NOBODY, NOBODY);
      },
      () => {
        rmSync(folder);
        renameSync(aside, folder);
      },
      () => expect(existsSync(join(other, 'audit.log'))).toBe(false),
    );
    // Where nothing is exchanged, the link is refused, and one of the owner of the folder is followed.
    prepare();
    renameSync(folder, aside);
    symlinkSync(other, folder);
    lchownSync(folder, NOBODY, NOBODY);
    expect(reasonOf(() => appendTo(log))).toBe('foreign-link');
    rmSync(folder);
    symlinkSync(aside, folder);
    lchownSync(folder, NOBODY, NOBODY);
    appendTo(log);
    expect(existsSync(join(aside, 'audit.log'))).toBe(true);
  },
);

test('what is no file of a log alone is refused, for writing and reading, and stays as it is', () => {
  const folder = newFolder();
  const [path, other] = [join(folder, 'audit.log.seals'), join(folder, 'other')];
  const content = 'x'.repeat(5000);
  writeFileSync(other, content);
  const works = {
    append: () => appendTo(path),
    read: () => textOfOwn(path, 100),
    replace: () => writeOwn(path, 'new\n'),
  };
  const expectRefused = (reason: string) => {
    for (const [name, work] of Object.entries(works)) expect(reasonOf(work), name).toBe(reason);
    expect(readFileSync(other, 'utf8')).toBe(content);
    rmSync(path, { recursive: true });
  };
  symlinkSync(other, path);
  expectRefused('symbolic-link');
  symlinkSync(join(folder, 'missing'), path);
  expectRefused('symbolic-link');
  expect(existsSync(join(folder, 'missing'))).toBe(false);
  linkSync(other, path);
  expectRefused('other-names');
  mkdirSync(path);
  expectRefused('not-regular');
  execFileSync('mkfifo', [path]);
  expectRefused('not-regular');
  for (const work of Object.values(works)) expect(reasonOf(work)).toBeUndefined();
  expect(textOfOwn(path, 100)).toBe('new\n');
});

test.skipIf(!isRoot)(
  `a file belongs to the user, root, the owner of the folder, or that of the folder of the key${asRoot}`,
  () => {
    const [folder, state] = [newFolder(), newFolder()];
    const [path, keyFile] = [join(folder, 'audit.log.seals'), join(state, 'audit.key')];
    writeFileSync(path, '');
    const of = (user: number, work = () => closeSync(openOwn(path, { keyFile }).fd)) => {
      chownSync(path, user, user);
      return reasonOf(work);
    };
    expect(of(0)).toBeUndefined();
    expect(of(NOBODY)).toBe('foreign-owner');
    chownSync(state, NOBODY, NOBODY);
    expect(of(NOBODY)).toBeUndefined();
    expect(of(NOBODY, () => appendTo(path))).toBe('foreign-owner');
    chownSync(folder, NOBODY, NOBODY);
    expect(of(NOBODY, () => appendTo(path))).toBeUndefined();
    expect(of(NOBODY - 1)).toBe('foreign-owner');
  },
);

test.skipIf(!isRoot)(`a link leads a reader only to a file of its owner${asRoot}`, async () => {
  const folder = newFolder();
  const [log, file] = [join(folder, 'audit.log'), join(folder, 'audit-1.log')];
  writeFileSync(file, 'a line\n');
  symlinkSync(file, log);
  const owners = (link: number, target: number) => {
    lchownSync(log, link, link);
    chownSync(file, target, target);
    return reasonOf(() => closeSync(openEntries(log).fd));
  };
  expect(owners(0, 0)).toBeUndefined();
  expect(owners(NOBODY, NOBODY)).toBeUndefined();
  expect(owners(0, NOBODY)).toBe('foreign-link');
  // A verifier follows the links that he made himself.
  await (await openGiven(log)).close();
  expect(owners(NOBODY, 0)).toBe('foreign-link');
  await expect(openGiven(log)).rejects.toMatchObject({
    reason: 'foreign-link',
    message: expect.stringContaining('name the file itself'),
  });
  // The owner of the folder could have put another link there just now.
  expect(owners(0, NOBODY)).toBe('foreign-link');
  chownSync(folder, NOBODY, NOBODY);
  await expect(openGiven(log)).rejects.toMatchObject({ reason: 'foreign-link', path: log });
  expect(owners(0, 0)).toBeUndefined();
  await (await openGiven(log)).close();
});

test('leftovers are removed and never opened', () => {
  const folder = newFolder();
  const [path, other] = [join(folder, 'audit.note'), join(folder, 'other')];
  writeFileSync(other, 'of another program\n');
  const name = (digit: number) =>
    join(folder, `.audit.note.${String(digit).repeat(12)}.evolock-new`);
  symlinkSync(other, name(1));
  linkSync(other, name(2));
  execFileSync('mkfifo', [name(3)]);
  mkdirSync(name(4));
  writeFileSync(name(5), 'killed');
  writeOwn(path, 'note\n');
  expect([1, 2, 3, 4, 5].map((digit) => existsSync(name(digit)))).toEqual([
    false,
    false,
    false,
    true,
    false,
  ]);
  expect(readFileSync(other, 'utf8')).toBe('of another program\n');
  expect(readFileSync(path, 'utf8')).toBe('note\n');
});

test('a second name that a killed run left prevents no reading, and no replacing', () => {
  const folder = newFolder();
  const path = join(folder, 'audit.note');
  const leftover = join(folder, `.audit.note.${'1'.repeat(12)}.evolock-new`);
  writeFileSync(path, 'note\n');
  linkSync(path, leftover);
  expect(textOfOwn(path, 100)).toBe('note\n');
  expect(reasonOf(() => appendTo(path))).toBe('other-names');
  linkSync(path, join(folder, 'other'));
  expect(reasonOf(() => textOfOwn(path, 100))).toBe('other-names');
  rmSync(join(folder, 'other'));
  writeOwn(path, 'new\n');
  expect([textOfOwn(path, 100), existsSync(leftover)]).toEqual(['new\n', false]);
});

test('a file of seals that ends without a newline is refused, however large it is', () => {
  const path = join(newFolder(), 'audit.log.seals');
  const endOf = () => {
    using lines = new SealsFile(path);
    return lines.end();
  };
  writeFileSync(path, 'a line\n'.padEnd(4096 + 6, 'x'));
  expect(endOf()).toEqual({ last: 'a line', line: 'damaged', size: 7 });
  writeFileSync(path, '\0'.repeat(4097));
  expect(reasonOf(endOf)).toBe('damaged-seals');
  truncateSync(path, 2 ** 43 - 4096);
  expect(reasonOf(endOf)).toBe('damaged-seals');
});

/** Does work as on a system without `/proc`. */
function withoutProc(work: () => void): void {
  const { existsSync: kept } = fs;
  fs.existsSync = (path) => path !== '/proc/self/fd' && kept(path);
  syncBuiltinESMExports();
  try {
    work();
  } finally {
    fs.existsSync = kept;
    syncBuiltinESMExports();
  }
}

test('without /proc a folder that is exchanged after it was judged ends the opening', () => {
  const parent = newFolder();
  const [folder, other, aside] = ['logs', 'other', 'aside'].map((name) => join(parent, name)) as [
    string,
    string,
    string,
  ];
  const log = join(folder, 'audit.log');
  withoutProc(() => {
    mkdirSync(folder);
    mkdirSync(other);
    appendTo(log);
    using opened = openFolderOf(log);
    expect(opened.pathOf('audit.log')).toBe(log);
    opened.judgeAgain();
    let written = 0;
    const work = () => {
      const { fd } = openOwn(log, APPENDING);
      written += writeSync(fd, 'a line\n');
      closeSync(fd);
    };
    const { openSync } = fs;
    const exchange = () => {
      fs.openSync = openSync;
      syncBuiltinESMExports();
      renameSync(folder, aside);
      renameSync(other, folder);
    };
    fs.openSync = (...values) => {
      exchange();
      return openSync(...values);
    };
    syncBuiltinESMExports();
    expect(reasonOf(work)).toBe('changed');
    expect(reasonOf(() => opened.judgeAgain())).toBe('changed');
    expect([written, readFileSync(join(aside, 'audit.log'), 'utf8')]).toEqual([0, 'a line\n']);
  });
});
