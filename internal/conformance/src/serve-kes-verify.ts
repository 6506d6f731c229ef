/** `node serve-kes-verify.js`: the package that verifies without native code, as a process for the runner. */
import * as verify from '@evolock/kes-verify';
import type { Implementation, KesAlgorithmKind, VrfAlgorithmName } from '@evolock/test-vectors';
import { serve } from '../../../packages/test-vectors/test/support/server.js';

const vrfs = { PraosVRF: verify.praosVrf, PraosBatchCompatVRF: verify.praosBatchCompatVrf };

// It has no methods that make keys or sign, and the runner calls none.
const implementation = {
  verifiesOnly: true,
  dsign: verify.ed25519,
  vrf: (name: VrfAlgorithmName) => vrfs[name],
  kes(algorithm: KesAlgorithmKind, depth: number) {
    const isSingle = algorithm === 'single' || algorithm === 'compactSingle';
    if (isSingle && depth > 0) return undefined;
    const isCompact = algorithm.startsWith('compact');
    const ofDepth = isCompact ? verify.compactSumKesOfDepth : verify.sumKesOfDepth;
    return ofDepth(verify.ed25519, depth);
  },
} as unknown as Implementation;

await serve(implementation, '@evolock/kes-verify');
