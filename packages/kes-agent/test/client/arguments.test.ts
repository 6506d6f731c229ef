import { rejectionOf, wrongly } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { ControlClient, receiveKeys, SignClient } from '../../src/index.js';
import { agentKey, configuration, network } from '../support/pool.js';

const path = 'no-agent';

/** Wrong options of every client. */
const shared: readonly [member: string, value: unknown][] = [
  ['timeout', 0],
  ['signal', 1],
  ['retry.attempts', -1],
  ['retry.attempts', 0.5],
  ['retry.delay', -1],
  ['retry.delay', 2_147_484],
  ['retry.exponential', 2],
];

test.each<[string, (wrong: object) => unknown, typeof shared]>([
  ['new ControlClient', (wrong) => new ControlClient(path, wrongly(wrong)), shared],
  [
    'ControlClient.install',
    (wrong) => new ControlClient(path).install(wrongly({ ...agentKey().certificate, ...wrong })),
    [
      ['hotVerificationKey', new Uint8Array(31)],
      ['sequenceNumber', 0.5],
      ['startPeriod', -1n],
      ['signature', undefined],
    ],
  ],
  [
    'SignClient.connect',
    (wrong) => SignClient.connect(path, wrongly(wrong)),
    [...shared, ['coldVerificationKey', new Uint8Array(31)]],
  ],
  [
    'receiveKeys',
    (wrong) => receiveKeys(path, wrongly({ ...configuration, ...wrong })),
    [
      ...shared,
      ['coldVerificationKey', new Uint8Array(31)],
      ['parameters', undefined],
      ['parameters', { ...network, anchor: undefined }],
      ['now', 1],
      ['monotonic', 1],
    ],
  ],
  [
    'ServiceClient.ready',
    (wrong) =>
      receiveKeys(path, { ...configuration, retry: { attempts: 0 } }).ready(wrongly(wrong)),
    [['signal', 1]],
  ],
])('%s names a wrong member', async (_door, call, members) => {
  for (const [member, value] of members) {
    const wrong = member.split('.').reduceRight((inner, name) => ({ [name]: inner }), value);
    const refused = Promise.resolve().then(() => call(wrongly(wrong)));
    expect(await rejectionOf(refused)).toMatchObject({
      code: expect.stringMatching(/^ERR_EVOLOCK_ARGUMENT_/),
      message: expect.stringMatching(`^${member}: `),
    });
  }
});
