import { build } from '../../tsup.shared.js';

// The programs that the tests start as processes of their own. All of it lies in `dist` itself (`places.ts`).
export default build(
  { 'abuse-child': 'src/abuse-child.ts', scenarios: 'src/scenarios.ts' },
  // The packages under test are devDependencies, which would be bundled.
  { external: [/^@evolock\//] },
);
