import { build } from '../../tsup.shared.js';

// The processes that the tests drive. The packages are devDependencies, which would be bundled; `test-keys` is bundled, without
// its tests for vitest.
export default build(['src/serve.ts', 'src/serve-kes-verify.ts'], {
  external: ['vitest', /^@evolock\/(?!test-keys|test-support)/],
});
