/** Every message of the protocols: its bytes, what is refused, and what is read again as it was encoded. */
import { inspect } from 'node:util';
import { absolutePeriod } from '@evolock/cardano-headers';
import { rejectionOf } from '@evolock/test-support';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { choice, identifier, offer, result16, result32, type Codec } from '../../src/wire/codec.js';
import {
  command,
  controlVersions,
  hasCommand,
  info,
  maybeKey,
  type AgentInfo,
  type ControlVersion,
} from '../../src/wire/control.js';
import { hasDrop, serviceVersions } from '../../src/wire/service.js';
import { signAnswer, signRequest, signVersions } from '../../src/wire/sign.js';
import {
  bytesOf,
  expectMessage,
  expectRoundTrip,
  inTurn,
  Pieces,
  refusalOf,
  serviceMessage,
} from '../support/wire.js';

const KEY = 'b2'.repeat(32);
const SIGNATURE = 'c3'.repeat(64);
const verificationKey = bytesOf(KEY);
const signature = bytesOf(SIGNATURE);
const CERTIFICATE = [KEY, '0000000000000007', '0000000000000626', SIGNATURE];
const certificate = {
  hotVerificationKey: verificationKey,
  sequenceNumber: 7n,
  startPeriod: absolutePeriod(1574),
  signature,
};

const SERVICE_2_0 = '536572766963653a322e30 000000000000000000000000000000000000000000';
const SERVICE_1_0 = '536572766963653a312e30 000000000000000000000000000000000000000000';
const SERVICE_0_4 = '536572766963653a5374616e6461726443727970746f3a302e34 000000000000';
const SIGN_1_0 = '5369676e3a312e30 000000000000000000000000000000000000000000000000';

const TIMESTAMP = '00066130d7a93d5d';
const timestamp = 0x6_6130_d7a9_3d5dn;
const SIGNING_KEY = 'a1'.repeat(608);
const TAIL = ['0000002a', ...CERTIFICATE];
const keyOf = (stated: bigint | undefined) => ({
  head: { kind: 'key' as const, timestamp: stated },
  signingKey: bytesOf(SIGNING_KEY),
  tail: { evolution: 42, certificate },
});

const PROGRAM = ['00000005', '312e322e33']; // 1.2.3
const BUNDLE = ['0000002a', '0000000000000626', '0000000000000007', KEY, SIGNATURE];
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
const complete: AgentInfo = {
  program: '1.2.3',
  installed: {
    ...{ evolution: 42, startPeriod: 1574n, counter: 7n, verificationKey, signature },
    timestamp: 0x6b08_6508n,
  },
  droppedAt: undefined,
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

/** What a version has of an answer to `info`. */
function within(version: ControlVersion, all: AgentInfo): AgentInfo {
  const isDated = hasCommand(version, 'drop');
  const installed = all.installed && {
    ...all.installed,
    timestamp: isDated ? all.installed.timestamp : undefined,
  };
  if (version === 'Control:3.0') return { ...all, installed };
  return { ...all, installed, program: undefined, periodStart: undefined, periodEnd: undefined };
}

const withoutKey = { ...complete, installed: undefined, staged: undefined, peers: [] };
const undated = { ...complete.installed!, timestamp: undefined };

/** A message: its name, its codec, its bytes, its value, and its size where that is a fact of its own. */
type Message = readonly [string, Codec<unknown>, readonly string[], unknown, (number | undefined)?];

const infos: readonly Message[] = controlVersions.flatMap((version, at) => {
  const isComplete = version === 'Control:3.0';
  const key = hasCommand(version, 'drop') ? ['01', ...BUNDLE, '01', SINCE] : BUNDLE;
  const program = isComplete ? PROGRAM : [];
  const clock = isComplete ? [...CLOCK, ...PERIOD] : CLOCK;
  const codec = info(version);
  return [
    [
      `${version}: info`,
      codec,
      [...program, '01', ...key, ...STAGED, ...clock, ...PEERS],
      within(version, complete),
      [229, 204, 194, 194][at],
    ],
    [
      `${version}: info without a key`,
      codec,
      [...program, '00', '00', ...clock, '00000000'],
      within(version, withoutKey),
      isComplete ? 47 : 22,
    ],
    ...(hasCommand(version, 'drop')
      ? ([
          [
            `${version}: info after a key was dropped`,
            codec,
            [...program, '01', '00', '01', SINCE, '00', ...clock, '00000000'],
            within(version, { ...withoutKey, droppedAt: 0x6b08_6508n }),
          ],
        ] as const)
      : []),
  ];
});

const results = ['ok', 'outdated', 'invalid-certificate', 'no-key', 'unsupported', 'unknown'];
const signRefusals = [
  ...['no-key', 'wrong-period', 'block-header', 'too-long', 'too-many', 'clock'],
  'malformed',
];

const request = signRequest(1000);
const abc = new TextEncoder().encode('abc');
const empty = new Uint8Array();

const messages: readonly Message[] = [
  ['an offer', offer, ['00000003', SERVICE_2_0, SERVICE_1_0, SERVICE_0_4], serviceVersions],
  ['a long offer', offer, ['00000010', SIGN_1_0.repeat(16)], Array(16).fill('Sign:1.0')],
  ['a choice', choice(serviceVersions), ['01', SERVICE_1_0], 'Service:1.0', 33],
  ['the choice of none', choice(serviceVersions), ['00'], undefined],
  ['an identifier', identifier('Service:1.0'), [SERVICE_1_0], 'Service:1.0', 32],
  [
    'the handshake of a sign client',
    inTurn(choice(signVersions), identifier('Sign:1.0')),
    ['01', SIGN_1_0, SIGN_1_0],
    ['Sign:1.0', 'Sign:1.0'],
  ],

  [
    'Service:2.0: a key',
    serviceMessage('Service:2.0'),
    ['00', TIMESTAMP, SIGNING_KEY, ...TAIL],
    keyOf(timestamp),
    733,
  ],
  ...(['Service:1.0', 'Service:StandardCrypto:0.4'] as const).map((version): Message => [
    `${version}: a key`,
    serviceMessage(version),
    [SIGNING_KEY, ...TAIL],
    keyOf(undefined),
    724,
  ]),
  [
    'Service:2.0: a drop',
    serviceMessage('Service:2.0'),
    ['01', TIMESTAMP],
    { head: { kind: 'drop', timestamp } },
    9,
  ],
  ...results.flatMap((value, number): Message[] => [
    [`the result ${value}, 4 bytes`, result32, [`0000000${number}`], value],
    [`the result ${value}, 2 bytes`, result16, [`000${number}`], value],
  ]),

  ...['generate', 'export', 'drop-staged', 'install', 'info', 'drop'].map(
    (name, number): Message => {
      const isInstall = name === 'install';
      const value = isInstall ? { command: name, certificate } : { command: name };
      const hex = [`000${number}`, ...(isInstall ? CERTIFICATE : [])];
      return [`the command ${name}`, command('Control:2.0'), hex, value, isInstall ? 114 : 2];
    },
  ),
  ['a staged key', maybeKey, ['01', KEY], verificationKey],
  ['no staged key', maybeKey, ['00'], undefined],
  ...infos,
  [
    'Control:2.0: info with a key without a timestamp',
    info('Control:2.0'),
    ['01', '01', ...BUNDLE, '00', '00', ...CLOCK, '00000000'],
    within('Control:2.0', { ...withoutKey, installed: undated }),
  ],
  [
    'Control:2.0: info before 1970',
    info('Control:2.0'),
    ['00', '00', 'ffffffffffffffff', '0000000000000000', '00000000'],
    within('Control:2.0', { ...withoutKey, now: -1n, period: 0n }),
  ],

  ['a request', request, ['01 0000000000000650 00000003 616263'], { message: abc, period: 1616n }],
  ['one at any period', request, ['00 00000003 616263'], { message: abc, period: undefined }],
  ['one without a message', request, ['00 00000000'], { message: empty, period: undefined }],
  [
    'an answer with a signature',
    signAnswer,
    ['0000', '0000000000000650', ...TAIL, 'e5'.repeat(32), 'f6'.repeat(448)],
    {
      ...{ result: 'signed', period: 1616n, evolution: 42, certificate },
      ...{ coldVerificationKey: bytesOf('e5'.repeat(32)), signature: bytesOf('f6'.repeat(448)) },
    },
    606,
  ],
  ...signRefusals.map((result, number): Message => [
    `the refusal ${result}`,
    signAnswer,
    [`000${number + 1}`, '0000000000000650'],
    { result, period: 1616n },
    10,
  ]),
];

const named = messages.map(([name, ...rest]) => ({ name, rest }));

test.each(named)('$name', async ({ rest: [codec, hex, value, size] }) => {
  const bytes = bytesOf(...hex);
  if (size !== undefined) expect(bytes).toHaveLength(size);
  expect(await expectMessage(codec, bytes)).toEqual(value);
});

test('only some versions have a drop', () => {
  expect(serviceVersions.filter(hasDrop)).toEqual(['Service:2.0']);
  const having = controlVersions.filter((version) => hasCommand(version, 'drop'));
  expect(having).toEqual(['Control:3.0', 'Control:2.0']);
});

test.each([
  [
    'an offer of unknown versions',
    offer,
    ['00000002', SIGN_1_0, '78'.repeat(32)],
    ['Sign:1.0', 'x'.repeat(32)],
  ],
  ['the drop of a version without it', command('Control:1.0'), ['0005'], undefined],
  ['the drop of the oldest version', command('Control:StandardCrypto:0.5'), ['0005'], undefined],
  ...['0006', '00ff', '0100', '0103', 'ffff'].map(
    (hex) => [`command ${hex}`, command('Control:3.0'), [hex], undefined] as const,
  ),
  ...['0006', '0100', 'ffff'].map((hex) => [`result ${hex}`, result16, [hex], 'unknown'] as const),
  ['result 80000000', result32, ['80000000'], 'unknown'],
] as const)('is read, although it is never sent: %s', async (_what, codec, hex, value) => {
  const pieces = new Pieces(bytesOf(...hex));
  expect(await codec.read(pieces)).toEqual(value);
  expect(pieces.left).toBe(0);
});

describe('is refused', () => {
  const problems = {
    'wrong-value': 'the peer sent a value that the protocol does not have',
    'too-long': 'the peer stated a length above the limit',
    'wrong-identifier': 'the peer sent another version identifier than the chosen one',
  };
  const ascii = 'an identifier is ASCII, padded with zeros';
  const noVersions = 'offered versions: at most 16';
  const noText = 'the version of the program is not UTF-8';
  const noProgram = 'bytes of the version of the program: at most 4096';
  const noAddress = 'bytes of the address of a peer: at most 4096';
  const [info3, info2] = [info('Control:3.0'), info('Control:2.0')];
  const service2 = serviceMessage('Service:2.0');
  const zeros = (count: number) => '00'.repeat(count);
  const after = (before: readonly string[], ...endings: readonly string[]) =>
    endings.map((ending) => [...before, ending].join(''));
  /** Each byte above the largest. It is the first that is wrong, so nothing after it is read. */
  const above = (largest: number, ...before: readonly string[]) => {
    const bytes = Array.from({ length: 255 - largest }, (_, at) => (largest + 1 + at).toString(16));
    return after(before, ...bytes.map((byte) => byte.padStart(2, '0')));
  };
  const peers = ['00', '00', ...CLOCK];
  const one = ['00000001'];
  const key = [...PROGRAM, '01', '01', ...BUNDLE];

  test.each<[keyof typeof problems, string, Codec<unknown>, readonly string[]]>([
    ['too-long', noVersions, offer, ['00000011', '00010000', 'ffffffff']],
    // Only zeros; a character after a zero; a line feed; an escape.
    ['wrong-value', ascii, offer, after(one, zeros(32), `410042${zeros(29)}`)],
    ['wrong-value', ascii, offer, after(one, `410a${zeros(30)}`, `1b5b${zeros(30)}`)],
    // No ASCII, at either end.
    ['wrong-value', ascii, offer, after(one, `e9${zeros(31)}`, `${'41'.repeat(31)}ff`)],
    ['wrong-identifier', 'it was not offered', choice(['Service:1.0']), [`01${SERVICE_2_0}`]],
    [
      'wrong-identifier',
      `expected Service:2.0`,
      identifier('Service:2.0'),
      [SERVICE_2_0.replace(/00$/, '01')],
    ],
    ['wrong-value', 'timestamp', service2, ['008000000000000000', '018000000000000000']],
    ['wrong-value', 'kind of message', service2, above(1)],
    ['too-long', 'peers: at most 1024', info2, after(peers, '00000401', 'ffffffff')],
    ['too-long', noAddress, info2, after([...peers, ...one], '00001001', 'ffffffff')],
    ['wrong-value', 'the status of a peer', info2, above(2, ...peers, ...one, ...one, '61')],
    ['too-long', noProgram, info3, ['00001001', '7fffffff', '80000000', 'ffffffff']],
    ['wrong-value', noText, info3, ['000000076d61726b6572ff']],
    ['wrong-value', 'presence of the installed key', info3, above(1, ...PROGRAM)],
    [
      'wrong-value',
      'presence of the key within the installed key',
      info3,
      above(1, ...PROGRAM, '01'),
    ],
    ['wrong-value', 'presence of the timestamp of the installed key', info3, above(1, ...key)],
    ['wrong-value', 'presence of the staged verification key', maybeKey, above(1)],
    ['wrong-value', 'presence of the chosen version', choice(serviceVersions), above(1)],
    ['wrong-value', 'presence of the period', request, above(1)],
    [
      'too-long',
      'bytes of the message: at most 1000',
      request,
      after(['00'], '000003e9', '80000000', 'ffffffff'),
    ],
    ['wrong-value', 'the result of a request', signAnswer, ['0008', '00ff', '0100', 'ffff']],
  ])('%s, %s', async (problem, what, codec, all) => {
    for (const hex of all) {
      const refusal = await refusalOf(codec, bytesOf(hex));
      expect(refusal).toEqual([problem, `${problems[problem]}: ${what}`]);
    }
  });

  test('with an error that does not contain the bytes', async () => {
    const bytes = bytesOf('00000007', Buffer.from('marker').toString('hex'), 'ff');
    const error = await rejectionOf(info('Control:3.0').read(new Pieces(bytes)));
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/marker/);
  });
});

test('an answer to info is read as it was encoded at the limits, with each text as it was sent', async () => {
  const peers = Array.from({ length: 1024 }, () => ({ address: 'a', status: 'up' as const }));
  for (const program of ['é'.repeat(2048), '\ufeff1', '', '\0\u001b[2J', '🔑'])
    await expectRoundTrip<AgentInfo>(info('Control:3.0'), { ...complete, program, peers });
  await expectRoundTrip(request, { message: new Uint8Array(1000), period: undefined });
});

test('each number of an answer to info is read as it was encoded', async () => {
  const limits = fc.constantFrom(0n, 1n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n);
  const any64 = fc.oneof(limits, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
  const signed64 = any64.map((number) => BigInt.asIntN(64, number));
  const numbers = fc.record({
    period: any64,
    now: signed64,
    periodStart: signed64,
    periodEnd: signed64,
  });
  const evolution = fc.nat(2 ** 31 - 1).map((number) => 2 * number + 1);
  const key = fc.record({ evolution, counter: any64, startPeriod: any64, timestamp: signed64 });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...controlVersions),
      numbers,
      key,
      async (version, ...given) => {
        const installed = { ...complete.installed!, ...given[1] };
        const all = { ...complete, ...given[0], installed };
        await expectRoundTrip<AgentInfo>(info(version), all, within(version, all));
      },
    ),
  );
});
