import { asOrdinaryUser } from '@evolock/test-support/ordinary-user';
import { WARM_UP, type ProofOptions } from '../src/prove.js';
import type { Edit } from './broken-copy.js';

/**
 * The rules of locked memory, clause by clause: what a program has to keep so that a secret is found in locked memory
 * and nowhere else.
 */
export const clauses = {
  '1a': 'slots in slabs, slabs few and large',
  '1b': 'each proved locked, or refused',
  '1c': 'the error names the limit and how to raise it',
  '1d': 'what cannot be locked is given back',
  '2a': 'a release wipes',
  '2b': 'before it returns',
  '2c': 'no slot is unlocked or protected on its own',
  '3a': 'a look whether it is alive, before every native call',
  '3b': 'use after release throws',
  '4a': 'views do not escape',
  '4b': 'nor do promises that would keep them',
  '4c': 'the one-mapping allocator detaches what was kept',
  '4d': 'whatever prints, prints type and size',
  '5a': 'real Uint8Arrays only',
  '5b': 'of unshared memory, whose length is fixed',
  '5c': 'of exact lengths',
  '5d': 'read through the getters of the language',
  '5e': 'which are not detached',
  '6a': 'every native function is warm',
  '6b': 'a dummy hash and an overwritten stack after every secret hash',
  '6c': 'hash state in locked memory',
  '6d': 'the benches are wiped',
  '7a': 'a seed never overlaps its key',
  '7b': 'a signature never overlaps its message',
  '8a': 'received into locked memory',
  '8b': 'sent from locked memory',
  '8c': 'wiped when it has been written, and not before',
  '9a': 'everything is wiped at exit',
  '9b': 'signals are the application’s own',
  '10a': 'a scan that sees nothing proves nothing',
  '10b': 'as an ordinary user under a small lock limit too',
  'forward security': 'nothing that could sign an earlier period is left',
} as const;

/** The name of a clause. */
export type Clause = keyof typeof clauses;

/** A clause that is broken in a copy of the built packages, and an operation that has to show it. */
export interface Breakage {
  readonly clause: Clause;
  readonly how: string;
  readonly edits: readonly Edit[];
  /** An operation, or a transport between two processes. */
  readonly shownBy: string;
  readonly options?: ProofOptions;
  /** What the failure says. */
  readonly saying: RegExp;
}

const UNLOCKED = /outside of locked memory/;
const ERASED = /though it had to be gone/;
const REFUSED = /expected ERR_EVOLOCK_\w+, got/;
const UNTRUE = /this does not hold/;
/** What native code does to a process that gives it the wrong thing. */
const CRASHED = /it has ended|there is none/;

const warm: ProofOptions = { repetitions: WARM_UP };
const limited: ProofOptions = { prefix: asOrdinaryUser(64) };

/** One place in one package. */
function edit(name: string, code: RegExp, by: string): Edit {
  return { in: [name], code, by };
}

const bytes = (code: RegExp, by = ''): Edit => edit('mlocked-bytes', code, by);
const seed = (code: RegExp, by = ''): Edit => edit('mlocked-seed', code, by);
const sum = (code: RegExp, by = ''): Edit => edit('kes-sum', code, by);
const io = (code: RegExp, by = ''): Edit => edit('direct-serialise-io', code, by);
const serialise = (code: RegExp, by = ''): Edit => edit('direct-serialise', code, by);

/** Where it is noticed that a slot was given back. */
const RELEASED_SLOT =
  /if \(slot\.#released \|\| [^)]*\)\)\s*return void 0;(?=\s*return slot\.#bytes;)/;

const SHOWN = 'Buffer.from(unsoundMemory(this)).toString("hex")';

/** Each clause, broken in every way that is a way of its own. */
export const breakages: readonly Breakage[] = [
  {
    clause: '1a',
    how: 'a region for each slot',
    edits: [bytes(/this\.capacity = Math\.floor\([^;]*;/, 'this.capacity = 1;')],
    shownBy: 'rules: many secrets lie in few regions',
    saying: UNTRUE,
  },
  {
    clause: '1a',
    how: 'slabs of one page',
    edits: [bytes(/var MAX_SLAB_PAGES = 16;/, 'var MAX_SLAB_PAGES = 1;')],
    shownBy: 'rules: many secrets lie in few regions',
    saying: UNTRUE,
  },
  {
    clause: '1b',
    how: 'memory is not proved locked',
    edits: [bytes(/sodium\.sodium_mlock\(\w+\);/)],
    shownBy: 'the lock limit: no memory may be locked at all',
    options: { prefix: asOrdinaryUser(0) },
    saying: REFUSED,
  },
  {
    clause: '1b',
    how: 'the policy is to go on unlocked',
    edits: [bytes(/var policy = "require";/, 'var policy = "off";')],
    shownBy: 'the lock limit: no memory may be locked at all',
    options: { prefix: asOrdinaryUser(0) },
    saying: REFUSED,
  },
  {
    clause: '1c',
    how: 'the error does not say how',
    edits: [bytes(/Raise the limit: \\`ulimit -l/, 'It is \\`small')],
    shownBy: 'the lock limit: the error says what the limit is and how to raise it',
    options: limited,
    saying: UNTRUE,
  },
  {
    clause: '1c',
    how: 'the error does not say how much',
    edits: [bytes(/limit \$\{say\(status\.limit\)\}, locked/, 'locked')],
    shownBy: 'the lock limit: the error says what the limit is and how to raise it',
    options: limited,
    saying: UNTRUE,
  },
  {
    clause: '1d',
    how: 'the mapping that could not be locked is kept',
    edits: [bytes(/givenUp\.push\(\{ handle[^;]*;/)],
    shownBy: 'the lock limit: what cannot be locked is given back',
    options: limited,
    saying: UNTRUE,
  },
  {
    clause: '2a',
    how: 'a slot of the pool is not wiped',
    edits: [bytes(/sodium\.sodium_memzero\(slotMemory\);/)],
    shownBy: 'Sum6: sign, then release',
    saying: ERASED,
  },
  {
    clause: '2a',
    how: 'a slot of another allocator is not wiped',
    edits: [bytes(/sodium\.sodium_memzero\(partMemory\);/)],
    shownBy: 'rules: a release to an allocator that does not wipe',
    saying: ERASED,
  },
  {
    clause: '2a',
    how: 'it is left to sodium_free, which defers it',
    edits: [bytes(/sodium\.sodium_memzero\(memory\);(?=\s*live\.delete\(memory\);)/)],
    shownBy: 'locked bytes: release of a mapping of its own',
    saying: ERASED,
  },
  {
    clause: '2b',
    how: 'the wipe waits for the next turn',
    edits: [
      bytes(
        /sodium\.sodium_memzero\(slotMemory\);/,
        'setImmediate(() => sodium.sodium_memzero(slotMemory));',
      ),
    ],
    shownBy: 'seed: release',
    saying: ERASED,
  },
  {
    clause: '2c',
    how: 'a slot is unlocked, and with it its page',
    edits: [bytes(/sodium\.sodium_memzero\(slotMemory\);/, 'sodium.sodium_munlock(slotMemory);')],
    shownBy: 'rules: the release of a neighbour in the same page',
    saying: UNLOCKED,
  },
  {
    clause: '2c',
    how: 'a slot is protected, and with it its region',
    edits: [
      bytes(
        /sodium\.sodium_memzero\(slotMemory\);/,
        'sodium.sodium_mprotect_noaccess(slotMemory);',
      ),
    ],
    shownBy: 'rules: the release of a neighbour in the same page',
    saying: CRASHED,
  },
  {
    clause: '3a',
    how: 'nobody looks',
    edits: [bytes(RELEASED_SLOT), bytes(/this\.#slot = void 0;/)],
    shownBy: 'rules: every use after the release',
    saying: REFUSED,
  },
  {
    clause: '3a',
    how: 'a composed key does not look before it signs',
    edits: [
      sum(/unsoundMemory\(this\);(?=\s*const \{ leafSignature, geometry \} = this\.#parts;)/),
    ],
    shownBy: 'rules: every use after the release',
    saying: REFUSED,
  },
  {
    clause: '3b',
    how: 'a key that is released while it is written goes on',
    edits: [bytes(/ checkAlive\(\);/)],
    shownBy: 'rules: a key that is released while it is written',
    saying: REFUSED,
  },
  {
    clause: '3b',
    how: 'a slot may be given back behind its owner',
    edits: [bytes(RELEASED_SLOT)],
    shownBy: 'rules: a slot that was given back behind its owner',
    saying: REFUSED,
  },
  {
    clause: '3b',
    how: 'a push may be kept',
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
    how: 'a mapping is kept for the next instead',
    edits: [bytes(/ && \(isShort \|\| isCrowded\(mapping\)\)/, '')],
    shownBy: 'rules: a view that is kept on a mapping of its own',
    saying: UNTRUE,
  },
  {
    clause: '4d',
    how: 'toString shows the content',
    edits: [bytes(/`\$\{String\(this\.#size\)\} bytes locked`/, SHOWN)],
    shownBy: 'printing: String',
    saying: UNLOCKED,
  },
  {
    clause: '4d',
    how: 'toJSON shows the content',
    edits: [
      bytes(
        /toJSON\(\) \{[^}]*\}(?=[^]*wrongType\(this\.#kind\.name, "no use as a number)/,
        `toJSON() { return ${SHOWN}; }`,
      ),
    ],
    shownBy: 'printing: JSON.stringify',
    saying: UNLOCKED,
  },
  {
    clause: '4d',
    how: 'inspect shows the content',
    edits: [
      bytes(
        /\[customInspect\]\(\) \{[^}]*\}(?=[^]*wrongType\(this\.#kind\.name, "no use as a number)/,
        `[customInspect]() { return ${SHOWN}; }`,
      ),
    ],
    shownBy: 'printing: util.inspect',
    saying: UNLOCKED,
  },
  {
    clause: '4d',
    how: 'a structured clone takes the content along',
    edits: [bytes(/this\.#slot = own;/, 'this.shown = own.unsoundBytes; $&')],
    shownBy: 'printing: structuredClone',
    saying: UNLOCKED,
  },
  {
    clause: '5a',
    how: 'any view will do',
    edits: [
      serialise(
        /return tagOf\.call\(value\) === "Uint8Array";/,
        'return ArrayBuffer.isView(value);',
      ),
    ],
    shownBy: 'rules: what is no Uint8Array',
    saying: REFUSED,
  },
  {
    clause: '5b',
    how: 'shared memory will do',
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
    how: 'memory that may shrink will do',
    edits: [serialise(/if \(resizable\)/, 'if (false)')],
    shownBy: 'rules: memory that may shrink',
    saying: REFUSED,
  },
  {
    clause: '5c',
    how: 'any length will do',
    edits: [serialise(/if \(size !== void 0 && length !== size\)/, 'if (false)')],
    shownBy: 'rules: bytes of another length',
    saying: REFUSED,
  },
  {
    clause: '5c',
    how: 'bytes may stand behind a signature',
    edits: [edit('dsign-ed25519', /if \(key\.byteLength !== [^)]*\)\s*return false;/, '')],
    shownBy: 'rules: bytes of another length',
    saying: UNTRUE,
  },
  {
    clause: '5d',
    how: 'properties of the argument are believed',
    edits: [
      serialise(/const length = byteLengthOf\.call\(value\);/, 'const length = value.byteLength;'),
    ],
    shownBy: 'rules: bytes that lie about their length',
    saying: UNTRUE,
  },
  {
    clause: '5d',
    how: 'native code gets the argument with its properties',
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
    how: 'no warm-up',
    // In all three: what one of them has called is warm for the next.
    edits: [
      {
        in: ['mlocked-bytes', 'mlocked-seed', 'dsign-ed25519'],
        code: /\n\s*warmUp\((?:sodium\d*)?\);/,
        by: '',
      },
    ],
    shownBy: 'Ed25519: generateKey',
    saying: UNLOCKED,
  },
  {
    clause: '6b',
    how: 'neither',
    edits: [
      seed(/(?<=calls: \[)\.\.\.SETTLE,/),
      seed(/overwriteStack\(zeros\);\s*(?=this\.#clean)/),
    ],
    shownBy: 'seed: expand',
    options: warm,
    saying: UNLOCKED,
  },
  {
    clause: '6b',
    how: 'the stack is not overwritten',
    edits: [seed(/overwriteStack\(zeros\);\s*(?=this\.#clean)/)],
    // What lies where depends on how far the engine has compiled: where paths of every length are walked, something does
    // whether it has or not.
    shownBy: 'Sum6: all updates',
    options: warm,
    saying: UNLOCKED,
  },
  {
    clause: '6c',
    how: 'seeds are hashed in ordinary memory',
    edits: [
      seed(
        /#memory = this\.#slot\.unsoundBytes;/,
        '#memory = new Uint8Array(EXPANSION_BENCH_SIZE);',
      ),
      seed(/this\.#memory\.fill\(0\);/),
    ],
    shownBy: 'seed: expand',
    saying: UNLOCKED,
  },
  {
    clause: '6d',
    how: 'the one of expansions is not',
    edits: [seed(/this\.#memory\.fill\(0\);/)],
    shownBy: 'seed: expand, then release all',
    saying: ERASED,
  },
  {
    clause: '6d',
    how: 'the one of evolution is not',
    edits: [sum(/this\.#memory\.fill\(0\);(?=\s*wipeExpansion)/)],
    shownBy: 'Sum6: sign, then release',
    saying: ERASED,
  },
  {
    clause: '6d',
    how: 'the one of serialisation is not',
    edits: [sum(/if \(!this\.#isTransferred\(\)\) this\.#memory\.fill\(0\);/)],
    shownBy: 'Sum6: serialise and read, then release',
    saying: ERASED,
  },
  {
    clause: '7a',
    how: 'a leaf is made over its seed',
    edits: [
      sum(
        /dsign\.leaf\.load\(this\.#leaf, (this\.leafKeys\[side\(period, 0\)\]), this\.#serialisedLeaf\);/,
        'dsign.leaf.load(this.#leaf.subarray(16), $1, this.#leaf.subarray(0, 32));',
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
        /taken\.withBytes\(\(bytes\) => target\.set\(bytes\)\);/,
        'target.set(this.plain.subarray(this.#start).subarray(0, Math.min(this.length, target.byteLength)));',
      ),
    ],
    shownBy: 'a Unix socket',
    saying: UNLOCKED,
  },
  {
    clause: '8b',
    how: 'a block is copied on its way to the kernel',
    edits: [io(/writeSync\d*\(fd, block, done/, 'writeSync(fd, Buffer.from(block), done')],
    shownBy: 'transports: a file descriptor, written and read',
    saying: UNLOCKED,
  },
  {
    clause: '8b',
    how: 'a socket writes from ordinary memory',
    edits: [io(/(writeSync\d*)\(fd, bytes, offset, /, '$1(fd, Buffer.from(bytes), offset, ')],
    shownBy: 'transports: the pipe to a child process',
    saying: UNLOCKED,
  },
  {
    clause: '8b',
    how: 'a key is joined in ordinary memory',
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
    how: 'before',
    edits: [
      io(
        /await this\.#writeAll\(unsoundMemory\(staging\)\);/,
        'staging.zero(); await this.#writeAll(unsoundMemory(staging));',
      ),
    ],
    shownBy: 'transports: a Unix socket that is full, both ends',
    saying: /the process said/,
  },
  {
    clause: '8c',
    how: 'never: what was sent',
    edits: [
      io(
        /(await this\.#writeAll\(unsoundMemory\(staging\)\);\s*\} finally \{\s*)staging\.release\(\);/,
        '$1',
      ),
    ],
    shownBy: 'a Unix socket, only the key released',
    saying: ERASED,
  },
  {
    clause: '8c',
    how: 'never: what was received',
    edits: [io(/taken\.zero\(\);/)],
    shownBy: 'a Unix socket, only the key released',
    saying: ERASED,
  },
  {
    clause: '9a',
    how: 'nothing is',
    edits: [bytes(/for \(const memory of live\.keys\(\)\) sodium\.sodium_memzero\(memory\);/)],
    shownBy: 'the end of the process: process.exit',
    saying: ERASED,
  },
  {
    clause: '9b',
    how: 'the package listens',
    edits: [bytes(/process\.on\("exit",/, 'process.on("SIGTERM", () => process.exit(1)); $&')],
    shownBy: 'the end of the process: SIGTERM, handled',
    saying: UNTRUE,
  },
  {
    clause: '10a',
    how: 'the canary is not where it has to be found',
    edits: [
      edit('proof', /plantCanary\(canary\);(?=\s*prepareToStop\(\);\s*if \(repetitions)/, ''),
    ],
    shownBy: 'seed: clone',
    saying: /the canary was not found/,
  },
  {
    clause: '10a',
    how: 'what is looked for is not what the process has',
    edits: [edit('proof', /secret\.unmaskInto\(memory\)/, 'void memory.fill(1)')],
    shownBy: 'seed: clone',
    saying: /not found in locked memory, where it has to be/,
  },
  {
    clause: '10b',
    how: 'as the user who may lock as much as it likes',
    edits: [],
    shownBy: 'the lock limit: no memory may be locked at all',
    saying: REFUSED,
  },
  {
    clause: 'forward security',
    how: 'a used seed stays',
    edits: [
      sum(/\[\.\.\.calls, (\.\.\.this\.#callsDown)/, '[calls[0], $1'),
      sum(/\[\.\.\.this\.#toTheRight\[level\], /, '[this.#toTheRight[level][0], '),
    ],
    shownBy: 'Sum6: updateTo',
    saying: ERASED,
  },
  {
    clause: 'forward security',
    how: 'a seed that is passed on the way stays',
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
    how: 'the old key stays',
    edits: [
      sum(
        /copySecret\(secrets, bench\.secrets\);/,
        'globalThis.old = this.clone(); copySecret(secrets, bench.secrets);',
      ),
    ],
    shownBy: 'Sum6: update',
    saying: ERASED,
  },
];
