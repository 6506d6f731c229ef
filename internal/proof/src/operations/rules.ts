import { directSerialiseTo, type Push } from '@evolock/direct-serialise';
import { ed25519 } from '@evolock/dsign-ed25519';
import { sumKesOfDepth } from '@evolock/kes-sum';
import { mappingAllocator, MLockedBytes, PooledAllocator } from '@evolock/mlocked-bytes';
import { MLockedSeed } from '@evolock/mlocked-seed';
import { praosVrf } from '@evolock/vrf-praos';
import { goneRoot, liveKey, liveRoot } from '../secrets/expectation.js';
import { keyOf } from './kes.js';
import { lockedCopy } from './locked-memory.js';
import { holds, layer, MESSAGE, once, refused, type Operation, type Subject } from './operation.js';

const sum1Kes = sumKesOfDepth(1);

const SIZE = 32;
const MANY = 3_000;
/** More mappings than the allocator keeps until the next turn of the event loop. */
const MORE_THAN_WAIT = 600;
/** Slabs of 1, 2, 4, 8 and 16 pages hold {@link MANY} secrets. */
const FEW = 5;

const rule = layer('rules');

/** A view that is kept after its callback returned and its mapping was released. */
function keptView(subject: Subject): Uint8Array {
  using bytes = lockedCopy(subject, mappingAllocator);
  let kept: Uint8Array = new Uint8Array(1);
  bytes.withBytes((memory) => {
    kept = memory;
  });
  return kept;
}

function detached(): Uint8Array {
  const bytes = new Uint8Array(new ArrayBuffer(8));
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}

const notBytes: readonly unknown[] = [
  new Uint16Array(8),
  new DataView(new ArrayBuffer(8)),
  new Uint8Array(new SharedArrayBuffer(8)),
  // Memory that may shrink.
  new Uint8Array(new ArrayBuffer(8, { maxByteLength: 16 })),
  detached(),
  Object.create(Uint8Array.prototype),
  'text',
  undefined,
];

/** Callbacks that try to keep a view after the call that lent it. */
const escapes: Readonly<Record<string, (memory: Uint8Array) => unknown>> = {
  'the view': (memory) => memory,
  'a part of it': (memory) => memory.subarray(8),
  'its buffer': (memory) => memory.buffer,
  'a promise': () => Promise.resolve(),
  'an iterator': function* (memory) {
    yield memory[0];
  },
};

/** Tries the named escapes on every value that lends a view. All are refused. */
function refuseEscapes(names: readonly string[], subject: Subject): unknown[] {
  const seed = subject.seed();
  const bytes = lockedCopy(subject);
  const mapped = lockedCopy(subject, mappingAllocator);
  const kesKey = keyOf(sum1Kes, subject);
  for (const name of names) {
    const escape = escapes[name] as (memory: Uint8Array) => void;
    const lenders = [seed, bytes, mapped];
    for (const each of lenders) refused('ERR_EVOLOCK_VIEW_ESCAPE', () => each.withBytes(escape));
    for (const each of [seed, bytes, kesKey]) {
      refused('ERR_EVOLOCK_VIEW_ESCAPE', () => each.directSerialise(escape));
    }
  }
  // The scan looks only for the root seed, so the key is released.
  kesKey.release();
  return [seed, bytes, mapped];
}

/** Operations for the rules that a scan alone cannot check. */
export const ruleOperations: readonly Operation[] = [
  layer('rules', { lockLimit: 1_024 })('many secrets lie in few regions', liveRoot, (subject) => {
    const allocator = new PooledAllocator();
    const many = Array.from({ length: MANY }, () => MLockedBytes.newZeroed(SIZE, { allocator }));
    many.at(-1)?.withBytes(subject.plant);
    const { regions } = allocator.usage();
    holds(regions <= FEW, `${MANY} secrets in ${FEW} regions, not in ${regions}`);
    return many;
  }),
  rule('the release of a neighbour in the same page', liveRoot, (subject) => {
    const seed = subject.seed();
    const neighbours = [seed.clone(), seed.clone()];
    for (const each of neighbours) each.release();
    holds(seed.equals(seed.clone()), 'the remaining seed is unchanged');
    return seed;
  }),
  rule('every use after the release', goneRoot, (subject) => {
    const seed = subject.seed();
    const bytes = lockedCopy(subject);
    const leafKey = ed25519.generateKey(seed);
    const kesKey = sum1Kes.generateKey(seed);
    for (const each of [seed, bytes, leafKey, kesKey]) each.release();
    const nothing = (): void => undefined;
    const uses = [
      () => seed.withBytes(nothing),
      () => seed.expand(),
      () => seed.clone(),
      () => seed.equals(seed),
      () => seed.directSerialise(nothing),
      () => bytes.withBytes(nothing),
      () => bytes.zero(),
      () => bytes.clone(),
      () => bytes.equals(bytes),
      () => bytes.directSerialise(nothing),
      () => ed25519.generateKey(seed),
      () => leafKey.sign(MESSAGE),
      () => leafKey.seed(),
      () => leafKey.clone(),
      () => leafKey.deriveVerificationKey(),
      () => leafKey.directSerialise(nothing),
      () => sum1Kes.generateKey(seed),
      () => kesKey.sign(MESSAGE),
      () => kesKey.update(),
      () => kesKey.updateTo(1),
      () => kesKey.clone(),
      () => kesKey.deriveVerificationKey(),
      () => kesKey.directSerialise(nothing),
    ];
    for (const use of uses) refused('ERR_EVOLOCK_RELEASED', use);
  }),
  rule('a key that is released while it is written', goneRoot, (subject) => {
    const key = keyOf(sum1Kes, subject);
    refused('ERR_EVOLOCK_RELEASED', () => key.directSerialise(() => key.release()));
  }),
  rule('a push that is kept', liveRoot, (subject) => {
    const seed = subject.seed();
    let kept: Push | undefined;
    const value = {
      directSerialise(push: Push): void {
        kept = push;
        seed.directSerialise(push);
      },
    };
    directSerialiseTo(() => undefined, SIZE, value);
    refused('ERR_EVOLOCK_PROTOCOL', () => kept?.(new Uint8Array(1)));
    return seed;
  }),
  rule('a view, a part of it or its buffer that would leave a callback', liveRoot, (subject) =>
    refuseEscapes(['the view', 'a part of it', 'its buffer'], subject),
  ),
  rule('a promise or an iterator that would keep a view', liveRoot, (subject) =>
    refuseEscapes(['a promise', 'an iterator'], subject),
  ),
  // When one turn releases many mappings, as in a warm run, a mapping is reused and its view is not detached.
  layer('rules', once)('a view that is kept on a mapping of its own', goneRoot, (subject) => {
    const kept = keptView(subject);
    holds(kept.byteLength === 0, 'a kept view is empty after the release');
    return kept;
  }),
  rule('many views that are kept on mappings of their own', goneRoot, (subject) => {
    const kept = Array.from({ length: MORE_THAN_WAIT }, () => keptView(subject));
    holds(
      kept.every((view) => view.byteLength === 0 || view.every((byte) => byte === 0)),
      'a kept view is empty or zero after the release',
    );
    return kept;
  }),
  rule('arguments that native code must not see', liveKey(false), (subject) => {
    const seed = subject.seed();
    const keys = [ed25519.generateKey(seed), praosVrf.generateKey(seed)] as const;
    for (const message of notBytes) {
      refused('ERR_EVOLOCK_ARGUMENT_TYPE', () => keys[0].sign(message as Uint8Array));
      refused('ERR_EVOLOCK_ARGUMENT_TYPE', () => keys[1].prove(message as Uint8Array));
    }
    return [seed, keys];
  }),
  rule('bytes of another length', liveKey(true), (subject) => {
    const seed = subject.seed();
    using longer = MLockedSeed.newZeroed(SIZE + 1);
    refused('ERR_EVOLOCK_ARGUMENT_VALUE', () => ed25519.generateKey(longer as MLockedSeed<32>));
    const key = ed25519.generateKey(seed);
    const verificationKey = key.deriveVerificationKey();
    const signature = key.sign(MESSAGE);
    const surplus = Uint8Array.from([...signature, 0]);
    holds(!ed25519.verify(verificationKey, MESSAGE, surplus), 'a longer signature does not verify');
    return [seed, key];
  }),
];
