/** The rows of the table that are times, with their targets. */
import { pooledAllocator, verifyMany, type KesVerification } from '@evolock/kes-sum';
import { praosVrf as vrfInJavaScript, sum6Kes as inJavaScript } from '@evolock/kes-verify';
import { praosVrf } from '@evolock/vrf-praos';
import { algorithmOf, newKey, type Keep } from '../operations/bench-keys.js';
import { often, once, severalTimes, timed, type Candidate } from '../timing/candidate.js';
import { sodium } from '../operations/bare.js';
import * as operations from '../operations/operations.js';
import * as vrf from '../operations/vrf.js';
import type { Peers } from '../operations/peers.js';
import type { Plan, Target } from './row.js';

const { bare } = operations;
const sum6 = algorithmOf('sum', 6);
const compact6 = algorithmOf('compact', 6);
const sum12 = algorithmOf('sum', 12);

const atMost = (value: number): Target => ({ kind: 'at most', value });
const atLeast = (value: number): Target => ({ kind: 'at least', value });

/** Operations that take a millisecond or more. */
const LONG = { samples: 8, slice: 60 };

function plan(
  operation: string,
  subject: Candidate,
  compared: Candidate,
  times: number,
  target: Target | undefined,
  rest: { peers?: readonly Candidate[]; effort?: Plan['effort'] } = {},
): Plan {
  const { peers = [], effort = {} } = rest;
  return {
    operation,
    subject,
    bare: severalTimes(times, compared),
    target,
    peers: peers.map((peer) => severalTimes(times, peer)),
    effort,
  };
}

/** All rows. The caller releases the values that they keep. */
export function timePlans(keep: Keep, peers: Peers): Plan[] {
  const keyPairs = { peers: peers.keyPair };
  return [
    plan('Sum6 sign, 256 bytes', operations.sign(keep, sum6), bare.sign, 1, atMost(1.04), {
      peers: peers.sign,
    }),
    plan(
      'CompactSum6 sign, 256 bytes',
      operations.sign(keep, compact6),
      bare.sign,
      1,
      atMost(1.04),
      { peers: peers.sign },
    ),
    plan('Sum6 verify', operations.verify(sum6), bare.verify, 1, atMost(1.06), {
      peers: peers.verify,
    }),
    plan('CompactSum6 verify', operations.verify(compact6), bare.verify, 1, atMost(1.06), {
      peers: peers.verify,
    }),
    plan(
      'Sum6 verify without native code',
      operations.verify(sum6, { name: 'kes-verify', verifier: inJavaScript }),
      operations.verify(sum6),
      1,
      undefined,
    ),
    plan('Sum6 key generation', operations.generate(keep, sum6), bare.keyPair, 64, atMost(1.1), {
      ...keyPairs,
      effort: LONG,
    }),
    plan(
      'Sum6 update, the costliest step',
      operations.costliestUpdate(keep, sum6),
      bare.keyPair,
      1,
      atMost(1.35),
      keyPairs,
    ),
    plan(
      'Sum12 update, the costliest step',
      operations.costliestUpdate(keep, sum12),
      bare.keyPair,
      1,
      atMost(2),
      keyPairs,
    ),
    plan(
      'Sum6, all 63 updates',
      operations.allUpdates(keep, sum6),
      bare.keyPair,
      63,
      atMost(1.15),
      {
        ...keyPairs,
        effort: LONG,
      },
    ),
    plan(
      'DirectSerialise of a Sum6 key into locked memory',
      operations.serialise(keep, sum6),
      operations.serialiseTheOrdinaryWay(keep, sum6),
      1,
      atLeast(6),
    ),
    plan(
      'Sum6 checked read',
      operations.checkedRead(keep, sum6),
      operations.generate(keep, sum6),
      1,
      atMost(1.1),
      { effort: LONG },
    ),
    ...vrf.vrfs.flatMap(({ algorithm, prepare }) => [
      plan(
        `${algorithm.name} prove`,
        vrf.prove(keep, algorithm),
        vrf.bareVrf(prepare).prove,
        1,
        atMost(1.2),
      ),
      plan(
        `${algorithm.name} verify`,
        vrf.verify(algorithm),
        vrf.bareVrf(prepare).verify,
        1,
        atMost(1.2),
      ),
    ]),
    plan(
      'PraosVRF verify without native code',
      vrf.verify(praosVrf, vrfInJavaScript),
      vrf.verify(praosVrf),
      1,
      undefined,
    ),
    plan(
      'allocate, wipe and give back 32 bytes',
      often('pooledAllocator', 1000, () => pooledAllocator.allocate(32).release()),
      ordinaryAllocations(),
      1,
      atLeast(120),
    ),
    bulkPlan(),
  ];
}

const ALLOCATIONS = 32;

/** libsodium frees memory one turn of the event loop later. That cost is not measured. */
function ordinaryAllocations(): Candidate {
  return timed('sodium_malloc, sodium_free', async () => {
    const start = performance.now();
    for (let done = 0; done < ALLOCATIONS; done += 1) sodium.sodium_free(sodium.sodium_malloc(32));
    const took = performance.now() - start;
    await new Promise(setImmediate);
    return took / ALLOCATIONS;
  });
}

/** Valid signatures of every period, repeated. */
export function goodItems(count: number): KesVerification[] {
  const signingKey = newKey(sum6);
  const verificationKey = signingKey.deriveVerificationKey();
  const distinct = Array.from({ length: sum6.totalPeriods }, (_, period) => {
    signingKey.updateTo(period);
    const signed = operations.message.map((byte) => byte ^ period);
    return { verificationKey, period, message: signed, signature: signingKey.sign(signed) };
  });
  signingKey.release();
  return Array.from({ length: count }, (_, index) => distinct[index % distinct.length]!);
}

const BULK = 64;

function bulkPlan(): Plan {
  const items = goodItems(BULK);
  const single = once('one by one', () => {
    for (const { verificationKey, period, message, signature } of items) {
      sum6.verify(verificationKey, period, message, signature);
    }
  });
  return plan(
    `verifyMany of ${BULK} Sum6 signatures`,
    once('verifyMany', () => verifyMany(sum6, items)),
    single,
    1,
    atMost(1.01),
    { effort: LONG },
  );
}
