import { ManualClock } from '../../src/clock/clock.js';
import { addressOf, MemoryNetwork, TestNode } from '../federation/core-network.js';

const START_MS = Date.parse('2026-11-22T00:00:00Z');
const HOUR_MS = 3_600_000;
const REPORTS_AN_HOUR = 4;

/** Bytes of bodies, requests and answers together. */
export interface ExchangeBytes {
  /** Each hour of the day. */
  hours: number[];
  /** A round in which neither has anything new. */
  idleRound: number;
}

/** What a member sends to its hub and gets from it while so many people come in a day, evenly. */
export async function exchangeBytes(peopleADay: number): Promise<ExchangeBytes> {
  const clock = new ManualClock(START_MS - HOUR_MS);
  const network = new MemoryNetwork('exchange bytes');
  network.keepsRequests = false;
  let bytes = 0;
  const deliver = network.deliver.bind(network);
  network.deliver = async (request) => {
    const answer = await deliver(request);
    bytes += (request.body?.length ?? 0) + answer.body.length;
    return answer;
  };
  const hub = await TestNode.start(network, clock, { name: 'hub', role: 'hub', counting: false });
  const member = await TestNode.start(network, clock, {
    ...{ name: 'member', role: 'member', hub: addressOf('hub') },
  });
  await member.keys.found('Bytes', false);
  await hub.join(member.keys.line(false));
  await member.round();
  await hub.federation.approve(member.nodeId, { trusted: true });
  await member.round();
  const round = async () => {
    clock.advance(HOUR_MS / REPORTS_AN_HOUR);
    await hub.federation.round();
    const before = bytes;
    await member.federation.round();
    return bytes - before;
  };
  for (let rounds = 0; rounds < REPORTS_AN_HOUR; rounds++) await round();

  const people = peopleADay / 24 / REPORTS_AN_HOUR;
  const hours: number[] = [];
  let came = 0;
  for (let hour = 0; hour < 24; hour++) {
    let sum = 0;
    for (let report = 0; report < REPORTS_AN_HOUR; report++) {
      const until = Math.round((hour * REPORTS_AN_HOUR + report + 1) * people);
      const names = Array.from({ length: until - came }, (_, index) => addressOfPerson(came + index));
      came = until;
      await member.visit(...names);
      sum += await round();
    }
    hours.push(sum);
  }
  let idleRound = 0;
  for (let rounds = 0; rounds < REPORTS_AN_HOUR; rounds++) idleRound = await round();
  return { hours, idleRound };
}

/** Benchmarking addresses (RFC 2544) would be too few. */
function addressOfPerson(person: number): string {
  return `10.${(person >> 16) & 255}.${(person >> 8) & 255}.${person & 255}`;
}
