import type { Deliveries } from '../../src/federation/core/deliveries.js';
import type { OwnHistory } from '../../src/federation/core/own-history.js';
import type { RelayedCards } from '../../src/federation/core/relayed-cards.js';
import type { TotalSnapshot } from '../../src/federation/core/total-board.js';
import { envelopeId, signEnvelope } from '../../src/protocol/envelope.js';
import { decodeHyll, encodeHyll } from '../../src/sketch/hyll.js';
import { Sketch } from '../../src/sketch/sketch.js';
import type { Visit } from '../../src/storage/count-store.js';
import type { LedgerReport } from '../../src/storage/ledger.js';
import type { TestNode } from '../federation/core-network.js';
import type { Fault, Sabotage } from './simulation.js';

const FIVE_MINUTES_MS = 300_000;

/** Breaks a node, and again after each restart. */
function always(node: TestNode, breakIt: (node: TestNode) => void): void {
  const restart = node.restart.bind(node);
  node.restart = async (network) => {
    await restart(network);
    breakIt(node);
  };
  breakIt(node);
}

/** Puts something between a node and what it stores. */
function between(
  node: TestNode,
  store: (
    report: LedgerReport,
    sketches: ReadonlyMap<string, Uint8Array>,
    decision: Parameters<TestNode['records']['ledger']['store']>[2],
    keep: TestNode['records']['ledger']['store'],
  ) => Promise<void>,
): void {
  const keep = node.records.ledger.store.bind(node.records.ledger);
  node.records.ledger.store = (report, sketches, decision) => store(report, sketches, decision, keep);
}

function counting(node: TestNode, change: (visits: readonly Visit[]) => readonly Visit[]): void {
  const record = node.counts.recordBatch.bind(node.counts);
  node.counts.recordBatch = (visits, key) => record(change(visits), key);
}

/** Some are only met where somebody lies, or something was lost. */
export const NEEDED: Readonly<Record<string, readonly Fault[]>> = {
  'counts what it holds back': ['liars'],
  'keeps the key of an epoch that is over': ['epoch'],
  'lets contradictions pass': ['liars'],
  'takes nothing back after it was restored': ['backups', 'crashes'],
  'ignores a removal': ['removals'],
  'offers no origin again that was not wanted once': ['backups', 'removals'],
  'ignores the cards that are brought': ['new keys'],
  'believes what it is told of its own reports': ['liars'],
};

/** Ways in which a node could be wrong, each of which breaks a promise that the simulation looks at. */
export const SABOTAGES: Record<string, Sabotage> = {
  'takes whatever comes last, whatever its number': ({ sites }) => {
    for (const { node } of sites) {
      always(node, ({ federation }) => {
        const intake = Reflect.get(federation, 'intake') as object;
        Reflect.set(intake, 'compare', async () => 'new');
      });
      between(node, async (report, sketches, decision, keep) => {
        await node.records.ledger.removeOrigin(report.origin, report.day);
        await keep(report, sketches, decision);
      });
    }
  },
  'counts what it holds back': ({ sites }) => {
    for (const { node } of sites) {
      const { ledger } = node.records;
      const slots = ledger.slots.bind(ledger);
      ledger.slots = async (from, to) =>
        (await slots(from, to)).map(({ accepted }) => ({ accepted, counted: accepted }));
    }
  },
  'keeps the key of an epoch that is over': ({ sites }) => {
    for (const { node } of sites)
      always(node, ({ keys }) => {
        const turn = keys.turn.bind(keys);
        keys.turn = () => turn(false);
      });
  },
  'counts a day under both keys of two epochs': ({ sites }) => {
    for (const { node } of sites)
      between(node, async (report, sketches, decision, keep) => {
        const union = new Map([...sketches].map(([digest, bytes]) => [digest, bothOf(sketches) ?? bytes]));
        await keep(report, union, decision);
      });
  },
  'takes a sketch that is not the one that was signed': ({ sites }) => {
    for (const { node } of sites)
      between(node, async (report, sketches, decision, keep) => {
        const empty = encodeHyll(new Sketch());
        const others = new Map([...sketches.keys()].map((digest) => [digest, empty]));
        await keep(report, report.origin === node.nodeId ? sketches : others, decision);
      });
  },
  'lets contradictions pass': ({ sites }) => {
    for (const { node } of sites)
      always(node, ({ federation }) => {
        federation.membership.quarantine = async () => false;
      });
  },
  'relays a report in another envelope': ({ shape, sites }) => {
    if (shape !== 'ring') return;
    for (const { node } of sites)
      always(node, ({ federation, nodeId }) => {
        const pull = federation.answers.pull.bind(federation.answers);
        federation.answers.pull = async (caller, body) => {
          const answer = await pull(caller, body);
          const changed = answer.reports.map((text) =>
            text.includes(nodeId) ? text : text.replace(/"sig":"..../, '"sig":"AAAA'),
          );
          return { ...answer, reports: changed };
        };
      });
  },
  'gives a number to two reports': ({ counting: sites }) => {
    for (const { node } of sites)
      between(node, async (report, sketches, decision, keep) => {
        if (decision.rule !== 'own') return keep(report, sketches, decision);
        const seq = Math.floor(report.seq / FIVE_MINUTES_MS) * FIVE_MINUTES_MS;
        const said = { ...report.report, seq };
        const envelope = signEnvelope('report', said, node.key);
        await node.records.ledger.removeOrigin(report.origin, report.day);
        const stored = { ...report, seq, report: said, envelope, reportId: envelopeId(envelope) };
        await keep(stored, sketches, { ...decision, seq });
      });
  },
  'takes nothing back after it was restored': ({ counting: sites }) => {
    for (const { node } of sites)
      always(node, ({ federation }) => {
        federation.own.takeBack = async ({ reports }) =>
          reports.map(() => ({ outcome: 'refused' as const, reason: 'none' }));
      });
  },
  'believes what it is told of its own reports': ({ counting: sites }) => {
    for (const { node } of sites)
      always(node, ({ federation: { own } }) => {
        const heedNamed = own.heedNamed.bind(own);
        own.heedNamed = (named) => {
          const isUnknown = heedNamed(named);
          const history = Reflect.get(own, 'history') as OwnHistory;
          if (isUnknown) void history.alarm(named, 'somebody');
          return isUnknown;
        };
      });
  },
  'answers before a visit is stored': ({ counting: sites }) => {
    for (const { node } of sites) {
      let held: readonly Visit[] = [];
      counting(node, (visits) => {
        const before = held;
        held = visits;
        return before;
      });
    }
  },
  'takes a report for another origin’s': ({ sites }) => {
    for (const { node } of sites) {
      const other = sites.find(({ nodeId }) => nodeId !== node.nodeId)!.nodeId;
      between(node, (report, sketches, decision, keep) =>
        report.origin === node.nodeId
          ? keep(report, sketches, decision)
          : keep({ ...report, origin: other }, sketches, { ...decision, origin: other }),
      );
    }
  },
  'loses visits that it acknowledged': ({ counting: sites }) => {
    for (const { node } of sites) {
      let calls = 0;
      counting(node, (visits) => (calls++ % 5 === 4 ? visits.slice(1) : visits));
    }
  },
  'counts people who were not there': ({ counting: sites }) => {
    for (const { node } of sites)
      counting(node, (visits) =>
        visits.map((visit) => ({
          ...visit,
          sightings: visit.sightings.flatMap((one) => [
            one,
            { ...one, visitorId: one.visitorId.slice().reverse() },
          ]),
        })),
      );
  },
  'forgets to count under the key of the next epoch': ({ counting: sites }) => {
    for (const { node } of sites)
      counting(node, (visits) =>
        visits.map((visit) => ({ ...visit, sightings: visit.sightings.slice(0, 1) })),
      );
  },
  'ignores a removal': ({ hub }) => {
    if (hub)
      always(hub.node, ({ federation }) => {
        federation.membership.remove = async (nodeId) => federation.membership.peer(nodeId);
      });
  },
  'holds a key at a blind hub': ({ hub, counting: sites }) => {
    if (hub)
      always(hub.node, ({ keys }) =>
        Object.defineProperty(keys, 'current', { get: () => sites[0]!.node.keys.current }),
      );
  },
  'relays nothing': ({ shape, counting: sites }) => {
    if (shape !== 'ring' || sites.length < 4) return;
    for (const { node } of sites) {
      const entries = node.records.ledger.entries.bind(node.records.ledger);
      node.records.ledger.entries = async (day, prefix) =>
        (await entries(day, prefix)).filter(({ origin }) => origin === node.nodeId);
    }
  },
  'introduces none of its members': ({ branches }) => {
    for (const { node } of branches)
      always(node, ({ federation }) => {
        for (const exchange of federation.exchanges)
          Reflect.set(exchange, 'introducing', { run: async () => true });
      });
  },
  'offers no origin again that was not wanted once': ({ sites }) => {
    for (const { node } of sites)
      always(node, ({ federation }) => {
        for (const exchange of federation.exchanges)
          (Reflect.get(exchange, 'deliveries') as Deliveries).hear = () => undefined;
      });
  },
  'ignores the cards that are brought': ({ sites }) => {
    for (const { node } of sites)
      always(node, ({ federation }) => {
        (Reflect.get(federation, 'cards') as RelayedCards).take = async () => undefined;
      });
  },
  'holds back what it should count': ({ sites }) => {
    for (const { node } of sites)
      between(node, (report, sketches, decision, keep) =>
        keep(report, sketches, {
          ...decision,
          verdict: report.origin === node.nodeId ? decision.verdict : 'hold',
        }),
      );
  },
  'publishes a total of yesterday': ({ sites }) => {
    for (const { node } of sites)
      always(node, ({ federation: { board } }) => {
        const snapshot = board.snapshot.bind(board);
        let first: TotalSnapshot | null = null;
        board.snapshot = async () => {
          first ??= await snapshot();
          return first;
        };
      });
  },
  'loses a report that it said it had taken': ({ sites }) => {
    for (const { node } of sites) {
      let calls = 0;
      between(node, async (report, sketches, decision, keep) => {
        if (report.origin === node.nodeId || calls++ % 4 !== 3) await keep(report, sketches, decision);
      });
    }
  },
  'makes a total of other inputs than it names': ({ sites }) => {
    for (const { node } of sites)
      always(node, ({ federation: { board } }) => {
        const snapshot = board.snapshot.bind(board);
        board.snapshot = async () => {
          const made = await snapshot();
          return made && { ...made, slots: made.slots.slice(1) };
        };
      });
  },
};

/** All people of a day, under whatever key, in one sketch; null where there is one key only. */
function bothOf(sketches: ReadonlyMap<string, Uint8Array>): Uint8Array | null {
  if (sketches.size < 2) return null;
  const union = new Sketch();
  for (const bytes of sketches.values()) union.merge(decodeHyll(bytes));
  return encodeHyll(union);
}
