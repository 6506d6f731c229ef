import { build } from '../../tsup.shared.js';

// The program that the tests start as a process of its own.
export default build(
  { 'abuse-child': 'src/abuse-child.ts' },
  // The packages under test are devDependencies, which would be bundled.
  { external: [/^@evolock\//] },
);
