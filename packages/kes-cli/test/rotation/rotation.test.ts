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
import { readCounter, writeKesVerificationKey } from '@evolock/cardano-kes';
import { beforeEach, describe, expect, it, vi } from 'vitest';
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
  wordsOf,
} from '../support/rotation.js';

beforeEach(makePool);

describe('kes rotate', () => {
  it('makes a pair and a request, which gives a certificate; the old key is erased at the end', async () => {
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

  it.each([
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

  it('uses no name of another file, and makes no key when two files do not belong together', async () => {
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
    expect(messageOf(early.stderr)).toMatch(/starts at KES period 1020.*set the clock/);
    expect(readdirSync(inFolder())).toEqual(names);
  });

  it('erases nothing when a check of the new pair fails', async () => {
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

it('kes rotate prints commands that a shell runs, also with spaces and quotes in a name', async () => {
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

it('kes rotate warns when the new key belongs to another user than the old one', async () => {
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

it('kes rotate warns of a clock before this release', async () => {
  rmSync(inFolder('node.cert'));
  const start = ['--start-period', '860', '--kes-vkey', 'kes.vkey', '--out', 'node.cert'];
  await issue(...start);
  const { json } = await run(['rotate', ...OLD, ...NETWORK], new Date('2023-12-31T00:00:00Z'));
  expect(json.warnings).toEqual([
    expect.stringMatching(/clock of this machine may be wrong.*release of kes was made later/),
  ]);
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

  it('refuses another cold key, an old counter, more options, and a damaged request', async () => {
    mkdirSync(inFolder('other'));
    const files = ['skey', 'vkey', 'counter'].flatMap((each) => [
      `--${each}`,
      `other/cold.${each}`,
    ]);
    await run(['cold', 'keygen', '--offline', ...files]);
    await run(['counter', 'set', 'other/cold.counter', '--next', '4']);
    const other = ['--cold-skey', 'other/cold.skey', '--counter', 'other/cold.counter'];
    await refused(/these files are of two pools: other\/cold\.counter is of pool1/, ...other);
    const otherKey = [...other.slice(0, 2), '--counter', 'cold.counter'];
    await refused(/not the cold key of the pool that the request names/, ...otherKey);
    await refused(/--request states the key.*leave --kes-vkey/, '--start-period', '1080');
    await refused(/--request states the key.*leave --kes-vkey/, ...NETWORK);
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

  it('leaves a number out only with --force-number, and warns of a clock before the request', async () => {
    await run(['counter', 'set', 'cold.counter', '--next', '6']);
    await refused(/accepts number 6 only if 5 or 6 is the last .*in use has 3.*--on-chain/);
    const early = ['opcert', 'issue', ...COLD, '--request', 'kes-1080.request'];
    const { code, json } = await run(
      [...early, '--force-number', '--out', 'node-1080.cert'],
      new Date('2024-11-14T00:00:00Z'),
    );
    expect(code).toBe(0);
    expect(json.warnings[0]).toMatch(/clock of this machine may be wrong.*the request was made/);
    expect(json.warnings[1]).toMatch(/accepts number 6 only if 5 or 6 is the last/);
  });

  /** Changes the request. */
  function edit(change: (fields: Record<string, unknown>) => void): void {
    const fields = JSON.parse(readFileSync(inFolder('kes-1080.request'), 'utf8'));
    change(fields);
    writeFileSync(inFolder('kes-1080.request'), JSON.stringify(fields));
  }

  it('compares the number with what the request says is on chain, and --on-chain wins', async () => {
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

  it('is silent when what is on chain is known and fits', async () => {
    edit((fields) => (fields['onChain'] = '3'));
    expect(await request()).toMatchObject({ code: 0, stderr: '', json: { sequenceNumber: '4' } });
  });

  it('issues a number below that in use where the chain wants it, and names what an agent needs', async () => {
    await run(['counter', 'set', 'cold.counter', '--next', '2', '--force']);
    const { code, json } = await request('--on-chain', '1');
    expect({ code, number: json.sequenceNumber }).toEqual({ code: 0, number: '2' });
    expect(json.warnings).toEqual([expect.stringMatching(/in use has 3.*kes agent drop-key/)]);
  });

  it('needs no certificate that is replaced', async () => {
    edit((fields) => {
      delete fields['replaces'];
      fields['onChain'] = 'none';
    });
    const file = await request('--on-chain', 'kes-1080.request');
    expect(messageOf(file.stderr)).toMatch(/no certificate is given to compare it with/);
    await run(['counter', 'set', 'cold.counter', '--next', '0', '--force']);
    expect(await request()).toMatchObject({ code: 0, stderr: '', json: { sequenceNumber: '0' } });
  });

  it('refuses files of two pools before it looks at a number, with no advice about one', async () => {
    edit((fields) => (fields['coldVerificationKey'] = '11'.repeat(32)));
    for (const more of [[], ['--on-chain', '9'], ['--force-number']]) {
      const message = messageOf((await request(...more)).stderr);
      expect(message).toMatch(/are of two pools: cold\.counter is of pool1\w+, and the request is/);
      expect(message).toMatch(/Give files of one pool$/);
    }
  });

  /** The commands of the way out that a refusal prints, as words. */
  function wayOut(stderr: string): string[][] {
    const [, commands = ''] = /Issue with \d+: (.*)$/.exec(messageOf(stderr)) ?? [];
    return commands.split('; then issue again: ').map((each) => each.split(' ').slice(1));
  }

  it.each([
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

  it.each([
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
    expect(words).toMatch(/2024-11-15T00:00:00Z.*--force-period$/);
    expect(readCounter(inFolder('cold.counter')).next).toBe(4n);
    const forced = await at(period, '--force-period');
    expect(forced.code).toBe(0);
    expect(forced.json.warnings).toHaveLength(1);
  });

  it('warns of a clock before the certificate that it replaces, and before this release', async () => {
    const again = ['--start-period', '1020', '--kes-vkey', 'kes.vkey', '--out', 'node.cert'];
    const args = ['opcert', 'issue', ...COLD, ...again, ...NETWORK, '--force', '--force-period'];
    const replaced = await run(args, new Date('2024-01-02T00:00:00Z'));
    expect(replaced.json.warnings[0]).toMatch(
      /may be wrong.*that is replaced starts later, at 1020/,
    );
    const old = await run(args, new Date('2023-12-31T00:00:00Z'));
    expect(old.json.warnings[0]).toMatch(/this release of kes was made later, at 2024-01-01/);
  });

  it('issues again with the same number after a mistake', async () => {
    await at(1080);
    const again = await at(1081, '--force', '--reuse-number', '4');
    expect(again).toMatchObject({ code: 0, json: { sequenceNumber: '4', startPeriod: '1081' } });
    expect(readCounter(inFolder('cold.counter')).next).toBe(5n);
  });
});
