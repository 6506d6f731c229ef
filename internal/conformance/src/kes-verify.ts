/** The package that verifies without native code, as the conformance runner drives it. */
import * as verify from '@evolock/kes-verify';
import type { Implementation, KesAlgorithmKind, VrfAlgorithmName } from '@evolock/test-vectors';

const vrfs = { PraosVRF: verify.praosVrf, PraosBatchCompatVRF: verify.praosBatchCompatVrf };

/** Its verifiers, by the names of the vectors. */
export const verifiers = {
  dsign: verify.ed25519,
  vrf: (name: VrfAlgorithmName) => vrfs[name],
  kes(algorithm: KesAlgorithmKind, depth: number) {
    const isSingle = algorithm === 'single' || algorithm === 'compactSingle';
    if (isSingle && depth > 0) return undefined;
    const isCompact = algorithm.startsWith('compact');
    const ofDepth = isCompact ? verify.compactSumKesOfDepth : verify.sumKesOfDepth;
    return ofDepth(depth);
  },
};

/** It has no methods that make keys or sign, and the runner calls none. */
export const kesVerify = { ...verifiers, verifiesOnly: true } as unknown as Implementation;
