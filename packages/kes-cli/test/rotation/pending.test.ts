/** Files that `kes rotate` finds: those of a rotation that is not finished, those of another user, and links. */
import {
  chownSync,
  existsSync,
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeOtherKey } from '../support/files.js';
import { inFolder } from '../support/folder.js';
import {
  END,
  HERE,
  makePool,
  messageOf,
  NETWORK,
  OLD,
  request,
  rotate,
  run,
  take,
  waysIn,
} from '../support/rotation.js';

/** KES period 1083 of mainnet, three after that of the tests. */
const LATER = new Date('2024-11-19T00:00:00Z');

beforeEach(makePool);

const later = (...more: readonly string[]) => run(['rotate', ...OLD, ...NETWORK, ...more], LATER);

describe('a rotation of an earlier KES period that is not finished', () => {
  /** The ways out that a rotation without a name prints, and that it makes nothing. */
  async function ways(...more: readonly string[]): Promise<string[][][]> {
    const { code, stderr } = await later(...more);
    expect(code).toBe(2);
    const message = messageOf(stderr);
    expect(message).toMatch(/^kes-1080\.skey: the rotation that made it is not finished/);
    expect(existsSync(inFolder('kes-1083.skey'))).toBe(false);
    const found = waysIn(message);
    expect(found).toHaveLength(3);
    return found;
  }

  test('is gone on with by its name', async () => {
    const { json } = await rotate();
    const [goOn] = await ways();
    const { kesVerificationKey } = json;
    expect(await take(goOn, LATER)).toMatchObject({ startPeriod: '1080', kesVerificationKey });
    expect((await request()).code).toBe(0);
  });

  test('is gone on with by its name, with the cold key here', async () => {
    await rotate(...HERE);
    rmSync(inFolder('node-1080.cert'));
    const [goOn] = await ways(...HERE, '--reuse-number', '4');
    expect((await take(goOn, LATER)).certificateFile).toBe('node-1080.cert');
  });

  test('is not gone on with when a certificate from its period has ended', async () => {
    await rotate();
    // KES period 1142, the 63rd from 1080.
    const over = new Date('2025-02-16T00:00:00Z');
    const last = (...more: readonly string[]) => run(['rotate', ...OLD, ...NETWORK, ...more], over);
    expect(messageOf((await last('--name', '1080')).stderr)).toMatch(/1080 has ended.*1142 now/);
    const [drop, beside, ...none] = waysIn(messageOf((await last()).stderr));
    expect(none).toEqual([]);
    expect(await take(beside, over)).toMatchObject({ startPeriod: '1142' });
    rmSync(inFolder('kes-1142.skey'));
    await take(drop, over);
    expect(existsSync(inFolder('kes-1080.skey'))).toBe(false);
  });

  test.each([
    ['with its request', []],
    ['interrupted after its signing key', ['kes-1080.vkey', 'kes-1080.request']],
    ['with its certificate', undefined],
  ])('is dropped, %s, and the next one begins', async (_what, missing) => {
    await rotate(...(missing === undefined ? HERE : []));
    for (const name of missing ?? []) rmSync(inFolder(name));
    const [, drop] = await ways();
    await take(drop, LATER);
    expect(existsSync(inFolder('kes-1080.skey'))).toBe(false);
    expect((await later()).json.signingKeyFile).toBe('kes-1083.skey');
  });

  test('stays beside another one that is begun by name', async () => {
    await rotate();
    const [, , beside] = await ways();
    expect((await take(beside, LATER)).signingKeyFile).toBe('kes-1083.skey');
    expect(existsSync(inFolder('kes-1080.skey'))).toBe(true);
  });

  test('is not one: the pair in use under its first names, or an older key', async () => {
    await rotate(...HERE);
    await rotate(...END);
    for (const [from, to] of [
      ['kes-1080.skey', 'kes.skey'],
      ['node-1080.cert', 'node.cert'],
    ] as const) {
      rmSync(inFolder(to), { force: true });
      linkSync(inFolder(from), inFolder(to));
    }
    makeOtherKey(inFolder('kes-1079.skey'));
    expect((await later()).json.signingKeyFile).toBe('kes-1083.skey');
  });
});

test('a second pair of one KES period gets its name by --name, and a third one too', async () => {
  await rotate(...HERE);
  await rotate(...END);
  const args = [
    'rotate',
    '--cert',
    'node-1080.cert',
    '--skey',
    'kes-1080.skey',
    ...NETWORK,
    ...HERE,
  ];
  const same = await run(args);
  expect(messageOf(same.stderr)).toMatch(/not over.*add --name 1080b$/);
  const second = await run([...args, '--name', '1080b']);
  expect(second.json).toMatchObject({
    signingKeyFile: 'kes-1080b.skey',
    certificateFile: 'node-1080b.cert',
    startPeriod: '1080',
  });
  expect(messageOf((await run(args)).stderr)).toMatch(/add --name 1080c$/);
  // The name of a pair in use is not in the names of the next.
  const b = ['rotate', '--cert', 'node-1080b.cert', '--skey', 'kes-1080b.skey', ...NETWORK];
  rmSync(inFolder('kes-1080.skey'));
  expect((await run(b, LATER)).json.signingKeyFile).toBe('kes-1083.skey');
});

test.each([
  ['1079', /there is no kes-1079\.skey to go on with/],
  ['1019', /give a KES period from 1020, the start of node\.cert, to 1080/],
  ['1081b', /to 1080, the current one/],
  ['soon', /not a KES period, or one with letters/],
  ['99999999999999999999', /not a KES period/],
])('--name %s is refused', async (name, says) => {
  const { code, stderr } = await rotate('--name', name);
  expect(code).toBe(2);
  expect(messageOf(stderr)).toMatch(says);
  expect(existsSync(inFolder('kes-1080.skey'))).toBe(false);
});

test('links are resolved: the new files lie beside the real ones, and the printed command names these', async () => {
  for (const [link, real] of [
    ['kes.skey', 'kes-1020.skey'],
    ['node.cert', 'node-1020.cert'],
  ] as const) {
    renameSync(inFolder(link), inFolder(real));
    symlinkSync(real, inFolder(link));
  }
  const { json } = await rotate();
  expect(json.signingKeyFile).toBe(inFolder('kes-1080.skey'));
  expect((await request()).code).toBe(0);
  const begun = await rotate();
  expect(begun.code).toBe(0);
  const end = await rotate(...END);
  expect(end.json).toMatchObject({ finished: true, erased: inFolder('kes-1020.skey') });
  expect(existsSync(inFolder('kes-1020.skey'))).toBe(false);
});

describe('a signing key at the next name that this user did not make', () => {
  async function refused(says: RegExp): Promise<void> {
    const key = readFileSync(inFolder('kes-1080.skey'));
    for (const more of [[], HERE]) {
      const { code, stderr } = await rotate(...more);
      expect(code).toBe(2);
      expect(messageOf(stderr)).toMatch(says);
    }
    for (const name of ['kes-1080.vkey', 'kes-1080.request', 'node-1080.cert'])
      expect(existsSync(inFolder(name))).toBe(false);
    expect(readFileSync(inFolder('kes-1080.skey'))).toEqual(key);
  }

  const isRoot = process.geteuid?.() === 0;
  test.skipIf(!isRoot)(
    `is not certified: of another user${isRoot ? '' : ' (skipped: only root makes files of another user)'}`,
    async () => {
      makeOtherKey(inFolder('kes-1080.skey'));
      chownSync(inFolder('kes-1080.skey'), 65_534, 65_534);
      await refused(/kes-1080\.skey: it exists already, and belongs to user 65534, not to 0/);
      // Other names are the way out where the file cannot be moved away.
      expect((await rotate('--name', '1080b')).json.signingKeyFile).toBe('kes-1080b.skey');
    },
  );

  test('is not certified: a link, a file with a second name', async () => {
    makeOtherKey(inFolder('other.skey'));
    symlinkSync('other.skey', inFolder('kes-1080.skey'));
    await refused(/is a link, or no regular file/);
    rmSync(inFolder('kes-1080.skey'));
    linkSync(inFolder('other.skey'), inFolder('kes-1080.skey'));
    await refused(/has more than one name/);
  });
});

test('a number that was spent for a dropped rotation is used again', async () => {
  await rotate(...HERE);
  const { stderr } = await later();
  await take(waysIn(messageOf(stderr))[1], LATER);
  expect((await later(...HERE, '--reuse-number', '4')).json.certificate.sequenceNumber).toBe('4');
});
