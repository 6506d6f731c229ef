import { build } from '../../tsup.shared.js';

// What a person starts, and what has to run in processes of its own.
export default build(
  [
    'src/main.ts',
    'src/allocations.ts',
    'src/child-allocations.ts',
    'src/child-functions.ts',
    'src/child-import.ts',
    'src/child-keys.ts',
    'src/child-memory.ts',
  ],
  { dts: false },
);
