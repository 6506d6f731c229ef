import { build } from '../tsup.shared.js';

/** Each program is one file, which can be started as a process or as a thread. */
export default build(
  {
    'one-key-life': 'one-key-life/main.ts',
    'second-process': 'one-key-life/second-process.ts',
    'hand-over': 'one-key-life/hand-over.ts',
    service: 'service.ts',
    'compose-a-depth': 'compose-a-depth.ts',
    'own-sink': 'own-sink.ts',
    'key-in-a-file': 'key-in-a-file.ts',
    'key-to-a-worker': 'key-to-a-worker.ts',
    'pool-keys': 'pool-keys.ts',
    'block-producer': 'block-producer.ts',
    'cold-device': 'cold-device.ts',
    agent: 'agent.ts',
    'dmq-message': 'dmq-message.ts',
    'sealed-log': 'sealed-log.ts',
    'verify-a-stream': 'verify-a-stream.ts',
    'scan-for-copies': 'scan-for-copies.ts',
  },
  // A dependency of development would be put into the bundle. This one starts a program of its own.
  { splitting: false, external: ['@evolock/memory-scan'] },
);
