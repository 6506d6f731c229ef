import { asOrdinaryUser } from '@evolock/test-support/ordinary-user';
import { WARM_UP, type ProofOptions } from '../../src/prove/prove.js';
import { agentBreakages } from './agent-breakages.js';
import type { Edit } from './broken-copy.js';

/** The rules of locked memory. A program that keeps all of them leaves secrets in locked memory only. */
export const clauses = {
  '1a': 'slots lie in slabs, which are few and large',
  '1b': 'each slab is locked, or the allocation is refused',
  '1c': 'the error states the limit and how to raise it',
  '1d': 'memory that cannot be locked is freed',
  '2a': 'a release wipes the memory',
  '2b': 'the wipe is complete before the release returns',
  '2c': 'no single slot is unlocked or protected',
  '3a': 'every native call is preceded by a check for release',
  '3b': 'use after release throws',
  '4a': 'a callback cannot return a view',
  '4b': 'a callback cannot return a promise or an iterator',
  '4c': 'the mapping allocator detaches kept views',
  '4d': 'printing shows only type and size',
  '5a': 'arguments are genuine Uint8Arrays',
  '5b': 'their memory is not shared and has a fixed length',
  '5c': 'their length is exact',
  '5d': 'their length is read through the built-in getters',
  '5e': 'they are not detached',
  '6a': 'every native function is called once before it receives a secret',
  '6b': 'a dummy hash and an overwrite of the stack follow every secret hash',
  '6c': 'the hash state is in locked memory',
  '6d': 'scratch memory is wiped',
  '7a': 'a seed never overlaps its key',
  '7b': 'a signature never overlaps its message',
  '8a': 'keys are received into locked memory',
  '8b': 'keys are sent from locked memory',
  '8c': 'the staging memory is wiped after the write, not before',
  '8d': 'the snapshot of an agent lives as long as its pushes, and ends with its period',
  '8e': 'an agent wipes each key that it does not keep',
  '9a': 'all locked memory is wiped at exit',
  '9b': 'the packages install no signal handler',
  '10a': 'every scan finds the canary and the live secrets',
  '10b': 'the rules hold for an ordinary user under a small lock limit',
  'forward security': 'no secret remains that could sign an earlier period',
} as const;

/** The name of a clause. */
export type Clause = keyof typeof clauses;

/** A way to break a clause in a copy of the built packages, and an operation whose proof must then fail. */
export interface Breakage {
  readonly clause: Clause;
  readonly how: string;
  readonly edits: readonly Edit[];
  /** The id of an operation, or the name of a transport between two processes or of the life of an agent. */
  readonly shownBy: string;
  readonly options?: ProofOptions;
  /** The expected failure message. */
  readonly saying: RegExp;
}

const UNLOCKED = /outside of locked memory/;
const ERASED = /though it had to be gone/;
const REFUSED = /expected ERR_EVOLOCK_\w+, got/;
const UNTRUE = /this does not hold/;
/** The process crashes in native code. */
const CRASHED = /it has ended|it does not exist/;

const warm: ProofOptions = { repetitions: WARM_UP };
const limited: ProofOptions = { prefix: asOrdinaryUser(64) };

/** An edit of one place in one package. */
function edit(name: string, code: RegExp, by: string): Edit {
  return { in: [name], code, by };
}

const bytes = (code: RegExp, by = ''): Edit => edit('mlocked-bytes', code, by);
const sum = (code: RegExp, by = ''): Edit => edit('kes-sum', code, by);
const io = (code: RegExp, by = ''): Edit => edit('direct-serialise-io', code, by);
const serialise = (code: RegExp, by = ''): Edit => edit('direct-serialise', code, by);

/** The check that detects a released value. */
const RELEASED = /if \(value\.#slot\.released \|\| processEnd\.reached\)\s*throw [^;]*;/;

/** The wipe of a slot. */
const WIPED = /sodium\.sodium_memzero\(this\.#bytes\);/;

/** The wipe of scratch memory, and what overwrites registers and stack after it was used. */
const SCRATCH_WIPED = /this\.#memory\.fill\(0\);/;
const notSettled = [
  bytes(/\.\.\.this\.#settle, /),
  bytes(/if \(this\.#ran\)\s*overwriteStack\(this\.#stack\);/),
];
const inOrdinaryMemory = [
  bytes(
    /this\.#memory = slot\.unsoundBytes;(?=\s*this\.#settle)/,
    'this.#memory = new Uint8Array(size);',
  ),
  bytes(SCRATCH_WIPED),
];

const SHOWN = 'Buffer.from(unsoundMemory(this)).toString("hex")';

/** Every distinct way to break each clause. */
export const breakages: readonly Breakage[] = [
  ...agentBreakages,
  {
    clause: '1a',
    how: 'each slot has its own region',
    edits: [bytes(/this\.capacity = Math\.floor\([^;]*;/, 'this.capacity = 1;')],
    shownBy: 'rules: many secrets lie in few regions',
    saying: UNTRUE,
  },
  {
    clause: '1a',
    how: 'every slab has one page',
    edits: [bytes(/var MAX_SLAB_PAGES = 16;/, 'var MAX_SLAB_PAGES = 1;')],
    shownBy: 'rules: many secrets lie in few regions',
    saying: UNTRUE,
  },
  {
    clause: '1b',
    how: 'memory is not locked',
    edits: [bytes(/sodium\.sodium_mlock\(\w+\);/)],
    shownBy: 'the lock limit: no memory may be locked at all',
    options: { prefix: asOrdinaryUser(0) },
    saying: REFUSED,
  },
  {
    clause: '1b',
    how: 'the lock policy allows unlocked memory',
    edits: [bytes(/var policy = "require";/, 'var policy = "off";')],
    shownBy: 'the lock limit: no memory may be locked at all',
    options: { prefix: asOrdinaryUser(0) },
    saying: REFUSED,
  },
  {
    clause: '1c',
    how: 'the error does not say how to raise the limit',
    edits: [bytes(/Raise the limit: `ulimit -l` in the shell,/, 'It is small:')],
    shownBy: 'the lock limit: the error says what the limit is and how to raise it',
    options: limited,
    saying: UNTRUE,
  },
  {
    clause: '1c',
    how: 'the error does not state the limit',
    edits: [bytes(/limit \$\{say\(status\.limit\)\}, locked/, 'locked')],
    shownBy: 'the lock limit: the error says what the limit is and how to raise it',
    options: limited,
    saying: UNTRUE,
  },
  {
    clause: '1d',
    how: 'a mapping that could not be locked is kept',
    edits: [bytes(/if \(locked === void 0\)\s*free\([^;]*;/)],
    shownBy: 'the lock limit: what cannot be locked is given back',
    options: limited,
    saying: UNTRUE,
  },
  {
    clause: '2a',
    how: 'a slot of the pool is not wiped',
    edits: [bytes(WIPED)],
    shownBy: 'Sum6: sign, then release',
    saying: ERASED,
  },
  {
    clause: '2a',
    how: 'only sodium_free wipes, which is deferred',
    edits: [bytes(WIPED)],
    shownBy: 'locked bytes: release of a mapping of its own',
    saying: ERASED,
  },
  {
    clause: '2b',
    how: 'the wipe is deferred to the next turn of the event loop',
    edits: [bytes(WIPED, 'setImmediate(() => sodium.sodium_memzero(this.#bytes));')],
    shownBy: 'seed: release',
    saying: ERASED,
  },
  {
    clause: '2c',
    how: 'a slot is unlocked, which unlocks its page',
    edits: [bytes(WIPED, 'sodium.sodium_munlock(this.#bytes);')],
    shownBy: 'rules: the release of a neighbour in the same page',
    saying: UNLOCKED,
  },
  {
    clause: '2c',
    how: 'a slot is protected, which protects its region',
    edits: [bytes(WIPED, 'sodium.sodium_mprotect_noaccess(this.#bytes);')],
    shownBy: 'rules: the release of a neighbour in the same page',
    saying: CRASHED,
  },
  {
    clause: '3a',
    how: 'no check for release',
    edits: [bytes(RELEASED)],
    shownBy: 'rules: every use after the release',
    saying: REFUSED,
  },
  {
    clause: '3a',
    how: 'a composed key does not check for release before it signs',
    edits: [
      sum(/unsoundMemory\(this\);(?=\s*const \{ leafSignature, geometry \} = this\.#parts;)/),
    ],
    shownBy: 'rules: every use after the release',
    saying: REFUSED,
  },
  {
    clause: '3b',
    how: 'serialisation continues after the key is released',
    edits: [bytes(/ checkAlive\(\);/)],
    shownBy: 'rules: a key that is released while it is written',
    saying: REFUSED,
  },
  {
    clause: '3b',
    how: 'a kept push can be called',
    edits: [serialise(/this\.#open = false;/)],
    shownBy: 'rules: a push that is kept',
    saying: /expected ERR_EVOLOCK_\w+, got/,
  },
  {
    clause: '4a',
    how: 'a callback may return anything',
    edits: [bytes(/if \(result !== void 0\) refuseEscape\(result, memory\);/)],
    shownBy: 'rules: a view, a part of it or its buffer that would leave a callback',
    saying: REFUSED,
  },
  {
    clause: '4a',
    how: 'a view may be returned',
    edits: [bytes(/if \(bufferBehind\(result\) === buffer\)[^;]*;/)],
    shownBy: 'rules: a view, a part of it or its buffer that would leave a callback',
    saying: REFUSED,
  },
  {
    clause: '4a',
    how: 'the buffer may be returned',
    edits: [bytes(/if \(result === buffer\)[^;]*;/)],
    shownBy: 'rules: a view, a part of it or its buffer that would leave a callback',
    saying: REFUSED,
  },
  {
    clause: '4b',
    how: 'a promise may be returned',
    edits: [bytes(/if \(isUnfinished\(result\)\)[^;]*;/)],
    shownBy: 'rules: a promise or an iterator that would keep a view',
    saying: REFUSED,
  },
  {
    clause: '4c',
    how: 'a released mapping is reused instead of freed',
    edits: [bytes(/if \(leaving\.isFull\(mapping\.pages\)\)/, 'if (true)')],
    shownBy: 'rules: a view that is kept on a mapping of its own',
    saying: UNTRUE,
  },
  {
    clause: '4d',
    how: 'toString shows the content',
    edits: [bytes(/`\$\{String\(this\.#memory\.length\)\} bytes locked`/, SHOWN)],
    shownBy: 'printing: String',
    saying: UNLOCKED,
  },
  {
    clause: '4d',
    how: 'toJSON shows the content',
    edits: [bytes(/toJSON\(\) \{[^}]*\}/, `toJSON() { return ${SHOWN}; }`)],
    shownBy: 'printing: JSON.stringify',
    saying: UNLOCKED,
  },
  {
    clause: '4d',
    how: 'inspect shows the content',
    edits: [bytes(/\[customInspect\]\(\) \{[^}]*\}/, `[customInspect]() { return ${SHOWN}; }`)],
    shownBy: 'printing: util.inspect',
    saying: UNLOCKED,
  },
  {
    clause: '4d',
    how: 'a structured clone contains the content',
    edits: [bytes(/this\.#slot = slot;/, 'this.shown = slot.unsoundBytes; $&')],
    shownBy: 'printing: structuredClone',
    saying: UNLOCKED,
  },
  {
    clause: '5a',
    how: 'any view is accepted',
    edits: [
      serialise(
        /return tagOf\.call\(value\) === "Uint8Array";/,
        'return ArrayBuffer.isView(value);',
      ),
    ],
    shownBy: 'rules: what is not a Uint8Array',
    saying: REFUSED,
  },
  {
    clause: '5b',
    how: 'shared memory is accepted',
    edits: [
      serialise(
        /catch \{(?=\s*throw new ArgumentError\(\s*"ERR_EVOLOCK_ARGUMENT_TYPE",\s*argument,\s*"a Uint8Array over memory of its own")/,
        'catch { return;',
      ),
    ],
    shownBy: 'rules: shared memory',
    saying: REFUSED,
  },
  {
    clause: '5b',
    how: 'resizable memory is accepted',
    edits: [serialise(/if \(resizable\)/, 'if (false)')],
    shownBy: 'rules: memory that may shrink',
    saying: REFUSED,
  },
  {
    clause: '5c',
    how: 'a seed of any length is accepted',
    edits: [edit('mlocked-seed', /if \(size !== void 0 && actual !== size\)/, 'if (false)')],
    shownBy: 'rules: bytes of another length',
    saying: REFUSED,
  },
  {
    clause: '5c',
    how: 'bytes after a signature are accepted',
    edits: [edit('dsign-ed25519', /if \(key\.byteLength !== [^)]*\)\s*return false;/, '')],
    shownBy: 'rules: bytes of another length',
    saying: UNTRUE,
  },
  {
    clause: '5d',
    how: 'own properties of the argument are trusted',
    edits: [
      serialise(/const length = byteLengthOf\.call\(value\);/, 'const length = value.byteLength;'),
    ],
    shownBy: 'rules: bytes that lie about their length',
    saying: UNTRUE,
  },
  {
    clause: '5d',
    how: 'native code receives the argument with its own properties',
    edits: [serialise(/if \(isPlain\(bytes\)\) return bytes;/, 'return bytes;')],
    shownBy: 'rules: bytes that lie about their length',
    saying: UNTRUE,
  },
  {
    clause: '5e',
    how: 'detached bytes count as empty',
    edits: [serialise(/if \(length === 0\) checkAttached\(argument, buffer\);/)],
    shownBy: 'rules: a detached message',
    saying: REFUSED,
  },
  {
    clause: '6a',
    how: 'no native function is called in advance',
    // In all four packages, because a function that one package has called is warm in the others too.
    edits: [
      {
        in: ['mlocked-bytes', 'mlocked-seed', 'dsign-ed25519', 'vrf-praos'],
        code: /\n\s*warmUp\((?:sodium\d*)?\);/,
        by: '',
      },
    ],
    shownBy: 'Ed25519: generateKey',
    saying: UNLOCKED,
  },
  {
    clause: '6b',
    how: 'neither follows',
    edits: notSettled,
    shownBy: 'seed: expand',
    options: warm,
    saying: UNLOCKED,
  },
  {
    clause: '6c',
    how: 'seeds are hashed in ordinary memory',
    edits: inOrdinaryMemory,
    shownBy: 'seed: expand',
    saying: UNLOCKED,
  },
  {
    clause: '6b',
    how: 'neither follows a VRF proof',
    edits: notSettled,
    shownBy: 'VRF: prove',
    options: warm,
    saying: UNLOCKED,
  },
  {
    clause: '6c',
    how: 'a VRF proof is computed in ordinary memory',
    edits: inOrdinaryMemory,
    shownBy: 'VRF: prove',
    saying: UNLOCKED,
  },
  {
    clause: '6d',
    how: 'the scratch memory of VRF proofs is not wiped',
    edits: [bytes(SCRATCH_WIPED)],
    shownBy: 'VRF: prove, then release',
    saying: ERASED,
  },
  {
    clause: '6d',
    how: 'the scratch memory of expansions is not wiped',
    edits: [bytes(SCRATCH_WIPED)],
    shownBy: 'seed: expand, then release all',
    saying: ERASED,
  },
  {
    clause: '6d',
    how: 'the scratch memory of evolution is not wiped',
    edits: [bytes(SCRATCH_WIPED)],
    shownBy: 'Sum6: sign, then release',
    saying: ERASED,
  },
  {
    clause: '6d',
    how: 'the scratch memory of serialisation is not wiped',
    edits: [bytes(SCRATCH_WIPED)],
    shownBy: 'Sum6: serialise and read, then release',
    saying: ERASED,
  },
  {
    clause: '7a',
    how: 'a leaf key is written over its seed',
    edits: [
      sum(
        /this\.#geometry\.dsign\.leaf\.load\(this\.#leaf, (this\.leafKeys\[side\(period, 0\)\]), leaf\);/,
        'this.#leaf.set(leaf); this.#geometry.dsign.leaf.load(this.#leaf.subarray(16), $1, this.#leaf.subarray(0, 32));',
      ),
    ],
    shownBy: 'Sum6: read, and sign alike',
    saying: /the process said/,
  },
  {
    clause: '7b',
    how: 'a signature is written over its message',
    edits: [
      edit(
        'dsign-ed25519',
        /const signature = new Uint8Array\(SIGNATURE_SIZE\);\s*ed25519Leaf\.sign\(signature, bytes, this\.#memory\);/,
        'const both = new Uint8Array(32 + SIGNATURE_SIZE + bytes.length); both.set(bytes, 32);' +
          'const signature = both.subarray(0, SIGNATURE_SIZE);' +
          'ed25519Leaf.sign(signature, both.subarray(32, 32 + bytes.length), this.#memory);',
      ),
    ],
    shownBy: 'Ed25519: sign and verify',
    saying: UNTRUE,
  },
  {
    clause: '8a',
    how: 'a block is read into ordinary memory',
    edits: [
      io(
        /readSync\(fd, block, offset, block\.byteLength - offset, null\)/,
        '{ const plain = Buffer.alloc(block.byteLength - offset);' +
          ' const count = readSync(fd, plain, 0, plain.length, null);' +
          ' block.set(plain.subarray(0, count), offset); return count; }',
      ),
    ],
    shownBy: 'transports: a file descriptor, written and read',
    saying: UNLOCKED,
  },
  {
    clause: '8a',
    how: 'a socket reads into ordinary memory',
    edits: [
      io(
        /receiveInto\(socket, unsoundMemory\(this\.#memory\)\)/,
        'receiveInto(socket, (this.plain = new Uint8Array(1024)))',
      ),
      io(
        /target\.set\(taken\);/,
        'target.set(this.plain.subarray(this.#start).subarray(0, Math.min(this.length, target.byteLength)));',
      ),
    ],
    shownBy: 'a Unix socket',
    saying: UNLOCKED,
  },
  {
    clause: '8b',
    how: 'a block is copied before it is written',
    edits: [io(/writeSync\d*\(fd, block, done/, 'writeSync(fd, Buffer.from(block), done')],
    shownBy: 'transports: a file descriptor, written and read',
    saying: UNLOCKED,
  },
  {
    clause: '8b',
    how: 'a socket writes from ordinary memory',
    edits: [io(/(writeSync\d*)\(fd, memory, offset, /, '$1(fd, Buffer.from(memory), offset, ')],
    shownBy: 'transports: the pipe to a child process',
    saying: UNLOCKED,
  },
  {
    clause: '8b',
    how: 'the blocks of a key are joined in ordinary memory',
    edits: [
      serialise(
        /setBytes\(buffer, block, offset\);/,
        'setBytes(buffer, Buffer.concat([block]), offset);',
      ),
    ],
    shownBy: 'Sum6: serialise',
    saying: UNLOCKED,
  },
  {
    clause: '8c',
    how: 'the staging memory is wiped before the write',
    edits: [io(/await this\.#writeAll\(bytes\);/, 'bytes.zero(); await this.#writeAll(bytes);')],
    shownBy: 'transports: a Unix socket that is full, both ends',
    saying: /the process said/,
  },
  {
    clause: '8c',
    how: 'sent bytes are not wiped',
    edits: [io(/(return \{ bytes, done: .*\(\) => )bytes\.release\(\)/, '$1undefined')],
    shownBy: 'a Unix socket, only the key released',
    saying: ERASED,
  },
  {
    clause: '8c',
    how: 'received bytes are not wiped',
    edits: [io(/taken\.fill\(0\);/)],
    shownBy: 'a Unix socket, only the key released',
    saying: ERASED,
  },
  {
    clause: '9a',
    how: 'no memory is wiped at exit',
    edits: [bytes(/for \(const memory of live\.keys\(\)\) sodium\.sodium_memzero\(memory\);/)],
    shownBy: 'the end of the process: process.exit',
    saying: ERASED,
  },
  {
    clause: '9b',
    how: 'a package listens for SIGTERM',
    edits: [bytes(/process\.on\("exit",/, 'process.on("SIGTERM", () => process.exit(1)); $&')],
    shownBy: 'the end of the process: SIGTERM, handled',
    saying: UNTRUE,
  },
  {
    clause: '10a',
    how: 'the canary is not in ordinary memory',
    edits: [
      edit('proof', /plantCanary\(canary\);(?=\s*prepareToStop\(\);\s*if \(repetitions)/, ''),
    ],
    shownBy: 'seed: clone',
    saying: /the canary was not found/,
  },
  {
    clause: '10a',
    how: 'the needles are not the secrets of the process',
    edits: [edit('proof', /secret\.unmaskInto\(memory\)/, 'void memory.fill(1)')],
    shownBy: 'seed: clone',
    saying: /not found in locked memory, where it has to be/,
  },
  {
    clause: '10b',
    how: 'the process runs as a user without a lock limit',
    edits: [],
    shownBy: 'the lock limit: no memory may be locked at all',
    saying: REFUSED,
  },
  {
    clause: 'forward security',
    how: 'a used seed is kept',
    edits: [
      sum(/\[\.\.\.calls, (\.\.\.this\.#callsDown)/, '[calls[0], $1'),
      sum(/\[\.\.\.this\.#toTheRight\[level\], /, '[this.#toTheRight[level][0], '),
    ],
    shownBy: 'Sum6: updateTo',
    saying: ERASED,
  },
  {
    clause: 'forward security',
    how: 'a skipped seed is kept',
    edits: [
      sum(
        /calls\.push\(\.\.\.this\.#toTheRight\[level\]\);/,
        'calls.push(this.#toTheRight[level][0]);',
      ),
    ],
    shownBy: 'Sum6: updateTo',
    saying: ERASED,
  },
  {
    clause: 'forward security',
    how: 'the old key is kept',
    edits: [
      sum(
        /copySecret\(unsoundMemory\(this\), scratch\.secrets\);/,
        'globalThis.old = this.clone(); copySecret(unsoundMemory(this), scratch.secrets);',
      ),
    ],
    shownBy: 'Sum6: update',
    saying: ERASED,
  },
];
