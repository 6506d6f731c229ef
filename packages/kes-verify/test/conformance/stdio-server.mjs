/** The built package as a process for the conformance runner: `evolock-conformance -- node stdio-server.mjs`. */
import * as verify from '@evolock/kes-verify';
import { serveImplementation } from '@evolock/test-vectors';

const vrfs = { PraosVRF: verify.praosVrf, PraosBatchCompatVRF: verify.praosBatchCompatVrf };

await serveImplementation(
  {
    verifiesOnly: true,
    dsign: verify.ed25519,
    vrf: (name) => vrfs[name],
    kes(algorithm, depth) {
      const isSingle = algorithm === 'single' || algorithm === 'compactSingle';
      if (isSingle && depth > 0) return undefined;
      const isCompact = algorithm.startsWith('compact');
      const ofDepth = isCompact ? verify.compactSumKesOfDepth : verify.sumKesOfDepth;
      return ofDepth(verify.ed25519, depth);
    },
  },
  { name: '@evolock/kes-verify' },
);
