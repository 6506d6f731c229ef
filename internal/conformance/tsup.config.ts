import { build } from '../../tsup.shared.js';

// The process that the tests drive. The packages are devDependencies, which would be bundled; `test-keys` is bundled, without
// its tests for vitest.
export default build(['src/serve.ts'], {
  external: ['vitest', /^@evolock\/(?!test-keys|test-support)/],
});
