import { Worker } from 'node:worker_threads';
import type { CheckpointTask } from './checkpoint-worker.js';

/**
 * Copies what was committed from the log into the file, in a thread of its own: of a busy hub that is hundreds of pages
 * and a wait for the disk several times a second, and while somebody reads a large total each commit would try in vain.
 */
export class CheckpointThread {
  private readonly worker: Worker;

  /** @param failed The thread has ended; commits have to do it again. */
  constructor(records: string, failed: (error: Error) => void) {
    const workerData: CheckpointTask = { records };
    this.worker = new Worker(new URL('./checkpoint-worker.js', import.meta.url), { workerData });
    this.worker.on('error', failed);
    this.worker.unref();
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }
}
