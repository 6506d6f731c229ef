/** A rotation: `kes rotate`, `kes opcert issue --request`, `kes rotate --finish`; and the checks of a start period. */
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { readCertificate, readCounter, writeKesVerificationKey } from '@evolock/cardano-kes';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { makeOtherKey } from '../support/files.js';
import { inFolder } from '../support/folder.js';
import { kes } from '../support/kes.js';
import {
  COLD,
  END,
  HERE,
  issue,
  leftovers,
  makePool,
  messageOf,
  NETWORK,
  NEW,
  NOW,
  OLD,
  request,
  rotate,
  run,
  take,
  wordsOf,
} from '../support/rotation.js';

beforeEach(makePool);

describe('kes rotate', () => {
  test('makes a pair and a request, which gives a certificate; the old key is erased at the end', async () => {
    const old = ['kes.skey', 'kes.vkey', 'node.cert'];
    const before = old.map((name) => readFileSync(inFolder(name)));
    const begun = await rotate();
    expect(begun).toMatchObject({
      code: 0,
      stderr: '',
      json: { startPeriod: '1080', requestFile: 'kes-1080.request' },
    });
    const early = await rotate('--finish', '--new-cert', 'node.cert', '--new-skey', 'kes.skey');
    expect(early).toMatchObject({ code: 1, json: { finished: false, erased: null } });
    const issued = await request();
    expect(issued).toMatchObject({
      code: 0,
      json: {
        warnings: [
          expect.stringMatching(
            /number 4 only if 3 or 4 is the last .* unknown; the request says that the certificate in use has 3/,
          ),
        ],
        sequenceNumber: '4',
        startPeriod: '1080',
        kesVerificationKey: begun.json.kesVerificationKey,
      },
    });
    expect(old.map((name) => readFileSync(inFolder(name)))).toEqual(before);
    expect(await rotate(...END)).toMatchObject({
      code: 0,
      stderr: '',
      json: { finished: true, erased: 'kes.skey' },
    });
    expect(existsSync(inFolder('kes.skey'))).toBe(false);
    expect(leftovers()).toEqual([]);
    const again = await rotate(...END);
    expect(again).toMatchObject({ code: 0, json: { finished: true, erased: null } });
    expect(again.json.warnings).toEqual([
      expect.stringMatching(/there is no kes\.skey: an earlier run/),
    ]);
    const next = ['--cert', 'node-1080.cert', '--skey', 'kes-1080.skey'];
    expect((await run(['status', ...next, ...NETWORK])).code).toBe(0);
    expect(messageOf((await run(['rotate', ...next, ...NETWORK])).stderr)).toMatch(/not over/);
    const later = await run(['rotate', ...next, ...NETWORK], new Date('2024-12-15T00:00:00Z'));
    expect(later.json).toMatchObject({
      signingKeyFile: 'kes-1100.skey',
      certificateFile: 'node-1100.cert',
    });
  });

  test.each([
    ['after the signing key', ['kes-1080.vkey', 'kes-1080.request']],
    ['before the request', ['kes-1080.request']],
    ['at its end', []],
  ])('continues when it is run again, interrupted %s', async (_when, missing) => {
    const { json } = await rotate();
    const names = readdirSync(inFolder());
    for (const name of missing) rmSync(inFolder(name));
    expect((await rotate()).json.kesVerificationKey).toBe(json.kesVerificationKey);
    expect(readdirSync(inFolder())).toEqual(names);
    expect((await request()).code).toBe(0);
  });

  test('uses no name of another file, and makes no key when two files do not belong together', async () => {
    writeKesVerificationKey(inFolder('kes-1080.vkey'), new Uint8Array(32));
    expect(messageOf((await rotate()).stderr)).toMatch(/kes-1080\.vkey: it exists already.*move/);
    rmSync(inFolder('kes-1080.vkey'));
    makeOtherKey(inFolder('other.skey'));
    const names = readdirSync(inFolder());
    const other = await run(['rotate', '--cert', 'node.cert', '--skey', 'other.skey', ...NETWORK]);
    expect(other.code).toBe(1);
    expect(messageOf(other.stderr)).toMatch(/other\.skey: it is not the key of node\.cert/);
    const before = await run(['rotate', ...OLD, ...NETWORK], new Date('2010-01-01T00:00:00Z'));
    expect(before.code).toBe(3);
    expect(messageOf(before.stderr)).toMatch(/clock of this machine says 2010.*: set it$/);
    const early = await run(['rotate', ...OLD, ...NETWORK], new Date('2024-01-01T00:00:00Z'));
    expect(messageOf(early.stderr)).toMatch(/starts later, at KES period 1020.*Set the clock$/);
    expect(readdirSync(inFolder())).toEqual(names);
  });

  test('erases nothing when a check of the new pair fails', async () => {
    await rotate();
    await request();
    const key = readFileSync(inFolder('kes.skey'));
    const expired = ['rotate', ...OLD, ...NETWORK, ...END];
    expect((await run(expired, new Date('2026-11-15T00:00:00Z'))).code).toBe(1);
    const wrongKey = await rotate(...END, '--new-skey', 'kes.skey');
    expect(wrongKey.code).toBe(1);
    linkSync(inFolder('kes.skey'), inFolder('twin'));
    expect((await rotate(...END)).code).toBe(3);
    rmSync(inFolder('twin'));
    expect(readFileSync(inFolder('kes.skey'))).toEqual(key);
    expect((await rotate(...END, ...HERE)).code).toBe(2);
    expect((await rotate('--finish')).code).toBe(2);
    expect((await rotate(...NEW)).code).toBe(2);
  });
});

test.each([
  ['begins', []],
  ['ends', END],
])(
  'a rotation that %s with a certificate of another network says so, and not that the clock is wrong',
  async (_what, more) => {
    await rotate(...HERE);
    const names = readdirSync(inFolder());
    const { code, stderr } = await run(['rotate', ...OLD, '--network', 'preview', ...more]);
    expect(code).toBe(2);
    const message = messageOf(stderr);
    expect(message).toMatch(
      /node\.cert starts at KES period 1020.*of mainnet.*: name that network$/,
    );
    expect(message).not.toMatch(/clock/);
    expect(readdirSync(inFolder())).toEqual(names);
    expect((await rotate(...more)).code).toBe(0);
  },
);

test('kes rotate prints commands that a shell runs, also with spaces and quotes in a name', async () => {
  mkdirSync(inFolder("it's a pool"));
  for (const name of ['node.cert', 'kes.skey'])
    copyFileSync(inFolder(name), inFolder("it's a pool", name));
  const [cert, skey] = ["it's a pool/node.cert", "it's a pool/kes.skey"];
  const { stdout } = await kes(['rotate', '--cert', cert, '--skey', skey, ...NETWORK], {
    cwd: inFolder(),
    now: NOW,
  });
  const line = stdout.split('\n').find((each) => each.includes('kes rotate --finish')) ?? '';
  expect(wordsOf(line)).toEqual([
    ...['rotate', '--finish', '--cert', cert, '--skey', skey],
    ...['--new-cert', "it's a pool/node-1080.cert", '--new-skey', "it's a pool/kes-1080.skey"],
    ...NETWORK,
    ...['--on-chain', "it's a pool/node-1080.on-chain.json"],
  ]);
});

test('kes rotate warns when the new key belongs to another user than the old one', async () => {
  const uid = process.geteuid?.() ?? 0;
  const geteuid = vi.spyOn(process, 'geteuid').mockReturnValue(uid + 1);
  const { code, json } = await rotate();
  geteuid.mockRestore();
  expect(code).toBe(0);
  expect(json.warnings).toEqual([
    expect.stringMatching(/^kes\.skey belongs to another user than kes-1080\.skey .* \(chown\)$/),
  ]);
  expect(await rotate()).toMatchObject({ code: 0, stderr: '' });
});

test('kes rotate refuses a clock before this release', async () => {
  rmSync(inFolder('node.cert'));
  const start = ['--start-period', '860', '--kes-vkey', 'kes.vkey', '--out', 'node.cert'];
  await issue('--unchecked', ...start);
  const { code, stderr } = await run(
    ['rotate', ...OLD, ...NETWORK],
    new Date('2023-12-31T00:00:00Z'),
  );
  expect(code).toBe(3);
  expect(messageOf(stderr)).toMatch(
    /is behind: .*this release of kes was made later.*Set the clock$/,
  );
});

test('kes rotate names no other network by a clock before this release', async () => {
  rmSync(inFolder('node.cert'));
  const start = ['--start-period', '700', '--kes-vkey', 'kes.vkey', '--out', 'node.cert'];
  await issue('--unchecked', ...start);
  // By this clock, mainnet is in KES period 724 and preprod in 230.
  const { code, stderr } = await run(
    ['rotate', ...OLD, '--network', 'preprod'],
    new Date('2023-06-01T00:00:00Z'),
  );
  expect(code).toBe(3);
  expect(messageOf(stderr)).toMatch(/this release of kes was made later.*Set the clock$/);
});

test('kes rotate says of which network a certificate is', async () => {
  const { code, stderr } = await run(['rotate', ...OLD, '--network', 'preprod']);
  expect(code).toBe(2);
  expect(messageOf(stderr)).toMatch(
    /^node\.cert starts at KES period 1020, and preprod is in \d+ now\. It is a certificate of mainnet, which is in 1080 now: name that network$/,
  );
});

describe('kes opcert issue --request', () => {
  beforeEach(() => rotate());

  async function refused(says: RegExp, ...more: readonly string[]): Promise<void> {
    const { next } = readCounter(inFolder('cold.counter'));
    const { code, stderr } = await request(...more);
    expect(code).not.toBe(0);
    expect(messageOf(stderr)).toMatch(says);
    expect(readCounter(inFolder('cold.counter')).next).toBe(next);
    expect(existsSync(inFolder('node-1080.cert'))).toBe(false);
  }

  test('refuses another cold key, an old counter, more options, and a damaged request', async () => {
    mkdirSync(inFolder('other'));
    const files = ['skey', 'vkey', 'counter'].flatMap((each) => [
      `--${each}`,
      `other/cold.${each}`,
    ]);
    await run(['cold', 'keygen', '--offline', ...files]);
    await run(['counter', 'set', 'other/cold.counter', '--next', '4', '--force']);
    const other = ['--cold-skey', 'other/cold.skey', '--counter', 'other/cold.counter'];
    await refused(/these files are of two pools: other\/cold\.counter is of pool1/, ...other);
    const otherKey = [...other.slice(0, 2), '--counter', 'cold.counter'];
    await refused(/cold\.counter is of pool1\w+, and other\/cold\.skey is of pool1/, ...otherKey);
    await refused(/--request states the key.*leave --kes-vkey/, '--start-period', '1080');
    await run(['counter', 'set', 'cold.counter', '--next', '3', '--force']);
    await refused(
      /cold\.counter: the counter would give number 3 again: .*State what is on chain by --on-chain/,
    );
    await refused(
      /the network accepts number 2 only if .*in use has 3.*State what is on chain/,
      '--reuse-number',
      '2',
    );
    await run(['counter', 'set', 'cold.counter', '--next', '4']);
    const text = readFileSync(inFolder('kes-1080.request'), 'utf8');
    for (const damaged of [
      text.slice(0, -10),
      '',
      'null',
      text.replace('CertificateRequest"', 'Request"'),
      text.replace('"startPeriod": "1080"', '"startPeriod": "-1"'),
      text.replace(/"kesVerificationKey": "../, '"kesVerificationKey": "'),
      text.replace(/"time": "[^"]*"/, '"time": "soon"'),
      text.replace(/"coldVerificationKey": "[^"]*",/, ''),
      // Another network needs the dates of its slots.
      text.replace('"name": "mainnet"', '"name": "own"').replace(/,\s*"anchor": {[^}]*}/, ''),
    ]) {
      expect(damaged).not.toBe(text);
      writeFileSync(inFolder('kes-1080.request'), damaged);
      await refused(/kes-1080\.request: it is not a certificate request/);
    }
    writeFileSync(inFolder('kes-1080.request'), text.replace('"version": 2', '"version": 1'));
    await refused(/a certificate request of another version, and this release reads version 2/);
    copyFileSync(inFolder('kes.skey'), inFolder('kes-1080.request'));
    await refused(/looks like the file of a signing key/);
  });

  test('leaves a number out only with --force-number', async () => {
    await run(['counter', 'set', 'cold.counter', '--next', '6', '--force']);
    await refused(/accepts number 6 only if 5 or 6 is the last .*in use has 3.*--on-chain/);
    const early = ['opcert', 'issue', ...COLD, '--request', 'kes-1080.request'];
    const { code, json } = await run([...early, '--force-number', '--out', 'node-1080.cert']);
    expect(code).toBe(0);
    expect(json.warnings[0]).toMatch(/accepts number 6 only if 5 or 6 is the last/);
  });

  /** Changes the request. */
  function edit(change: (fields: Record<string, unknown>) => void): void {
    const fields = JSON.parse(readFileSync(inFolder('kes-1080.request'), 'utf8'));
    change(fields);
    writeFileSync(inFolder('kes-1080.request'), JSON.stringify(fields));
  }

  test('compares the number with what the request says is on chain, and --on-chain wins', async () => {
    edit((fields) => (fields['onChain'] = '1'));
    const { stderr } = await request();
    const message = messageOf(stderr);
    expect(message).toMatch(
      /refuses number 4: the request says that 1 is the last number on chain/,
    );
    expect(message).toMatch(/\. State what is on chain by --on-chain: a number, none, or a file/);
    // No command with a number that came from elsewhere.
    expect(message).not.toMatch(/kes counter|--next|--reuse-number/);
    expect(await request('--on-chain', '3')).toMatchObject({ code: 0, stderr: '' });
  });

  test('is silent when what is on chain is known and fits', async () => {
    edit((fields) => (fields['onChain'] = '3'));
    expect(await request()).toMatchObject({ code: 0, stderr: '', json: { sequenceNumber: '4' } });
  });

  test('issues a number below that in use where the chain wants it, and names what an agent needs', async () => {
    await run(['counter', 'set', 'cold.counter', '--next', '2', '--force']);
    const { code, json } = await request('--on-chain', '1');
    expect({ code, number: json.sequenceNumber }).toEqual({ code: 0, number: '2' });
    expect(json.warnings).toEqual([expect.stringMatching(/in use has 3.*kes agent drop-key/)]);
  });

  test('needs no certificate that is replaced', async () => {
    edit((fields) => {
      delete fields['replaces'];
      fields['onChain'] = 'none';
    });
    const file = await request('--on-chain', 'kes-1080.request');
    expect(messageOf(file.stderr)).toMatch(/no certificate is given to compare it with/);
    await run(['counter', 'set', 'cold.counter', '--next', '0', '--force']);
    expect(await request()).toMatchObject({ code: 0, stderr: '', json: { sequenceNumber: '0' } });
  });

  test('refuses files of two pools before it looks at a number, with no advice about one', async () => {
    edit((fields) => (fields['coldVerificationKey'] = '11'.repeat(32)));
    for (const more of [[], ['--on-chain', '9'], ['--force-number']]) {
      const message = messageOf((await request(...more)).stderr);
      expect(message).toMatch(
        /are of two pools: cold\.counter is of pool1\w+, and kes-1080\.request is/,
      );
      expect(message).toMatch(/Give files of one pool$/);
    }
  });

  test('--dry-run shows all fields and checks, reads no cold key and changes nothing', async () => {
    rmSync(inFolder('cold.skey'));
    const files = readdirSync(inFolder());
    const counter = readFileSync(inFolder('cold.counter'));
    const good = await request('--dry-run', '--on-chain', '3');
    expect(good).toMatchObject({
      code: 0,
      stderr: '',
      json: {
        dryRun: true,
        valid: true,
        sequenceNumber: '4',
        startPeriod: '1080',
        kesPeriod: '1080',
        network: { name: 'mainnet' },
      },
    });
    expect(good.json.checks).toHaveLength(4);
    // Every check is shown, also after one that failed.
    const args = ['opcert', 'issue', ...COLD, '--request', 'kes-1080.request', '--on-chain', '0'];
    const bad = await run([...args, '--out', 'x.cert', '--dry-run'], new Date('2024-11-14'));
    expect({ code: bad.code, valid: bad.json.valid }).toEqual({ code: 1, valid: false });
    const words = bad.json.checks.map((check: { words: string }) => check.words);
    expect(words).toEqual([
      expect.stringMatching(/clock of this machine is behind: .*the request was made later/),
      expect.stringMatching(/start period 1080/),
      expect.stringMatching(/no earlier run reserved a number/),
      expect.stringMatching(/refuses number 4: .*kes counter set cold\.counter --next 1 --force/),
    ]);

    const { stdout } = await kes([...args.slice(0, -2), '--out', 'x.cert', '--dry-run'], {
      cwd: inFolder(),
      now: NOW,
    });
    expect(stdout).toMatch(/^x\.cert: can be issued; nothing was\n/);
    expect(stdout).toMatch(/NOT checked: whether cold\.skey is the cold key of this pool\n$/);
    // What a run without --dry-run refuses is refused.
    const again = await request('--dry-run', '--on-chain', '3', '--reuse-number', '4');
    expect(again.json.checks).toContainEqual({
      valid: false,
      words: expect.stringMatching(/number 4 is not the last .* is 3: give --reuse-number 3/),
    });
    const nowhere = await run([...args, '--out', 'missing/x.cert', '--dry-run']);
    expect(messageOf(nowhere.stderr)).toMatch(
      /missing\/x\.cert: its folder missing does not exist/,
    );
    // What nothing states is named.
    const alone = ['--kes-vkey', 'kes.vkey', '--start-period', '1080', '--unchecked', '--dry-run'];
    const open = await kes(['opcert', 'issue', ...COLD, ...alone, '--out', 'x.cert'], {
      cwd: inFolder(),
      now: NOW,
    });
    expect(open.stdout).toMatch(
      /NOT checked: start period 1080 .*\nNOT checked: whether the network accepts number 4 [^]*\n$/,
    );
    expect(readdirSync(inFolder())).toEqual(files);
    expect(readFileSync(inFolder('cold.counter'))).toEqual(counter);
  });

  test('the commands that --dry-run prints issue the certificate', async () => {
    const { code, json } = await request('--dry-run', '--on-chain', '0');
    expect(code).toBe(1);
    const { words } = json.checks.at(-1);
    const [, set = '', issuing = ''] =
      /: (kes counter set .*?); then issue again: (.*)$/.exec(words) ?? [];
    for (const each of [set, issuing])
      await take([wordsOf(each).filter((word) => word !== '--json')]);
    expect(readCertificate(inFolder('node-1080.cert')).certificate.sequenceNumber).toBe(1n);
  });

  test('refuses a clock before the request, and a request from a clock that is ahead', async () => {
    const early = new Date('2024-11-14T00:00:00Z');
    const args = ['opcert', 'issue', ...COLD, '--request', 'kes-1080.request', '--on-chain', '3'];
    const behind = await run([...args, '--out', 'node-1080.cert'], early);
    expect(behind.code).toBe(3);
    expect(messageOf(behind.stderr)).toMatch(/the request was made later.*Set the clock$/);
    const stated = await run([...args, '--out', 'node-1080.cert', '--now', '2024-11-15'], early);
    expect(stated).toMatchObject({ code: 0, stderr: '' });
  });

  /** A Shelley genesis of a network that began on that day. */
  function genesis(slots: number): readonly string[] {
    const content = {
      networkMagic: 42,
      slotsPerKESPeriod: slots,
      maxKESEvolutions: 62,
      systemStart: '2024-11-01T00:00:00Z',
      slotLength: 1,
    };
    writeFileSync(inFolder('genesis.json'), JSON.stringify(content));
    return ['--genesis', 'genesis.json', '--without-byron'];
  }

  test('a network of a request that is not known needs its genesis here, which has to fit', async () => {
    edit((fields) => {
      fields['startPeriod'] = '999999';
      fields['network'] = {
        name: 'network 42',
        slotsPerKesPeriod: '1',
        maxKesEvolutions: 62,
        anchor: { slot: '0', unixMilliseconds: 1_730_419_200_000, slotMilliseconds: 1_000 },
      };
    });
    await refused(/it is for network 42: 1 slot .*does not know: name it here, by --genesis/);
    await refused(
      /it is for network 42: 1 slot .*and the options name network 42: 2 slots/,
      ...genesis(2),
    );
    await refused(/and the options name mainnet/, ...NETWORK);
    await refused(/start period 999999: .*make the request again/, ...genesis(1));
    edit((fields) => {
      fields['startPeriod'] = '1209600';
      delete fields['replaces'];
    });
    const fits = await request(...genesis(1), '--on-chain', '3');
    expect(fits).toMatchObject({ code: 0, json: { network: { name: 'network 42' } } });
  });

  test('takes a known network by its numbers in this release, whatever the request states', async () => {
    edit((fields) => {
      fields['startPeriod'] = '999999';
      fields['network'] = { ...(fields['network'] as object), slotsPerKesPeriod: '1' };
    });
    await refused(/start period 999999: it begins in 998919 KES periods.*make the request again/);
    await refused(/it is for mainnet.* and the options name preprod/, '--network', 'preprod');
  });

  /** The commands of the way out that a refusal prints, as words. */
  function wayOut(stderr: string): string[][] {
    const [, commands = ''] = /Issue with \d+: (.*)$/.exec(messageOf(stderr)) ?? [];
    return commands.split('; then issue again: ').map((each) => each.split(' ').slice(1));
  }

  test.each([
    // The certificate in use has 3, and the counter is at 4.
    ['1', '2'],
    ['none', '0'],
    ['2', '3'],
    ['3', '4'],
    ['7', '8'],
  ])('with %s on chain the way out ends in a certificate with %s', async (last, right) => {
    let ended = await request('--on-chain', last);
    if (ended.code !== 0) {
      for (const args of wayOut(ended.stderr))
        ended = await run(args.filter((x) => x !== '--json'));
    }
    expect(ended).toMatchObject({ code: 0, json: { sequenceNumber: right } });
  });
});

describe('kes opcert issue --network', () => {
  const at = (period: number, ...more: readonly string[]) =>
    issue(
      ...['--start-period', String(period), '--kes-vkey', 'kes.vkey', ...NETWORK],
      ...['--out', 'new.cert', ...more],
    );

  test.each([
    [1018, 'refused', /start period 1018: its certificate has ended, since it is KES period 1080/],
    [1019, 'warned', /61 of 62 periods of its certificate are over/],
    [1072, 'warned', /8 of 62 periods/],
    [1073, 'quiet', /^$/],
    [1080, 'quiet', /^$/],
    [1081, 'warned', /it begins in 1 KES period, and no node can use its certificate before/],
    [1087, 'warned', /it begins in 7 KES periods/],
    [1088, 'refused', /start period 1088: it begins in 8 KES periods/],
    [2233, 'refused', /it begins in 1153 KES periods/],
  ])('a start period of %i is %s', async (period, what, says) => {
    const { code, json, stderr } = await at(period);
    expect(code).toBe(what === 'refused' ? 2 : 0);
    const words = what === 'refused' ? messageOf(stderr) : (json.warnings ?? []).join();
    expect(words).toMatch(says);
    if (what !== 'refused') return;
    expect(words).toMatch(
      /clock of this machine.* 2024-11-15T00:00:00Z\. If it is right, give another/,
    );
    expect(words).toMatch(/--force-period$/);
    expect(readCounter(inFolder('cold.counter')).next).toBe(4n);
    const forced = await at(period, '--force-period');
    expect(forced.code).toBe(0);
    expect(forced.json.warnings).toHaveLength(1);
  });

  test.each([
    [
      '2024-01-02',
      [],
      /the certificate that is replaced|node\.cert starts later, at KES period 1020/,
    ],
    ['2023-12-31', [], /this release of kes was made later, at 2024-01-01/],
    ['2024-01-02', ['--force-period'], /node\.cert starts later/],
  ])('refuses a clock that is behind: %s', async (day, more, says) => {
    const again = ['--start-period', '1020', '--kes-vkey', 'kes.vkey', '--out', 'node.cert'];
    const args = ['opcert', 'issue', ...COLD, ...again, ...NETWORK, '--force', ...more];
    const { code, stderr } = await run(args, new Date(`${day}T00:00:00Z`));
    expect(code).toBe(3);
    expect(messageOf(stderr)).toMatch(says);
    expect(messageOf(stderr)).toMatch(/^the clock of this machine is behind: .*\. Set the clock$/);
    expect(messageOf(stderr)).not.toMatch(/another/);
    expect(readCounter(inFolder('cold.counter')).next).toBe(4n);
    // A machine without a clock: the person states the moment.
    const stated = await run([...args, '--now', '2024-11-15'], new Date(`${day}T00:00:00Z`));
    expect(stated).toMatchObject({
      code: stated.code,
      json: { clock: { source: 'now', date: '2024-11-15T00:00:00.000Z' }, kesPeriod: '1080' },
    });
  });

  test('judges everything by --now, and refuses one that is behind', async () => {
    const ended = await at(1080, '--now', '2025-06-01');
    expect(messageOf(ended.stderr)).toMatch(
      /its certificate has ended.*Compare --now with a right/,
    );
    const early = await at(1080, '--now', '2014-11-15');
    expect(early.code).toBe(2);
    expect(messageOf(early.stderr)).toMatch(/^--now 2014-11-15T00:00:00Z: .*before the first slot/);
    const before = await at(1080, '--now', '2023-11-15');
    expect(messageOf(before.stderr)).toMatch(
      /release of kes was made later.*Give the current moment$/,
    );
    expect(readCounter(inFolder('cold.counter')).next).toBe(4n);
    const today = await at(1080, '--now', '2024-11-15');
    expect(today.code).toBe(0);
  });

  test('needs a network, or --unchecked', async () => {
    const start = ['--start-period', '999999', '--kes-vkey', 'kes.vkey', '--out', 'new.cert'];
    const without = await issue(...start);
    expect(without.code).toBe(2);
    expect(messageOf(without.stderr)).toMatch(
      /^name the network.*Without a comparison: --unchecked$/,
    );
    const both = await issue(...start, '--unchecked', ...NETWORK);
    expect(messageOf(both.stderr)).toMatch(/--unchecked stands for no network/);
    expect(readCounter(inFolder('cold.counter')).next).toBe(4n);
    const unchecked = await kes(['opcert', 'issue', ...COLD, ...start, '--unchecked'], {
      cwd: inFolder(),
      now: NOW,
    });
    expect(unchecked.stdout).toMatch(/^Issuing without a network \(--unchecked\)\.\n✓/);
  });

  test('shows network and current period before the number is taken', async () => {
    const start = ['--start-period', '1080', '--kes-vkey', 'kes.vkey', '--out', 'new.cert'];
    let before = -1n;
    const { stdout } = await kes(['opcert', 'issue', ...COLD, ...start, ...NETWORK], {
      cwd: inFolder(),
      now: NOW,
      onOutput: (part) => {
        if (part.includes('Issuing')) before = readCounter('cold.counter').next;
      },
    });
    expect(before).toBe(4n);
    expect(stdout).toMatch(
      /^Issuing for mainnet, in KES period 1080 by the clock of this machine: 2024-11-15T00:00:00Z\.\n✓/,
    );
  });

  test('issues again with the same number after a mistake', async () => {
    await at(1080);
    const again = await at(1081, '--force', '--reuse-number', '4');
    expect(again).toMatchObject({ code: 0, json: { sequenceNumber: '4', startPeriod: '1081' } });
    expect(readCounter(inFolder('cold.counter')).next).toBe(5n);
  });
});

describe('kes opcert request', () => {
  const make = (...more: readonly string[]) =>
    run([
      ...['opcert', 'request', '--kes-vkey', 'kes.vkey', '--cold-vkey', 'cold.vkey', ...NETWORK],
      ...['--out', 'first.request', ...more],
    ]);

  test('requests the first certificate of a pool, which kes inspect shows and issuing takes', async () => {
    const { code, json } = await make('--on-chain', 'none');
    expect({ code, replaces: json.replaces }).toEqual({ code: 0, replaces: null });
    expect(json).toMatchObject({ startPeriod: '1080', onChain: 'none' });
    const seen = await run(['inspect', 'first.request']);
    const { requestFile, ...content } = json;
    expect(requestFile).toBe('first.request');
    expect(seen.json).toEqual({ kind: 'certificate-request', ...content });
    const input = readFileSync(inFolder('first.request'));
    expect((await kes(['inspect', '-'], { input })).stdout).toMatch(
      /^standard input: certificate request\n.*\n {2}on chain +none\n {2}replaces +no certificate\n$/s,
    );
    const issued = ['--request', 'first.request', '--out', 'first.cert'];
    const wrong = await issue(...issued);
    expect(messageOf(wrong.stderr)).toMatch(
      /the request says that no certificate of the pool is on/,
    );
    await run(['counter', 'set', 'cold.counter', '--next', '0', '--force']);
    expect(await issue(...issued)).toMatchObject({ code: 0, json: { sequenceNumber: '0' } });
    const again = await make();
    expect(again.code).toBe(2);
    expect(messageOf(again.stderr)).toMatch(/exists already: choose another name, or remove it$/);
  });

  test('prints a command that issues the certificate', async () => {
    await run(['counter', 'set', 'cold.counter', '--next', '0', '--force']);
    const args = ['opcert', 'request', '--kes-vkey', 'kes.vkey', '--cold-vkey', 'cold.vkey'];
    const { stdout } = await kes([...args, ...NETWORK, '--out', 'a b.request'], {
      cwd: inFolder(),
      now: NOW,
    });
    const line = stdout.split('\n').find((each) => each.includes('kes opcert issue')) ?? '';
    rmSync(inFolder('node.cert'));
    expect((await run(wordsOf(line))).code).toBe(0);
  });
});
