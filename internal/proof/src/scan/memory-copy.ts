import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { readMappings, scanFile, type Finding, type Mapping } from '@evolock/memory-scan';
import { scanWith, type Wanted } from './prove.js';
import type { Verdict } from './verdict.js';

const PIECE = 1_048_576;

/** A file with the content of mappings, all of them locked or none. */
interface Part {
  readonly path: string;
  /** The first of them. */
  readonly mapping: Mapping;
}

/** A copy of the memory of a stopped process, in files. It is scanned when the secrets of the process are known. */
export class MemoryCopy {
  readonly #parts: readonly Part[];

  constructor(pid: number, path: string) {
    const readable = readMappings(pid).filter(
      ({ permissions, resident }) => permissions.startsWith('r') && resident > 0,
    );
    this.#parts = [true, false].map((locked) => {
      const mappings = readable.filter((mapping) => mapping.locked === locked);
      const [mapping] = mappings;
      if (mapping === undefined) throw new Error(`no memory with locked = ${locked}`);
      const part = { path: `${path}-${locked ? 'locked' : 'unlocked'}`, mapping };
      copy(pid, mappings, part.path);
      return part;
    });
  }

  /** Scans the copy as the process would be scanned. */
  scanFor(wanted: Wanted): Verdict {
    return scanWith((needles, options) => {
      const findings = this.#parts.flatMap(({ path, mapping }) =>
        scanFile(path, needles, options).findings.map((hit): Finding => ({ ...hit, mapping })),
      );
      return { findings, unreadable: [] };
    }, wanted);
  }
}

function copy(pid: number, mappings: readonly Mapping[], path: string): void {
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  const file = openSync(path, 'w', 0o600);
  try {
    for (const { start, end, name } of mappings) {
      for (let at = start; at < end; at += PIECE) {
        if (!copyPiece(memory, file, at, Math.min(PIECE, end - at)) && !name.startsWith('[v'))
          throw new Error(`not readable: ${at.toString(16)} ${name}`);
      }
    }
  } finally {
    closeSync(file);
    closeSync(memory);
  }
}

/** Returns `false` when the kernel does not read this memory, which is the case for its own (`[vvar]`). */
function copyPiece(memory: number, file: number, at: number, size: number): boolean {
  const piece = Buffer.alloc(size);
  try {
    if (readSync(memory, piece, 0, size, at) !== size) return false;
  } catch {
    return false;
  }
  writeSync(file, piece);
  return true;
}
