import { build } from '../../tsup.shared.js';

// What a person starts, and what has to run in processes of its own. All of it lies in `dist` itself (`places.ts`).
export default build({
  main: 'src/main.ts',
  'million-headers': 'src/million-headers.ts',
  allocations: 'src/allocations.ts',
  'child-agent': 'src/processes/child-agent.ts',
  'child-agent-server': 'src/processes/child-agent-server.ts',
  'child-allocations': 'src/processes/child-allocations.ts',
  'child-functions': 'src/processes/child-functions.ts',
  'child-headers': 'src/processes/child-headers.ts',
  'child-import': 'src/processes/child-import.ts',
  'child-keys': 'src/processes/child-keys.ts',
  'child-memory': 'src/processes/child-memory.ts',
});
