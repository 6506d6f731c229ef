import { build } from '../../tsup.shared.js';

// The programs that the tests start as processes of their own. All of it lies in `dist` itself (`places.ts`).
export default build(
  {
    'abuse-child': 'src/abuse-child.ts',
    'mapping-cycles': 'src/scenarios/mapping-cycles.ts',
    'pool-cycles': 'src/scenarios/pool-cycles.ts',
    refusal: 'src/scenarios/refusal.ts',
    'worker-pool': 'src/scenarios/worker-pool.ts',
  },
  // The packages under test are devDependencies, which would be bundled.
  { external: [/^@evolock\//] },
);
