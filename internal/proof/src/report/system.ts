import { cpus, release } from 'node:os';
import { sodiumVersion } from '../child/raw-sodium.js';

/** The system on which the results were measured. */
export interface System {
  readonly date: string;
  readonly processor: string;
  readonly kernel: string;
  readonly node: string;
  readonly sodiumNative: string;
  readonly user: string;
}

/** Describes this machine. */
export function thisSystem(): System {
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: `${cpus()[0]?.model.trim() ?? 'unknown'} (${process.arch})`,
    kernel: `Linux ${release().split('.').slice(0, 2).join('.')}`,
    node: process.version,
    sodiumNative: sodiumVersion(),
    user: process.getuid?.() === 0 ? 'root' : 'an ordinary user',
  };
}

/** The description in one line. */
export function describeSystem(system: System): string {
  const { date, processor, kernel, node, sodiumNative, user } = system;
  return `${date}, ${processor}, ${kernel}, Node ${node}, sodium-native ${sodiumNative}, as ${user}`;
}
