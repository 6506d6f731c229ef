/** The built package as a process for the conformance runner: `evolock-conformance -- node stdio-server.mjs`. */
import { serveImplementation } from '@evolock/test-vectors';
import { MLockedSeed, praosBatchCompatVrf, praosVrf } from '@evolock/vrf-praos';

const vrfs = { PraosVRF: praosVrf, PraosBatchCompatVRF: praosBatchCompatVrf };

/** Uses the key of a seed for one call. */
function withKey(vrf, bytes, use) {
  const seed = MLockedSeed.fromBytes(bytes);
  const key = vrf.generateKey(seed);
  seed.release();
  try {
    return use(key);
  } finally {
    key.release();
  }
}

await serveImplementation(
  {
    vrf(name) {
      const vrf = vrfs[name];
      return {
        deriveVerificationKey: (seed) => withKey(vrf, seed, (key) => key.deriveVerificationKey()),
        prove: (seed, alpha) => withKey(vrf, seed, (key) => key.prove(alpha)),
        verify: vrf.verify,
        outputOf: vrf.outputOf,
      };
    },
  },
  { name: '@evolock/vrf-praos' },
);
