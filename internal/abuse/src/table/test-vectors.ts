// The functions of test-vectors with their arguments. That package's own tests drive an implementation.
import { PassThrough } from 'node:stream';
import { kind, anyOptionsOf, memberOf, type Entry } from '../arguments/kinds.js';

const never = () => false;
function offersNothing(value: unknown) {
  try {
    if (Array.isArray(value) || ArrayBuffer.isView(value)) return false;
    return ['seed', 'dsign', 'extended', 'vrf', 'kes'].every(
      (part) => memberOf(value, part) === undefined,
    );
  } catch {
    return false;
  }
}
/** Any object may be an implementation without any part. */
const implementation = kind(
  'implementation',
  () => ({ seed: { expand: (seed: unknown) => ({ left: seed, right: seed }) } }),
  (is, value) => is.object === true && offersNothing(value),
);
const file = kind(
  'file',
  () => 'no-such.json',
  ({ text }) => text !== undefined,
);
/** A process that answers its first request and ends with its input. */
const answering = `read line; echo '${JSON.stringify({ id: 1, ok: true, protocol: 1, name: 'nothing', seed: false, dsign: false, kes: [] })}'; cat`;
const served = () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  input.end('{"id":1,"op":"hello","protocol":1}\n');
  return { name: 'nothing', input, output };
};

/** The standard streams of a fuzzed process have ended. */
function isNamed(_: unknown, value: unknown) {
  try {
    return typeof memberOf(value, 'name') === 'string';
  } catch {
    return false;
  }
}

export const testVectors: Record<string, Entry> = {
  conformanceCases: { args: [implementation] },
  coverage: { args: [implementation], slow: true },
  // External vectors have to be there when they are required.
  externalConformanceCases: { args: [implementation], slow: true, refuses: true },
  externalVectors: { args: [file], refuses: true },
  runConformance: {
    args: [implementation, anyOptionsOf({ maxDepth: 0 }, () => true)],
    async: true,
    slow: true,
  },
  serveImplementation: {
    args: [implementation, kind('options of a server', served, isNamed)],
    async: true,
    slow: true,
  },
  stdioImplementation: {
    args: [
      kind('command', () => 'sh', never),
      kind('arguments', () => ['-c', answering], never),
      // It takes no signal.
      anyOptionsOf(
        { timeout: 2_000 },
        (is, value) => is.badTime === undefined || memberOf(value, 'timeout') === undefined,
      ),
    ],
    async: true,
    slow: true,
    ...(process.platform === 'win32' ? { refuses: true } : {}),
  },
  ed25519Vectors: {},
  extendedKeyVectors: {},
  vrfVectors: {},
  haskellKesVectors: {},
  kesCborVectors: {},
  kesKeyNegativeVectors: {},
  kesNegativeVectors: {},
  kesRustFormVectors: {},
  kesSignatureVectors: {},
  kesSigningKeyVectors: {},
  seedExpansionVectors: {},
};
