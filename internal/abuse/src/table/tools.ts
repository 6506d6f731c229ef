// The arguments of the functions of sealed-log, memory-scan and test-vectors. The tests of the last two drive scans and
// implementations.
import { MaskedNeedle } from '@evolock/memory-scan';
import { MLockedSeed } from '@evolock/mlocked-seed';
import { types } from 'node:util';
import { file } from '../arguments/files-and-sockets.js';
import {
  anyOptionsOf,
  given,
  integer,
  isObject,
  kind,
  memberOf,
  slowly,
  text,
  type Kind,
  type Row,
} from '../arguments/kinds.js';
import { stopTarget, target } from '../arguments/target.js';
import { secret, sum0Kes } from '../arguments/world.js';

const isLinux = process.platform === 'linux';
/** Systems other than Linux have no processes that can be scanned, and refuse with an error. */
const onLinux = (...args: Kind[]): Row => ({ args, ...(isLinux ? {} : { refuses: true }) });

/** A secret may be planted in shared and resizable memory too. */
const memory = (good: () => unknown, size?: number): Kind =>
  kind('memory', good, (_, value) => {
    const length = types.isUint8Array(value) ? value.byteLength : 0;
    return size === undefined ? length > 0 : length === size;
  });

const name = kind(
  'name',
  () => 'needle',
  (_, value) => typeof value === 'string' && value !== '' && value !== '\0',
);
const needle = () => MaskedNeedle.fromBytes('needle', secret(32));
const needles = given(() => [needle()]);
const scanOptions = anyOptionsOf({ encodings: ['raw'] });
const hasDefaultTime = (value: unknown) =>
  [undefined, 0].includes(memberOf(value, 'timeout') as undefined);
const waitOptions = anyOptionsOf(
  { timeout: 2_000 },
  (is, value) => is.flaw !== 'time' || hasDefaultTime(value),
);
const hit = { needle: 'needle', encoding: 'raw', offset: 0, length: 32, address: 4096, size: 32 };
/** The child that was started for it. calls/plan.ts leaves out other numbers. */
const pid = slowly(kind('process', () => target()));
const stoppedPid = slowly(
  kind('process', (call) => {
    if (isLinux) call.atEnd(stopTarget());
    return target();
  }),
);

const memoryScan: Record<string, Row> = {
  'MaskedNeedle.random': [name, integer(32, 1, 65_536)],
  'MaskedNeedle.fromBytes': [name, memory(() => secret(32))],
  'MaskedNeedle.parse': [kind('text', () => needle().serialise())],
  'MaskedNeedle#unmaskInto': [memory(() => new Uint8Array(32), 32)],
  describeFindings: [given(() => [hit])],
  readMappings: onLinux(pid),
  scanFile: [file, needles, scanOptions],
  scanProcess: onLinux(pid, needles, scanOptions),
  // A scan of this process takes a second, and some systems let no child read its parent. scanFile checks these options.
  scanOwnProcess: {
    args: [slowly(needles), { ...scanOptions, fixed: true }],
    refuses: true,
  },
  waitUntilStopped: onLinux(stoppedPid, waitOptions),
};

const isPlainObject = (value: unknown) =>
  isObject(value) && !Array.isArray(value) && !ArrayBuffer.isView(value);

/** Any object may be an implementation without any part. */
const PARTS = ['seed', 'dsign', 'extended', 'vrf', 'kes'];
const implementation = kind(
  'implementation',
  () => ({ seed: { expand: (seed: unknown) => ({ left: seed, right: seed }) } }),
  (_, value) => isPlainObject(value) && PARTS.every((part) => memberOf(value, part) === undefined),
);
/** A process that answers its first request and ends with its input. */
const answering = `read line; echo '${JSON.stringify({ id: 1, ok: true, protocol: 1, name: 'nothing', seed: false, dsign: false, kes: [] })}'; cat`;

const testVectors: Record<string, Row> = {
  // Its cases call the scheme, and run outside of the call.
  schemeCases: [
    kind(
      'scheme',
      () => sum0Kes,
      (_, value) => isPlainObject(value),
    ),
    kind(
      'seeds',
      () => MLockedSeed,
      (_, value) => typeof memberOf(value, 'fromBytes') === 'function',
    ),
  ],
  conformanceCases: [implementation],
  coverage: [slowly(implementation)],
  // External vectors have to be there when they are required.
  externalConformanceCases: { args: [slowly(implementation)], refuses: true },
  externalVectors: { args: [text('no-such.json')], refuses: true },
  sealedLogCases: [slowly(anyOptionsOf({}))],
  runConformance: [slowly(implementation), anyOptionsOf({ maxDepth: 0 })],
  stdioImplementation: {
    args: [
      slowly(kind('command', () => 'sh')),
      kind('arguments', () => ['-c', answering]),
      // It takes no signal.
      anyOptionsOf(
        { timeout: 2_000 },
        (is, value) => is.flaw !== 'time' || memberOf(value, 'timeout') === undefined,
      ),
    ],
    ...(process.platform === 'win32' ? { refuses: true } : {}),
  },
};

const verifierKey =
  'example.com/one-key+d1081633+/2V2b2xvY2stc2VhbC92MQMAAAAAAAAAAMasqnh2E6pynvHBGA9OYm3/XBGxr7AhOCJaCZe9y5Ef';
const log = { verifierKey, files: [], seals: new Uint8Array(0) };
/** A log without a seal is invalid, which is a verdict. */
const sealedLog: Record<string, Row> = {
  verifySealedLog: [slowly(given(() => log))],
  proveEntry: [slowly(given(() => ({ ...log, entry: 0 })))],
  verifyEntryProof: [given(() => ({ verifierKey, entry: new Uint8Array(0), proof: '' }))],
};

export const toolReceivers: Record<string, Kind> = { MaskedNeedle: kind('needle', needle) };
export const tools = { ...sealedLog, ...memoryScan, ...testVectors };
