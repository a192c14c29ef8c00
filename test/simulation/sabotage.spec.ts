import { describe, expect, it } from '@jest/globals';
import type { TotalSnapshot } from '../../src/federation/core/total-board.js';
import type { LedgerReport } from '../../src/storage/ledger.js';
import type { TestNode } from '../federation/core-network.js';
import { run } from './run.js';
import type { Sabotage } from './simulation.js';

const SEEDS_MAX = 20;

/** Breaks a node, and again after each restart. */
function always(node: TestNode, breakIt: (node: TestNode) => void): void {
  const restart = node.restart.bind(node);
  node.restart = async (network) => {
    await restart(network);
    breakIt(node);
  };
  breakIt(node);
}

/** Ways in which a node could be wrong, each of which breaks a promise that the simulation looks at. */
const SABOTAGE: Record<string, Sabotage> = {
  'gives a number to two reports': ({ counting }) => {
    for (const { records, nodeId } of counting) {
      const slot = records.ledger.slot.bind(records.ledger);
      records.ledger.slot = async (origin, day) => (origin === nodeId ? null : slot(origin, day));
    }
  },
  'takes a report for another origin’s': ({ nodes }) => {
    for (const { records, nodeId } of nodes) {
      const store = records.ledger.store.bind(records.ledger);
      const other = nodes.find((one) => one.nodeId !== nodeId)!.nodeId;
      records.ledger.store = (report: LedgerReport, sketches, decision) =>
        report.origin === nodeId
          ? store(report, sketches, decision)
          : store({ ...report, origin: other }, sketches, { ...decision, origin: other });
    }
  },
  'loses visits that it acknowledged': ({ counting }) => {
    for (const { counts } of counting) {
      const record = counts.recordBatch.bind(counts);
      let calls = 0;
      counts.recordBatch = (visits, key) => record(calls++ % 5 === 4 ? visits.slice(1) : visits, key);
    }
  },
  'counts people who were not there': ({ counting }) => {
    for (const { counts } of counting) {
      const record = counts.recordBatch.bind(counts);
      counts.recordBatch = (visits, key) =>
        record(
          visits.map((visit) => ({
            ...visit,
            sightings: visit.sightings.flatMap((one) => [
              one,
              { ...one, visitorId: one.visitorId.slice().reverse() },
            ]),
          })),
          key,
        );
    }
  },
  'forgets to count under the key of the next epoch': ({ counting }) => {
    for (const { counts } of counting) {
      const record = counts.recordBatch.bind(counts);
      counts.recordBatch = (visits, key) =>
        record(
          visits.map((visit) => ({ ...visit, sightings: visit.sightings.slice(0, 1) })),
          key,
        );
    }
  },
  'ignores a removal': ({ hub }) => {
    if (hub)
      always(hub, ({ federation }) => {
        federation.membership.remove = async (nodeId) => federation.membership.peer(nodeId);
      });
  },
  'holds a key at a blind hub': ({ hub, counting }) => {
    if (hub)
      always(hub, ({ keys }) =>
        Object.defineProperty(keys, 'current', { get: () => counting[0]!.keys.current }),
      );
  },
  'relays nothing': ({ shape, counting }) => {
    if (shape !== 'ring' || counting.length < 4) return;
    for (const { records, nodeId } of counting) {
      const entries = records.ledger.entries.bind(records.ledger);
      records.ledger.entries = async (day, prefix) =>
        (await entries(day, prefix)).filter(({ origin }) => origin === nodeId);
    }
  },
  'holds back what it should count': ({ nodes }) => {
    for (const { records, nodeId } of nodes) {
      const store = records.ledger.store.bind(records.ledger);
      records.ledger.store = (report, sketches, decision) =>
        store(report, sketches, {
          ...decision,
          verdict: report.origin === nodeId ? decision.verdict : 'hold',
        });
    }
  },
  'publishes a total of yesterday': ({ nodes }) => {
    for (const node of nodes)
      always(node, ({ federation: { board } }) => {
        const snapshot = board.snapshot.bind(board);
        let first: TotalSnapshot | null = null;
        board.snapshot = async () => {
          first ??= await snapshot();
          return first;
        };
      });
  },
  'loses a report that it said it had taken': ({ nodes }) => {
    for (const { records, nodeId } of nodes) {
      const store = records.ledger.store.bind(records.ledger);
      let calls = 0;
      records.ledger.store = async (report, sketches, decision) => {
        if (report.origin === nodeId || calls++ % 4 !== 3) await store(report, sketches, decision);
      };
    }
  },
  'makes a total of other inputs than it names': ({ nodes }) => {
    for (const node of nodes)
      always(node, ({ federation: { board } }) => {
        const snapshot = board.snapshot.bind(board);
        board.snapshot = async () => {
          const made = await snapshot();
          return made && { ...made, slots: made.slots.slice(1) };
        };
      });
  },
};

describe('the simulation finds a node that', () => {
  it.each(Object.entries(SABOTAGE))(
    '%s',
    async (_what, sabotage) => {
      for (let seed = 1; seed <= SEEDS_MAX; seed++) {
        const found = await run(seed, { sabotage }).then(
          () => null,
          (error: Error) => error,
        );
        if (found === null) continue;
        expect(found.cause).toMatchObject({ name: 'Violation' });
        expect(found.message).toContain(`npm run sim -- ${seed}`);
        return;
      }
      throw new Error(`not found in ${SEEDS_MAX} seeds`);
    },
    120_000,
  );
});
