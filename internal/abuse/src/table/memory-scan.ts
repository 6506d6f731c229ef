// The functions of memory-scan with their arguments.
import { types } from 'node:util';
import { MaskedNeedle } from '@evolock/memory-scan';
import {
  integer,
  io,
  kind,
  anyOptionsOf,
  memberOf,
  type Kind,
  type Entry,
} from '../arguments/kinds.js';
import { stopTarget, target } from '../arguments/target.js';
import { secret } from '../arguments/world.js';

const isLinux = process.platform === 'linux';
/** Systems other than Linux have no processes that can be scanned, and refuse with an error. */
const onLinux: { refuses?: true } = isLinux ? {} : { refuses: true };

const uint8Length = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  'byteLength',
)?.get;
const length = (value: unknown): number =>
  types.isUint8Array(value) ? uint8Length?.call(value) : 0;
/** A secret may be planted in shared and resizable memory too. */
const memory = (good: () => unknown, size?: number): Kind =>
  kind(
    'memory',
    () => good(),
    (_, value) => (size === undefined ? length(value) > 0 : length(value) === size),
  );

const text = (
  good: () => unknown,
  accepts: (text: string | undefined) => boolean = () => false,
): Kind => kind('text', good, (is) => accepts(is.text));
const name = text(
  () => 'needle',
  (given) => given !== undefined && given !== '' && given !== '\0',
);
const needle = () => MaskedNeedle.fromBytes('needle', secret(32));
const needles = kind(
  'needles',
  () => [needle()],
  () => false,
);
const receiver = kind('needle', needle, () => false);
/** The child that was started for it. calls/plan.ts leaves out other numbers. */
const pid = kind(
  'process',
  () => target(),
  () => false,
);
const stoppedPid = kind(
  'process',
  (call) => {
    if (isLinux) call.stopped.push(stopTarget());
    return target();
  },
  () => false,
);
const scanOptions = anyOptionsOf({ encodings: ['raw'] }, () => true);
const waitOptions = anyOptionsOf(
  { timeout: 2_000 },
  (is, value) =>
    is.badTime === undefined || [undefined, 0].includes(memberOf(value, 'timeout') as undefined),
);
const hit = { needle: 'needle', encoding: 'raw', offset: 0, length: 32, address: 4096, size: 32 };
const findings = kind(
  'findings',
  () => [hit],
  () => false,
);

export const memoryScan: Record<string, Entry> = {
  'new MaskedNeedle': { args: [name, memory(() => secret(32), 32), memory(() => secret(32), 32)] },
  'MaskedNeedle.random': { args: [name, integer(32, 1, 65_536)] },
  'MaskedNeedle.fromBytes': { args: [name, memory(() => secret(32))] },
  'MaskedNeedle.parse': { args: [text(() => needle().serialise())] },
  'MaskedNeedle#serialise': { receiver },
  'MaskedNeedle#unmaskInto': { receiver, args: [memory(() => new Uint8Array(32), 32)] },
  describeFindings: { args: [findings] },
  readMappings: { args: [pid], slow: true, ...onLinux },
  scanFile: { args: [io.path, needles, scanOptions], slow: true },
  scanProcess: { args: [pid, needles, scanOptions], slow: true, ...onLinux },
  // A scan of this process takes a second, and some systems let no child read its parent. scanFile checks these options.
  scanOwnProcess: {
    args: [needles, { ...scanOptions, fixed: true }],
    async: true,
    slow: true,
    refuses: true,
  },
  waitUntilStopped: { args: [stoppedPid, waitOptions], async: true, slow: true, ...onLinux },
  withStoppedProcess: {
    args: [
      pid,
      // The call awaits what it returns, which may be a promise that never settles.
      {
        ...kind(
          'work',
          () => () => 7,
          ({ fn }) => fn === true,
        ),
        fixed: true,
      },
      waitOptions,
    ],
    async: true,
    slow: true,
    ...onLinux,
  },
};
