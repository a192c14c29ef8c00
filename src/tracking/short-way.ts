import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Config } from '../config/config.js';
import { FairTurns } from '../http/fair-turns.js';
import { listenFirst } from '../http/listen-first.js';
import { bodyTooLarge } from '../http/problem.js';
import type { ProblemFilter } from '../http/problem-filter.js';
import { stopping } from '../http/stopping.js';
import type { BrowserHits, CookieTaker } from './browser-hits.js';
import { HIT_ANSWER_TYPE, HIT_BODY_BYTES_MAX, hitAnswer, PLAIN_HIT } from './hit-answer.js';
import { isPlainHit } from './hit-body.js';

const PATH = '/v1/hits';
/** `{}` */
const HIT_BODY_BYTES_MIN = 2;
/** What trackers and sendBeacon say. Other spellings go the long way. */
const TYPES: ReadonlySet<string | undefined> = new Set(['application/json', 'text/plain;charset=UTF-8']);
/** What is left of a body that nobody reads would be taken for the next request. */
const CLOSE = { connection: 'close' };
/** A scheme with cookies goes the long way. */
const NO_COOKIES: CookieTaker = { header: () => undefined };

/** Where the short way gives the answers of the long one: without cookies, and with every origin alike. */
export function isShortWayOpen(config: Pick<Config, 'counting' | 'visitor' | 'corsOrigins'>): boolean {
  return config.counting && config.visitor !== 'cookie' && config.corsOrigins.length === 0;
}

/**
 * The short way of a plain hit. Router, hooks and reply of the framework take as long as counting does, and nearly all
 * requests of a busy node are one: `POST /v1/hits` with a small body that asks for nothing special. Such a hit is
 * counted and answered here; every other request, and a hit with anything unusual about it, goes on to the framework
 * untouched. A test holds the answers of both ways together, to the header.
 *
 * A body that is too large is refused here too, a few in each pass of the event loop: crowds of them would keep visits
 * waiting.
 */
export function openShortWay(server: Server, hits: BrowserHits, problems: ProblemFilter): void {
  const turns = new FairTurns();
  const refuseLarge = async (response: ServerResponse): Promise<void> => {
    await turns.take();
    problems.refuse(response, bodyTooLarge(HIT_BODY_BYTES_MAX), PATH, CLOSE);
  };
  listenFirst(server, (request, response, longWay) => {
    if (!isHit(request)) return longWay(request, response);
    const bytes = Number(request.headers['content-length']);
    if (bytes > HIT_BODY_BYTES_MAX) return void refuseLarge(response);
    if (!(bytes >= HIT_BODY_BYTES_MIN)) return longWay(request, response);
    request.once('data', (body: Buffer) => {
      if (isPlain(body, request)) return void answer(request, response, hits, problems);
      // The framework takes nothing any more.
      if (!server.listening) return problems.refuse(response, stopping(), PATH, CLOSE);
      request.pause();
      request.unshift(body);
      longWay(request, response);
    });
  });
}

function isHit({ method, url, headers }: IncomingMessage): boolean {
  return url === PATH && method === 'POST' && TYPES.has(headers['content-type']);
}

/** All of the body has come, is as it should be, and asks for nothing. */
function isPlain(body: Buffer, { headers }: IncomingMessage): boolean {
  if (body.length !== Number(headers['content-length'])) return false;
  try {
    const hit: unknown = JSON.parse(body.toString());
    return isPlainHit(hit) && hit.visitor === undefined && hit.consent !== false;
  } catch {
    return false;
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  hits: BrowserHits,
  problems: ProblemFilter,
): Promise<void> {
  try {
    const outcome = await hits.count({ headers: request.headers, raw: request }, NO_COOKIES, PLAIN_HIT);
    const text = hitAnswer(outcome);
    response.writeHead(202, {
      'access-control-allow-origin': '*',
      'content-type': HIT_ANSWER_TYPE,
      'content-length': text.length,
    });
    response.end(text);
  } catch (error) {
    problems.refuse(response, error, PATH);
  }
}
