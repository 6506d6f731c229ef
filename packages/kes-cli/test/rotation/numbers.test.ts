/** The number of the new certificate and the chain: what erases the old key, and every way out to its end. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import {
  absolutePeriod,
  issueToFileWithSigner,
  readCertificate,
  readCounter,
} from '@evolock/cardano-kes';
import { beforeEach, describe, expect, test } from 'vitest';
import { inFolder } from '../support/folder.js';
import { kes } from '../support/kes.js';
import {
  HERE,
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
  waysIn,
  wordsOf,
} from '../support/rotation.js';

beforeEach(makePool);

/** Ends the rotation, with what is known of the chain. */
const finish = (...more: readonly string[]) => rotate('--finish', ...NEW, ...more);

/** A certificate with a number of the test's choice, whatever is on chain. */
async function issue(number: number, key: string, start: string, out: string): Promise<void> {
  await run(['counter', 'set', 'cold.counter', '--next', String(number), '--force']);
  const subject = [
    '--kes-vkey',
    key,
    '--start-period',
    start,
    ...NETWORK,
    '--force',
    '--force-period',
  ];
  const files = ['--cold-skey', 'cold.skey', '--counter', 'cold.counter', '--out', out];
  expect((await run(['opcert', 'issue', ...subject, ...files])).code).toBe(0);
}

/** A rotation whose certificates have these numbers. */
async function rotation(inUse: number, made: number): Promise<void> {
  await issue(inUse, 'kes.vkey', '1020', 'node.cert');
  await rotate();
  await issue(made, 'kes-1080.vkey', '1080', 'node-1080.cert');
}

/** What cardano-cli writes for the options of a printed query, when this is the last number on chain. */
function answerQuery(line: string, onChain: number | null): void {
  const [name, query, command, network, ...options] = wordsOf(
    line.replace('cardano-cli', 'kes cardano-cli'),
  );
  expect([name, query, command, network]).toEqual([
    'cardano-cli',
    'query',
    'kes-period-info',
    '--mainnet',
  ]);
  const [cert, path, out, file = ''] = options;
  expect([cert, out]).toEqual(['--op-cert-file', '--out-file']);
  const { sequenceNumber, startPeriod } = readCertificate(inFolder(path ?? '')).certificate;
  const info = {
    qKesNodeStateOperationalCertificateNumber: onChain,
    qKesOnDiskOperationalCertificateNumber: Number(sequenceNumber),
    qKesStartKesInterval: Number(startPeriod),
  };
  writeFileSync(inFolder(file), JSON.stringify(info));
}

/** The lines of an output that are commands. */
async function commandsOf(args: readonly string[]): Promise<string[]> {
  const { stdout } = await kes(args, { cwd: inFolder(), now: NOW });
  const lines = stdout.split('\n').map((line) => line.trim());
  return lines.filter((line) => /^(?:kes|cardano-cli) /.test(line));
}

const END = ['rotate', ...OLD, ...NETWORK, '--finish', ...NEW];

describe('kes rotate --finish', () => {
  test('erases nothing while it is unknown what is on chain; the printed commands end the rotation', async () => {
    await rotation(3, 4);
    const key = readFileSync(inFolder('kes.skey'));
    const { code, json } = await run(END);
    expect(code).toBe(2);
    expect(json).toMatchObject({ finished: false, erased: null });
    expect(json.checks.every(({ valid }: { valid: boolean }) => valid)).toBe(true);
    expect(json.warnings.join()).toMatch(
      /nothing was erased: .*number 4 only if 3 or 4 is the last/,
    );
    expect(readFileSync(inFolder('kes.skey'))).toEqual(key);
    const [query = '', end = '', ...more] = await commandsOf(END);
    expect(more).toEqual([]);
    answerQuery(query, 3);
    expect((await run(wordsOf(end))).json).toMatchObject({ finished: true, erased: 'kes.skey' });
    expect(existsSync(inFolder('kes.skey'))).toBe(false);
  });

  test('is printed at the beginning with the query, and these commands end the rotation', async () => {
    const commands = await commandsOf(['rotate', ...OLD, ...NETWORK]);
    expect((await request()).code).toBe(0);
    const [query = '', end = ''] = commands.slice(-2);
    answerQuery(query, null);
    expect((await run(wordsOf(end))).json).toMatchObject({ finished: false, erased: null });
    answerQuery(query, 3);
    expect((await run(wordsOf(end))).json).toMatchObject({ finished: true, erased: 'kes.skey' });
  });

  test.each([
    [0, 50, '0', false],
    [4, 5, '3', false],
    [4, 2, '1', true],
    [3, 4, '3', true],
    [3, 4, '4', true],
    [3, 4, '2', false],
    [3, 4, '5', false],
    [3, 4, 'none', false],
    [3, 3, '2', true],
    [0, 1, 'none', true],
  ])(
    'after %i, for %i with %s on chain: erases the key: %s',
    async (inUse, made, onChain, erases) => {
      await rotation(inUse, made);
      const { code, json } = await finish('--on-chain', onChain);
      expect({ code, finished: json.finished }).toEqual({ code: erases ? 0 : 1, finished: erases });
      expect(existsSync(inFolder('kes.skey'))).toBe(!erases);
    },
  );

  test('shows the way from a refused number to the end of the rotation', async () => {
    await rotation(0, 50);
    const { json } = await finish('--on-chain', '0');
    const [again] = waysIn(json.checks.at(-1).words);
    const [command = []] = again ?? [];
    const refusal = messageOf((await run(command)).stderr);
    // The counter is on that machine: the command there shows the way by it.
    const [, set = '', issuing = ''] =
      /: (kes counter set .*?); then issue again: (.*)$/.exec(refusal) ?? [];
    await take([wordsOf(set), wordsOf(issuing)]);
    expect((await finish('--on-chain', '0')).json).toMatchObject({
      erased: 'kes.skey',
      certificate: { sequenceNumber: '1', startPeriod: '1080' },
    });
  });

  test('refuses the answer about another certificate, and what is none', async () => {
    await rotation(3, 4);
    await issue(7, 'kes.vkey', '1020', 'other.cert');
    answerQuery(
      'cardano-cli query kes-period-info --mainnet --op-cert-file other.cert --out-file x',
      3,
    );
    const other = await finish('--on-chain', 'x');
    expect(messageOf(other.stderr)).toMatch(/it is about a certificate with number 7/);
    expect((await finish('--on-chain', 'node.cert')).code).toBe(1);
    expect((await finish('--on-chain', 'y')).code).toBe(2);
    expect(existsSync(inFolder('kes.skey'))).toBe(true);
  });

  test('takes no old pair for the new one, where the chain accepts both', async () => {
    await rotation(3, 4);
    await issue(3, 'kes.vkey', '1080', 'node.cert');
    const swapped = ['--cert', 'node-1080.cert', '--skey', 'kes-1080.skey', ...NETWORK];
    const old = [
      '--finish',
      '--new-cert',
      'node.cert',
      '--new-skey',
      'kes.skey',
      '--on-chain',
      '3',
    ];
    const { code, json } = await run(['rotate', ...swapped, ...old]);
    expect(code).toBe(1);
    expect(json.checks.at(-1).words).toMatch(
      /lower, and the network accepts 4 too.*the other way round/,
    );
    expect(existsSync(inFolder('kes-1080.skey'))).toBe(true);
  });
});

describe('kes rotate --on-chain, with 4 in use and 1 on chain', () => {
  beforeEach(() => issue(4, 'kes.vkey', '1020', 'node.cert'));

  test('writes it into the request, which leads to number 2', async () => {
    const begun = await rotate();
    expect(begun.code).toBe(0);
    // Run again, the request gets what is known.
    const { code, json } = await rotate('--on-chain', '1');
    expect({ code, request: json.requestFile }).toEqual({ code: 0, request: 'kes-1080.request' });
    expect(JSON.parse(readFileSync(inFolder('kes-1080.request'), 'utf8')).onChain).toBe('1');
    // The counter is at 5. No command contains a number of the request, so the person states it.
    const said = messageOf((await request()).stderr);
    expect(said).toMatch(/refuses number 5: the request says that 1 is the last.*by --on-chain/);
    const { stderr } = await request('--on-chain', '1');
    await takeWay(messageOf(stderr));
    expect((await finish('--on-chain', '1')).json).toMatchObject({
      erased: 'kes.skey',
      certificate: { sequenceNumber: '2' },
    });
  });

  test('leads to number 2 with the cold key here, before a key is made', async () => {
    const { code, stderr } = await rotate(...HERE, '--on-chain', '1');
    expect(code).toBe(1);
    expect(existsSync(inFolder('kes-1080.skey'))).toBe(false);
    await takeWay(messageOf(stderr));
    expect((await finish('--on-chain', '1')).json).toMatchObject({
      erased: 'kes.skey',
      certificate: { sequenceNumber: '2' },
    });
  });

  test('leads to the number in use again with the cold key here, while that is not on chain', async () => {
    const { stderr } = await rotate(...HERE, '--on-chain', '3');
    const [, again = ''] = /: (kes rotate .*)$/.exec(messageOf(stderr)) ?? [];
    await take([wordsOf(again)]);
    expect((await finish('--on-chain', '3')).json.certificate.sequenceNumber).toBe('4');
  });
});

/** A way of a refusal: the counter is set, and a command is run again. */
async function takeWay(message: string): Promise<void> {
  const [, set = '', again = ''] =
    /: (kes counter set .*?); then issue again: (.*)$/.exec(message) ?? [];
  await take([wordsOf(set), wordsOf(again)]);
}

describe('a number that a failed run reserved', () => {
  /** Reserves number 4 for a certificate that does not come to be. */
  beforeEach(async () => {
    const { coldVerificationKey } = readCounter(inFolder('cold.counter'));
    const details = {
      coldVerificationKey,
      counterPath: inFolder('cold.counter'),
      hotVerificationKey: new Uint8Array(32),
      startPeriod: absolutePeriod(1080),
    };
    const failed = issueToFileWithSigner(inFolder('moved.cert'), details, () => {
      throw new Error('the signer failed');
    });
    await expect(failed).rejects.toMatchObject({ number: 4n });
  });

  test('is used again by the printed command', async () => {
    await rotate();
    const [, issuing = ''] =
      /with this number: (kes .*)$/.exec(messageOf((await request()).stderr)) ?? [];
    await take([wordsOf(issuing)]);
    expect((await finish('--on-chain', '3')).json.certificate.sequenceNumber).toBe('4');
  });

  test.each([
    [4, 5],
    [1, 2],
  ])('is not, with %i on chain: the way leads to %i', async (onChain, right) => {
    await rotate();
    const args = ['--on-chain', String(onChain)];
    await takeWay(messageOf((await request(...args)).stderr));
    const number = { certificate: { sequenceNumber: String(right) } };
    expect((await finish(...args)).json).toMatchObject({ finished: true, ...number });
  });

  test('is not, with the cold key here and 4 on chain', async () => {
    await takeWay(messageOf((await rotate(...HERE, '--on-chain', '4')).stderr));
    const number = { certificate: { sequenceNumber: '5' } };
    expect((await finish('--on-chain', '4')).json).toMatchObject({ finished: true, ...number });
  });

  test('is no way out for the request of another pool', async () => {
    await rotate();
    const path = inFolder('kes-1080.request');
    const fields: object = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...fields, coldVerificationKey: '11'.repeat(32) }));
    expect(messageOf((await request()).stderr)).toMatch(/files are of two pools.*of one pool$/);
  });
});

test('a certificate that was made here and is refused starts no node; the way ends the rotation', async () => {
  await rotate(...HERE);
  const again = ['rotate', ...OLD, ...NETWORK, ...HERE, '--on-chain', '1'];
  const { code, stdout } = await kes(again, { cwd: inFolder(), now: NOW });
  expect(code).toBe(1);
  expect(stdout).not.toContain('Start the node');
  const [[issuing = []] = []] = waysIn((await run(again)).json.checks.at(-1).words);
  await takeWay(messageOf((await run(issuing)).stderr));
  expect((await run(again)).code).toBe(0);
  expect((await finish('--on-chain', '1')).json).toMatchObject({
    erased: 'kes.skey',
    certificate: { sequenceNumber: '2' },
  });
});

test.each([
  [1, '--testnet-magic 1'],
  [2, '--testnet-magic 2'],
  [42, '--testnet-magic 42'],
])(
  'the query names the network of a genesis with the magic number %i',
  async (networkMagic, option) => {
    const genesis = {
      networkMagic,
      slotsPerKESPeriod: 129_600,
      maxKESEvolutions: 62,
      slotLength: 1,
      systemStart: '2021-01-01T00:00:00Z',
    };
    writeFileSync(inFolder('genesis.json'), JSON.stringify(genesis));
    await issue(3, 'kes.vkey', '10', 'node.cert');
    const network = ['--genesis', 'genesis.json', '--without-byron'];
    const commands = await commandsOf(['rotate', ...OLD, ...network]);
    expect(commands.at(-2)).toContain(` ${option} --op-cert-file node-`);
  },
);
