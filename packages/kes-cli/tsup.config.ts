import { build } from '../../tsup.shared.js';

// A program: nothing imports it, so it has no types. Its threads load their own module.
export default build(
  { main: 'src/main.ts', 'header-worker': 'src/headers/worker.ts' },
  { dts: false },
);
