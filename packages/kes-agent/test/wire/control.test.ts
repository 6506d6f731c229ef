import fc from 'fast-check';
import { inspect } from 'node:util';
import { rejectionOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  controlVersions,
  hasCommand,
  type AgentInfo,
  type CompleteAgentInfo,
  type ControlVersion,
} from '../../src/wire/control.js';
import {
  any32,
  any64,
  anyBytes,
  anyCertificate,
  anySigned64,
  anyText,
  maybeAny,
} from '../support/wire/arbitrary.js';
import {
  bytesOf,
  command,
  expectMessage,
  expectRoundTrip,
  expectWhole,
  info,
  maybeKey,
  refusalOf,
  result16,
} from '../support/wire/codecs.js';
import { whole } from '../support/wire/pieces.js';

const VERIFICATION_KEY = 'b2'.repeat(32);
const SIGNATURE = 'c3'.repeat(64);
const verificationKey = bytesOf(VERIFICATION_KEY);
const signature = bytesOf(SIGNATURE);
const wrongValue = 'the peer sent a value that the protocol does not have';

/** Each byte except 0 and 1. */
const noPresence = Array.from({ length: 254 }, (_, at) => at + 2);

describe('a command', () => {
  const names = ['generate', 'export', 'drop-staged', undefined, 'info', 'drop'] as const;

  test.each(controlVersions)('of version %s is 2 bytes', async (version) => {
    for (const [number, name] of names.entries()) {
      if (name === undefined || !hasCommand(version, name)) continue;
      const bytes = bytesOf(`000${number}`);
      expect(await expectMessage(command(version), bytes)).toEqual({ command: name });
      await expectWhole(command(version), bytes);
    }
  });

  test.each(controlVersions)('of version %s to install has a certificate', async (version) => {
    const certificate = [VERIFICATION_KEY, '0000000000000007', '0000000000000626', SIGNATURE];
    const bytes = bytesOf('0003', ...certificate);
    expect(bytes).toHaveLength(114);
    expect(await expectMessage(command(version), bytes)).toEqual({
      command: 'install',
      certificate: {
        hotVerificationKey: verificationKey,
        sequenceNumber: 7n,
        startPeriod: 1574n,
        signature,
      },
    });
    await expectWhole(command(version), bytes);
  });

  test('to drop the key exists in versions 3.0 and 2.0', async () => {
    const having = controlVersions.filter((version) => hasCommand(version, 'drop'));
    expect(having).toEqual(['Control:3.0', 'Control:2.0']);
    for (const version of ['Control:1.0', 'Control:StandardCrypto:0.5'] as const)
      expect(await command(version).read(whole(bytesOf('0005')))).toBeUndefined();
  });

  test.each(['0006', '00ff', '0100', '0103', 'ffff'])('%s is unknown', async (hex) => {
    for (const version of controlVersions)
      expect(await command(version).read(whole(bytesOf(hex)))).toBeUndefined();
  });

  test('is read as it was encoded', async () => {
    const version = fc.constantFrom(...controlVersions);
    await fc.assert(
      fc.asyncProperty(version, anyCertificate, async (chosen, certificate) => {
        const codec = command(chosen);
        const install = { command: 'install' as const, certificate };
        await expectRoundTrip(codec, install);
      }),
    );
  });
});

describe('the answer to generate, export and drop-staged', () => {
  test('is a verification key, or none', async () => {
    expect(await expectMessage(maybeKey, bytesOf('01', VERIFICATION_KEY))).toEqual(verificationKey);
    await expectWhole(maybeKey, bytesOf('01', VERIFICATION_KEY));
    expect(await expectMessage(maybeKey, bytesOf('00'))).toBeUndefined();
  });

  test('begins with no other byte than 0 and 1', async () => {
    for (const byte of noPresence) {
      const [problem, message] = await refusalOf(maybeKey, Uint8Array.of(byte));
      expect(problem).toBe('wrong-value');
      expect(message).toBe(`${wrongValue}: presence of the staged verification key`);
    }
  });
});

describe('the answer to install and drop', () => {
  const results = ['ok', 'outdated', 'invalid-certificate', 'no-key', 'unsupported', 'unknown'];

  test.each([...results.entries()])('%i is %s', async (number, result) => {
    const bytes = bytesOf(`000${number}`);
    expect(await expectMessage(result16, bytes)).toBe(result);
    await expectWhole(result16, bytes);
  });

  test.each(['0006', '0100', 'ffff'])('%s is unknown', async (hex) => {
    expect(await result16.read(whole(bytesOf(hex)))).toBe('unknown');
  });
});

const PROGRAM = ['00000005', '312e322e33']; // 1.2.3
const BUNDLE = ['0000002a', '0000000000000626', '0000000000000007', VERIFICATION_KEY, SIGNATURE];
const SINCE = '000000006b086508';
const STAGED = ['01', 'd4'.repeat(32)];
const CLOCK = ['000000006b086519', '0000000000000650']; // now, period
const PERIOD = ['000000006b086515', '000000006b08651d']; // start, end
const PEERS = [
  '00000003',
  ...['00000004', '2f612e73', '00'], // /a.s up
  ...['00000005', '2fc3a92e73', '01'], // /é.s connecting
  ...['00000000', '02'], // empty, down
];

const later = ['01', ...BUNDLE, '01', SINCE];
const layouts: readonly (readonly [ControlVersion, readonly string[], number])[] = [
  [
    'Control:3.0',
    [...PROGRAM, '01', ...later, ...STAGED, ...CLOCK, ...PERIOD, ...PEERS],
    9 + 127 + 33 + 32 + 28,
  ],
  ['Control:2.0', ['01', ...later, ...STAGED, ...CLOCK, ...PEERS], 127 + 33 + 16 + 28],
  ['Control:1.0', ['01', ...BUNDLE, ...STAGED, ...CLOCK, ...PEERS], 117 + 33 + 16 + 28],
  [
    'Control:StandardCrypto:0.5',
    ['01', ...BUNDLE, ...STAGED, ...CLOCK, ...PEERS],
    117 + 33 + 16 + 28,
  ],
];

const complete: CompleteAgentInfo = {
  program: '1.2.3',
  installed: {
    evolution: 42,
    startPeriod: 1574n,
    counter: 7n,
    verificationKey,
    signature,
    timestamp: 0x6b08_6508n,
  },
  staged: bytesOf('d4'.repeat(32)),
  now: 0x6b08_6519n,
  period: 1616n,
  periodStart: 0x6b08_6515n,
  periodEnd: 0x6b08_651dn,
  peers: [
    { address: '/a.s', status: 'up' },
    { address: '/é.s', status: 'connecting' },
    { address: '', status: 'down' },
  ],
};

/** What a version has of an answer. */
function within(version: ControlVersion, all: CompleteAgentInfo): AgentInfo {
  const dated = hasCommand(version, 'drop');
  const installed = all.installed && {
    ...all.installed,
    timestamp: dated ? all.installed.timestamp : undefined,
  };
  if (version === 'Control:3.0') return { ...all, installed };
  return { ...all, installed, program: undefined, periodStart: undefined, periodEnd: undefined };
}

describe('info', () => {
  test.each(layouts)('of version %s has everything in its place', async (version, hex, size) => {
    const bytes = bytesOf(...hex);
    expect(bytes).toHaveLength(size);
    expect(await expectMessage(info(version), bytes)).toEqual(within(version, complete));
    await expectWhole(info(version), bytes);
  });

  test.each([
    ['Control:3.0', [...PROGRAM, '00', '00', ...CLOCK, ...PERIOD, '00000000'], 47],
    ['Control:2.0', ['00', '00', ...CLOCK, '00000000'], 22],
    ['Control:1.0', ['00', '00', ...CLOCK, '00000000'], 22],
    ['Control:StandardCrypto:0.5', ['00', '00', ...CLOCK, '00000000'], 22],
  ] as const)('of version %s without a key', async (version, hex, size) => {
    const bytes = bytesOf(...hex);
    expect(bytes).toHaveLength(size);
    const none = { installed: undefined, staged: undefined, peers: [] };
    expect(await expectMessage(info(version), bytes)).toEqual(
      within(version, { ...complete, ...none }),
    );
    await expectWhole(info(version), bytes);
  });

  test('may have a key without a timestamp', async () => {
    const hex = ['01', '01', ...BUNDLE, '00', '00', ...CLOCK, '00000000'];
    const { installed } = await expectMessage(info('Control:2.0'), bytesOf(...hex));
    expect(installed).toEqual({ ...complete.installed, timestamp: undefined });
  });

  test('with a timestamp and no key has no key', async () => {
    const hex = ['01', '00', '01', SINCE, ...STAGED, ...CLOCK, '00000000'];
    const pieces = whole(bytesOf(...hex));
    const { installed, staged } = await info('Control:2.0').read(pieces);
    expect([installed, staged, pieces.left]).toEqual([undefined, complete.staged, 0]);
  });

  test('has negative times where a clock shows them', async () => {
    const hex = ['00', '00', 'ffffffffffffffff', '0000000000000000', '00000000'];
    expect((await expectMessage(info('Control:2.0'), bytesOf(...hex))).now).toBe(-1n);
  });

  const anyInstalled = fc.record({
    evolution: any32,
    startPeriod: any64,
    counter: any64,
    verificationKey: anyBytes(32),
    signature: anyBytes(64),
    timestamp: maybeAny(anySigned64),
  });
  const anyInfo = fc.record({
    program: anyText,
    installed: maybeAny(anyInstalled),
    staged: maybeAny(anyBytes(32)),
    now: anySigned64,
    period: any64,
    periodStart: anySigned64,
    periodEnd: anySigned64,
    peers: fc.array(
      fc.record({
        address: anyText,
        status: fc.constantFrom('up' as const, 'connecting' as const, 'down' as const),
      }),
    ),
  });

  test('is read as it was encoded', async () => {
    const version = fc.constantFrom(...controlVersions);
    await fc.assert(
      fc.asyncProperty(version, anyInfo, async (chosen, all) => {
        await expectRoundTrip(info(chosen), all, within(chosen, all));
      }),
    );
  });

  test.each([
    ['presence of the installed key', PROGRAM],
    ['presence of the key within the installed key', [...PROGRAM, '01']],
    ['presence of the timestamp of the installed key', [...PROGRAM, '01', '01', ...BUNDLE]],
    ['presence of the staged verification key', [...PROGRAM, '00']],
  ])('is refused with another byte than 0 and 1 for the %s', async (what, before) => {
    for (const byte of noPresence) {
      const bytes = new Uint8Array([...bytesOf(...before), byte]);
      expect(await refusalOf(info('Control:3.0'), bytes)).toEqual([
        'wrong-value',
        `${wrongValue}: ${what}`,
      ]);
    }
  });

  test('is refused with an unknown status', async () => {
    for (let status = 3; status < 256; status++) {
      const before = bytesOf('00', '00', ...CLOCK, '00000001', '00000001', '61');
      const bytes = new Uint8Array([...before, status]);
      expect(await refusalOf(info('Control:1.0'), bytes)).toEqual([
        'wrong-value',
        `${wrongValue}: the status of a peer`,
      ]);
    }
  });

  const tooLong = 'the peer stated a length above the limit';
  const beforePeers = ['00', '00', ...CLOCK];

  test.each([
    ['peers: at most 1024', [...beforePeers, '00000401']],
    ['peers: at most 1024', [...beforePeers, 'ffffffff']],
    ['bytes of the address of a peer: at most 4096', [...beforePeers, '00000001', '00001001']],
    ['bytes of the address of a peer: at most 4096', [...beforePeers, '00000001', 'ffffffff']],
  ])('is refused before its %s are read', async (what, hex) => {
    const refusal = await refusalOf(info('Control:2.0'), bytesOf(...hex));
    expect(refusal).toEqual(['too-long', `${tooLong}: ${what}`]);
  });

  test('is refused before a program version above 4096 bytes is read', async () => {
    const what = 'bytes of the version of the program: at most 4096';
    for (const size of ['00001001', '7fffffff', '80000000', 'ffffffff'])
      expect(await refusalOf(info('Control:3.0'), bytesOf(size))).toEqual([
        'too-long',
        `${tooLong}: ${what}`,
      ]);
  });

  test('is read at the limits', async () => {
    const long = 'é'.repeat(2048);
    const peers = Array.from({ length: 1024 }, () => ({ address: 'a', status: 'up' as const }));
    const codec = info('Control:3.0');
    const bytes = codec.encode({ ...complete, program: long, peers });
    expect(await codec.read(whole(bytes))).toMatchObject({ program: long, peers });
  });

  test('has each text as it was sent, a byte order mark too', async () => {
    const codec = info('Control:3.0');
    for (const program of ['\ufeff1', '', '\0\u001b[2J', '🔑'])
      expect((await expectMessage(codec, codec.encode({ ...complete, program }))).program).toBe(
        program,
      );
  });

  test('is refused with a text that is not UTF-8, and the error does not contain it', async () => {
    const marker = Buffer.from('marker').toString('hex');
    const bytes = bytesOf('00000007', marker, 'ff');
    expect(await refusalOf(info('Control:3.0'), bytes)).toEqual([
      'wrong-value',
      `${wrongValue}: the version of the program is not UTF-8`,
    ]);
    const error = await rejectionOf(info('Control:3.0').read(whole(bytes)));
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/marker/);
  });
});
