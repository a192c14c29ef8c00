import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Records } from '../../src/storage/records.js';

/** How a contract suite gets at an adapter: a fresh one, and the same one again after a restart of the node. */
export interface RecordsHarness {
  open(): Promise<Records>;
  /** Closes and opens again; null for an adapter that forgets when it is closed. */
  reopen: ((records: Records) => Promise<Records>) | null;
  dispose(): Promise<void>;
}

export type MakeHarness = () => Promise<RecordsHarness>;

/** A new folder for one test, and how to remove it. */
export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'headcount-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
