// The rules of locked memory, and ways to break each in a copy of the packages. A program that keeps all rules leaves
// secrets in locked memory only.
import { asOrdinaryUser } from '@evolock/test-support/ordinary-user';
import { WARM_UP, type ProofOptions } from '../../src/scan/prove.js';
import type { Edit } from './edited-source.js';

/** How the proof shows that a rule is broken. */
interface Shown {
  /**
   * Names of operations, of transports between two processes or of lives of agents. The proof of each must fail.
   */
  readonly shownBy: string | readonly string[];
  readonly options?: ProofOptions;
  /** The expected failure message. */
  readonly saying: RegExp;
}

/** A way to break a rule. */
export interface Breakage extends Shown {
  readonly edits: readonly Edit[];
}

type Way = Edit | readonly Edit[] | (Partial<Shown> & { readonly edits: Edit | readonly Edit[] });

interface Rule extends Partial<Shown> {
  readonly rule: string;
  /** The ways to break it. What one does not state is stated for all. */
  readonly ways: Readonly<Record<string, Way>>;
}

const UNLOCKED = /outside of locked memory/;
const ERASED = /though it had to be gone/;
const REFUSED = /expected ERR_EVOLOCK_\w+, got/;
const UNTRUE = /this does not hold/;
const FAILED = /the process said/;
/** The process crashes in native code. */
const CRASHED = /it has ended|it does not exist/;

const warm: ProofOptions = { repetitions: WARM_UP };
const limited: ProofOptions = { prefix: asOrdinaryUser(64) };
const unlockable: ProofOptions = { prefix: asOrdinaryUser(0) };

const edit =
  (name: string) =>
  (within: string, code: string, by: string): Edit => ({
    package: name,
    within,
    code,
    by,
  });
/** Replaces the whole body of a function. */
const emptied = (name: string, within: string, by = '{}'): Edit => ({ package: name, within, by });
const bytes = edit('mlocked-bytes');
const seeds = edit('mlocked-seed');
const dsign = edit('dsign-ed25519');
const sum = edit('kes-sum');
const io = edit('direct-serialise-io');
const serialise = edit('direct-serialise');
const agent = edit('kes-agent');
const proof = edit('proof');

const wipeOf = (by: string) => bytes('Slot.release', 'sodium.sodium_memzero(this.#bytes);', by);
const scratchIsKept = bytes('Scratch.#wipe', 'this.#memory.fill(0);', '');
const notSettled = [
  bytes('Scratch.prepare', '...this.#settle, ', ''),
  bytes('Scratch.#wipe', 'if (this.#ran) overwriteStack(this.#stack);', ''),
];
const inOrdinaryMemory = [
  bytes('Scratch.constructor', '= slot.unsoundBytes', '= new Uint8Array(size)'),
  scratchIsKept,
];
const SHOWN = 'Buffer.from(unsoundMemory(this)).toString("hex")';
/** A key is kept by a global, so that the collector does not find and wipe it. */
const KEPT = 'globalThis.kept = this.#held?.key; this.#held = undefined; this.#snapshots.retire();';

/** Every rule, by the number of its clause. */
export const rules: Readonly<Record<string, Rule>> = {
  '1a': {
    rule: 'slots lie in slabs, which are few and large',
    shownBy: 'rules: many secrets lie in few regions',
    saying: UNTRUE,
    ways: {
      'each slot has its own region': bytes(
        'Slab.constructor',
        'Math.floor(region.length / sizeClass.slotSize)',
        '1',
      ),
      'every slab has one page': bytes('MAX_SLAB_PAGES', '16', '1'),
    },
  },
  '1b': {
    rule: 'each slab is locked, or the allocation is refused',
    shownBy: 'the lock limit: no memory may be locked at all',
    options: unlockable,
    saying: REFUSED,
    ways: {
      'memory is not locked': bytes('prove', 'sodium.sodium_mlock(handle);', ''),
      'the lock policy allows unlocked memory': bytes('policy', "'require'", "'off'"),
    },
  },
  '1c': {
    rule: 'the error states the limit and how to raise it',
    shownBy: 'the lock limit: the error says what the limit is and how to raise it',
    options: limited,
    saying: UNTRUE,
    ways: {
      'the error does not say how to raise the limit': emptied(
        'mlocked-bytes',
        'howToLockMore',
        "{ return 'It is small'; }",
      ),
      'the error does not state the limit': bytes(
        'LockLimitError.constructor',
        'limit ${say(status.limit)}, ',
        '',
      ),
    },
  },
  '1d': {
    rule: 'memory that cannot be locked is freed',
    shownBy: 'the lock limit: what cannot be locked is given back',
    options: limited,
    saying: UNTRUE,
    ways: {
      'a mapping that could not be locked is kept': bytes(
        'mapPages',
        'free({ handle, pages, locked: false });',
        '(globalThis.kept ??= []).push(handle);',
      ),
    },
  },
  '2a': {
    rule: 'a release wipes the memory',
    saying: ERASED,
    ways: {
      // Only sodium_free would wipe a mapping, which is deferred.
      'a slot is not wiped': {
        edits: wipeOf(''),
        shownBy: ['Sum6: sign, then release', 'locked bytes: release of a mapping of its own'],
      },
    },
  },
  '2b': {
    rule: 'the wipe is complete before the release returns',
    shownBy: 'seed: release',
    saying: ERASED,
    ways: {
      'the wipe is deferred to the next turn of the event loop': wipeOf(
        'setImmediate(() => sodium.sodium_memzero(this.#bytes));',
      ),
    },
  },
  '2c': {
    rule: 'no single slot is unlocked or protected',
    shownBy: 'rules: the release of a neighbour in the same page',
    ways: {
      'a slot is unlocked, which unlocks its page': {
        edits: wipeOf('sodium.sodium_munlock(this.#bytes);'),
        saying: UNLOCKED,
      },
      'a slot is protected, which protects its region': {
        edits: wipeOf('sodium.sodium_mprotect_noaccess(this.#bytes);'),
        saying: CRASHED,
      },
    },
  },
  '3a': {
    rule: 'every native call is preceded by a check for release',
    shownBy: 'rules: every use after the release',
    saying: REFUSED,
    ways: {
      'no check for release': bytes(
        'LockedValue',
        'if (value.#slot.released || processEnd.reached)',
        'if (false)',
      ),
      'a composed key does not check for release before it signs': sum(
        'SumKesSigningKey.sign',
        'unsoundMemory(this);',
        '',
      ),
    },
  },
  '3b': {
    rule: 'use after release throws',
    saying: REFUSED,
    ways: {
      'serialisation continues after the key is released': {
        edits: bytes('lendBlocks', 'checkAlive();', ''),
        shownBy: 'rules: a key that is released while it is written',
      },
      'a kept push can be called': {
        edits: emptied('direct-serialise', 'Session.close'),
        shownBy: 'rules: a push that is kept',
      },
    },
  },
  '4a': {
    rule: 'a callback cannot return a view',
    shownBy: 'rules: a view, a part of it or its buffer that would leave a callback',
    saying: REFUSED,
    ways: {
      'a callback may return anything': emptied('mlocked-bytes', 'refuseEscape'),
      'a view may be returned': bytes('refuseEscape', 'bufferBehind(result) === buffer', 'false'),
      'the buffer may be returned': bytes('refuseEscape', 'result === buffer', 'false'),
    },
  },
  '4b': {
    rule: 'a callback cannot return a promise or an iterator',
    shownBy: 'rules: a promise or an iterator that would keep a view',
    saying: REFUSED,
    ways: { 'a promise may be returned': bytes('refuseEscape', 'isUnfinished(result)', 'false') },
  },
  '4c': {
    rule: 'the mapping allocator detaches kept views',
    shownBy: 'rules: a view that is kept on a mapping of its own',
    saying: UNTRUE,
    ways: {
      'a released mapping is reused instead of freed': bytes(
        'unmap',
        'leaving.isFull(mapping.pages)',
        'true',
      ),
    },
  },
  '4d': {
    rule: 'printing shows only type and size',
    saying: UNLOCKED,
    ways: {
      'toString shows the content': {
        edits: bytes(
          'LockedValue.toString',
          '`${String(this.#memory.length)} bytes locked`',
          SHOWN,
        ),
        shownBy: 'printing: String',
      },
      'toJSON shows the content': {
        edits: emptied('mlocked-bytes', 'LockedValue.toJSON', `{ return ${SHOWN}; }`),
        shownBy: 'printing: JSON.stringify',
      },
      'inspect shows the content': {
        edits: emptied('mlocked-bytes', 'LockedValue.[customInspect]', `{ return ${SHOWN}; }`),
        shownBy: 'printing: util.inspect',
      },
      'a structured clone contains the content': {
        edits: bytes(
          'LockedValue.constructor',
          'this.#slot = slot;',
          'this.#slot = slot; this.shown = slot.unsoundBytes;',
        ),
        shownBy: 'printing: structuredClone',
      },
    },
  },
  '5a': {
    rule: 'arguments are genuine Uint8Arrays',
    shownBy: 'rules: what is not a Uint8Array',
    saying: REFUSED,
    ways: {
      'any view is accepted': emptied(
        'direct-serialise',
        'isBytes',
        '{ return ArrayBuffer.isView(value); }',
      ),
    },
  },
  '5b': {
    rule: 'their memory is not shared and has a fixed length',
    saying: REFUSED,
    ways: {
      'shared memory is accepted': {
        edits: serialise('checkBuffer', 'catch {', 'catch { return;'),
        shownBy: 'rules: shared memory',
      },
      'resizable memory is accepted': {
        edits: serialise('checkBuffer', 'if (resizable)', 'if (false)'),
        shownBy: 'rules: memory that may shrink',
      },
    },
  },
  '5c': {
    rule: 'their length is exact',
    shownBy: 'rules: bytes of another length',
    ways: {
      'a seed of any length is accepted': {
        edits: seeds('checkSeed', 'actual !== size', 'false'),
        saying: REFUSED,
      },
      'bytes after a signature are accepted': {
        edits: dsign('verify', ' || candidate.byteLength !== SIGNATURE_SIZE', ''),
        saying: UNTRUE,
      },
    },
  },
  '5d': {
    rule: 'their length is read through the built-in getters',
    shownBy: 'rules: bytes that lie about their length',
    saying: UNTRUE,
    ways: {
      'own properties of the argument are trusted': serialise(
        'sizeOfBytes',
        'byteLengthOf.call(value)',
        'value.byteLength',
      ),
      'native code receives the argument with its own properties': serialise(
        'checkBytes',
        'if (isPlain(bytes)) return',
        'return',
      ),
    },
  },
  '5e': {
    rule: 'they are not detached',
    shownBy: 'rules: a detached message',
    saying: REFUSED,
    ways: { 'detached bytes count as empty': emptied('direct-serialise', 'checkAttached') },
  },
  '6a': {
    rule: 'every native function is called once before it receives a secret',
    shownBy: 'Ed25519: generateKey',
    saying: UNLOCKED,
    ways: {
      // In all four packages, because a function that one package has called is warm in the others too.
      'no native function is called in advance': [
        'mlocked-bytes',
        'mlocked-seed',
        'dsign-ed25519',
        'vrf-praos',
      ].map((name) => emptied(name, 'warmUp')),
    },
  },
  '6b': {
    rule: 'a dummy hash and an overwrite of the stack follow every secret hash',
    options: warm,
    saying: UNLOCKED,
    ways: { 'neither follows': { edits: notSettled, shownBy: ['seed: expand', 'VRF: prove'] } },
  },
  '6c': {
    rule: 'the hash state is in locked memory',
    saying: UNLOCKED,
    ways: {
      'secrets are hashed in ordinary memory': {
        edits: inOrdinaryMemory,
        shownBy: ['seed: expand', 'VRF: prove'],
      },
    },
  },
  '6d': {
    rule: 'scratch memory is wiped',
    saying: ERASED,
    ways: {
      'the scratch memory is not wiped': {
        edits: scratchIsKept,
        shownBy: [
          'seed: expand, then release all',
          'VRF: prove, then release',
          'Sum6: sign, then release',
          'Sum6: serialise and read, then release',
        ],
      },
    },
  },
  '7a': {
    rule: 'a seed never overlaps its key',
    shownBy: 'Sum6: read, and sign alike',
    saying: FAILED,
    ways: {
      'a leaf key is written over its seed': sum(
        'KeyScratch.load',
        'load(this.#leaf, this.leafKeys[side(period, 0)], leaf)',
        'load(this.#leaf.subarray(16), this.leafKeys[side(period, 0)], (this.#leaf.set(leaf), this.#leaf.subarray(0, 32)))',
      ),
    },
  },
  '7b': {
    rule: 'a signature never overlaps its message',
    shownBy: 'Ed25519: sign and verify',
    saying: UNTRUE,
    ways: {
      'a signature is written over its message': dsign(
        'Ed25519SigningKey.sign',
        'const signature = new Uint8Array(SIGNATURE_SIZE);\n    ed25519Leaf.sign(signature, bytes, this.#memory);',
        'const both = new Uint8Array(32 + SIGNATURE_SIZE + bytes.length); both.set(bytes, 32);' +
          'const signature = both.subarray(0, SIGNATURE_SIZE);' +
          'ed25519Leaf.sign(signature, both.subarray(32, 32 + bytes.length), this.#memory);',
      ),
    },
  },
  '8a': {
    rule: 'keys are received into locked memory',
    saying: UNLOCKED,
    ways: {
      'a block is read into ordinary memory': {
        edits: io(
          'readSome',
          'readSync(fd, block, offset, block.byteLength - offset, null)',
          '{ const plain = Buffer.alloc(block.byteLength - offset);' +
            ' const count = readSync(fd, plain, 0, plain.length, null);' +
            ' block.set(plain.subarray(0, count), offset); return count; }',
        ),
        shownBy: 'transports: a file descriptor, written and read',
      },
      'a socket reads into ordinary memory': {
        edits: [
          io(
            'Inbox.attachTo',
            'unsoundMemory(this.#memory)',
            '(this.plain = new Uint8Array(1024))',
          ),
          io(
            'Inbox.moveTo',
            'set(taken)',
            'set(this.plain.subarray(this.#start).subarray(0, count))',
          ),
        ],
        shownBy: 'a Unix socket',
      },
    },
  },
  '8b': {
    rule: 'keys are sent from locked memory',
    saying: UNLOCKED,
    ways: {
      'a block is copied before it is written': {
        edits: io('writeBlock', 'writeSync(fd, block', 'writeSync(fd, Buffer.from(block)'),
        shownBy: 'transports: a file descriptor, written and read',
      },
      'a socket writes from ordinary memory': {
        edits: io('Sending.#writeSome', '(fd, memory, ', '(fd, Buffer.from(memory), '),
        shownBy: 'transports: the pipe to a child process',
      },
      'the blocks of a key are joined in ordinary memory': {
        edits: serialise(
          'serialiseBuf',
          'buffer.set(block, ',
          'buffer.set(Buffer.concat([block]), ',
        ),
        shownBy: 'Sum6: serialise',
      },
      'a push is copied before it is written': {
        edits: agent(
          'push',
          'await directSerialiseToSocket',
          'lease.bytes.withBytes((bytes) => { globalThis.pushed = Buffer.from(bytes); });' +
            'await directSerialiseToSocket',
        ),
        shownBy: 'a key of a peer',
      },
    },
  },
  '8c': {
    rule: 'the staging memory is wiped after the write, not before',
    shownBy: 'a Unix socket, only the key released',
    saying: ERASED,
    ways: {
      'the staging memory is wiped before the write': {
        edits: io(
          'Sending.#write',
          'await this.#writeAll(bytes);',
          'bytes.zero(); await this.#writeAll(bytes);',
        ),
        shownBy: 'transports: a Unix socket that is full, both ends',
        saying: FAILED,
      },
      'sent bytes are not wiped': io('newCopy', 'bytes.release()', 'undefined'),
      'received bytes are not wiped': io('Inbox.moveTo', 'taken.fill(0);', ''),
    },
  },
  '8d': {
    rule: 'the snapshot of an agent lives as long as its pushes, and ends with its period',
    shownBy: 'a push that is stuck when the key evolves',
    saying: ERASED,
    ways: {
      'the last push does not wipe the snapshot': {
        edits: agent('Snapshot.#wipe', 'this.#bytes.release();', ''),
        shownBy: 'a key of a peer',
        saying: /pushed to two clients: 14 copies in locked memory instead of 7/,
      },
      'the snapshot of a past period is kept': agent(
        'KeyHolder.advance',
        'this.#snapshots.retire();',
        '',
      ),
      'a stuck push is not given up': emptied(
        'kes-agent',
        'Snapshot.abort',
        '{ this.#resolveEnd(); }',
      ),
    },
  },
  '8e': {
    rule: 'an agent wipes each key that it does not keep',
    shownBy: 'a key that is not kept',
    ways: {
      'a dropped key is kept': {
        edits: agent('KeyHolder.drop', 'this.#release();', KEPT),
        shownBy: 'a key of a peer',
        saying: /dropped: in locked memory, though it had to be gone/,
      },
      'a replaced key is kept': {
        edits: agent('KeyHolder.offer', 'this.#release();', KEPT),
        saying: /replaced by a newer one: in locked memory, though it had to be gone/,
      },
      'a key with a wrong certificate is kept': {
        edits: agent(
          'KeyHolder.receive',
          'if (outcome?.held === undefined) offered.signingKey.release();',
          'globalThis.kept = offered.signingKey;',
        ),
        saying: /another pool certified it: in locked memory, though it had to be gone/,
      },
      'the close wipes nothing': {
        edits: agent(
          'KeyHolder.close',
          'this.#snapshots.abort();\n    this.#release();',
          'globalThis.kept = this.#held;',
        ),
        shownBy: 'close() while a push is stuck',
        saying: ERASED,
      },
    },
  },
  '9a': {
    rule: 'all locked memory is wiped at exit',
    shownBy: 'the end of the process: process.exit',
    saying: ERASED,
    ways: { 'no memory is wiped at exit': emptied('mlocked-bytes', 'zeroMappings') },
  },
  '9b': {
    rule: 'the packages install no signal handler',
    shownBy: 'the end of the process: SIGTERM, handled',
    saying: UNTRUE,
    ways: {
      'a package listens for SIGTERM': bytes(
        'MAX_SLAB_PAGES',
        '16',
        '(process.on("SIGTERM", () => process.exit(1)), 16)',
      ),
    },
  },
  '10a': {
    rule: 'every scan finds the canary and the live secrets',
    shownBy: 'seed: clone',
    ways: {
      'the canary is not in ordinary memory': {
        edits: emptied('proof', 'plantCanary'),
        saying: /the canary was not found/,
      },
      'the needles are not the secrets of the process': {
        edits: proof('subjectOf', 'secret.unmaskInto(memory)', 'void memory.fill(1)'),
        saying: /not found in locked memory, where it has to be/,
      },
    },
  },
  '10b': {
    rule: 'the rules hold for an ordinary user under a small lock limit',
    shownBy: 'the lock limit: no memory may be locked at all',
    saying: REFUSED,
    ways: { 'the process runs as a user without a lock limit': [] },
  },
  'forward security': {
    rule: 'no secret remains that could sign an earlier period',
    saying: ERASED,
    ways: {
      'a used seed is kept': {
        edits: [
          sum('KeyScratch.constructor', '[...calls, ', '[calls[0], '),
          sum('KeyScratch.#pathTo', '...this.#toTheRight[level]!', 'this.#toTheRight[level][0]'),
        ],
        shownBy: 'Sum6: updateTo',
      },
      'a skipped seed is kept': {
        edits: sum(
          'KeyScratch.#callsDown',
          '...this.#toTheRight[level]!',
          'this.#toTheRight[level][0]',
        ),
        shownBy: 'Sum6: updateTo',
      },
      'the old key is kept': {
        edits: sum(
          'SumKesSigningKey.#moveTo',
          'copySecret(unsoundMemory(this), scratch.secrets);',
          'globalThis.old = this.clone(); copySecret(unsoundMemory(this), scratch.secrets);',
        ),
        shownBy: 'Sum6: update',
      },
    },
  },
};

/** The ways to break a rule, each with all that is stated for it. */
export function breakagesOf({ ways, ...shared }: Rule): [string, Breakage][] {
  return Object.entries(ways).map(([how, way]) => {
    const stated = 'edits' in way ? way : { edits: way };
    const { shownBy, saying, ...rest } = { ...shared, ...stated };
    if (shownBy === undefined || saying === undefined) throw new Error(`${how}: shown by nothing`);
    return [how, { ...rest, shownBy, saying, edits: [stated.edits].flat() }];
  });
}
