// Visitors that never were: each number is one address, and a few hundred agents are shared by all.
import { Agent, request } from 'node:http';
import { WRITE_KEY } from './processes.js';

const AGENTS = Array.from({ length: 300 }, (_, index) => {
  const systems = ['Windows NT 10.0; Win64; x64', 'Macintosh; Intel Mac OS X 10_15_7', 'X11; Linux x86_64'];
  const version = `${100 + (index % 50)}.0.${1000 + index}.${index % 7}`;
  return `Mozilla/5.0 (${systems[index % 3]}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version} Safari/537.36`;
});

const FIRST = 20 * 2 ** 24;

export function addressOf(visitor) {
  const address = FIRST + visitor;
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

export function agentOf(visitor) {
  return AGENTS[visitor % AGENTS.length];
}

/** The body of `hits:batch` with `count` visitors from number `first` on, all at one instant (now when absent). */
export function batchOf(first, count, at) {
  const when = at === undefined ? '' : `"at":"${at}",`;
  const hits = [];
  for (let visitor = first; visitor < first + count; visitor++) {
    hits.push(
      `{${when}"address":"${addressOf(visitor)}","userAgent":"${agentOf(visitor)}","path":"/pricing"}`,
    );
  }
  return `{"hits":[${hits.join(',')}]}`;
}

/** One line of a combined access log. */
export function logLineOf(visitor, when) {
  return `${addressOf(visitor)} - - [${when}] "GET /pricing HTTP/1.1" 200 5120 "https://news.example/" "${agentOf(visitor)}"\n`;
}

/** A sender of batches over one kept connection. Rejects unless all of the batch is counted. */
export function batchSender(url, count) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${WRITE_KEY}` };
  return (body) =>
    new Promise((resolve, reject) => {
      const sent = request(`${url}/v1/hits:batch`, { agent, method: 'POST', headers }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part) => {
          text += part;
        });
        response.on('end', () => {
          if (response.statusCode === 202 && JSON.parse(text).counted === count) resolve();
          else reject(new Error(`a batch was answered ${response.statusCode}: ${text}`));
        });
      });
      sent.on('error', reject);
      sent.setHeader('content-length', Buffer.byteLength(body));
      sent.end(body);
    });
}
