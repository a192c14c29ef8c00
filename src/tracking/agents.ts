import { isbot } from 'isbot';
import { LRUCache } from 'lru-cache';
import { reduceUserAgent } from '../identity/user-agent.js';
import { type VisitorFacts, type VisitorScheme, visitorKey } from '../identity/visitor-scheme.js';

/** Few agents make up nearly all visits; at most some 15 MB when someone invents new long ones all the time. */
const AGENTS_MAX = 5_000;
/** Longer ones are looked at each time, and only their beginning. Real ones have 80 to 400 characters. */
const AGENT_CHARS_MAX = 1_024;

interface Agent {
  isBot: boolean;
  /** Without its versions. */
  reduced: string;
}

/** What is worked out from user agents, remembered: isbot's one large expression takes 4 µs, the reduction 1. */
export class Agents {
  private readonly known = new LRUCache<string, Agent>({ max: AGENTS_MAX });

  /** Whether the agent names itself a program. */
  isBot(userAgent: string): boolean {
    return this.agent(userAgent).isBot;
  }

  /** As `visitorKey` of identity, with the agent's part remembered: it is the end of the key. A test compares. */
  visitorKey(scheme: VisitorScheme, facts: VisitorFacts): ReturnType<typeof visitorKey> {
    if (scheme !== 'ip-ua/1') return visitorKey(scheme, facts);
    const { address, cookie, siteId } = facts;
    const start = visitorKey(scheme, { address, userAgent: '', cookie, siteId });
    return 'missing' in start ? start : { key: start.key + this.agent(facts.userAgent).reduced };
  }

  private agent(userAgent: string): Agent {
    if (userAgent.length > AGENT_CHARS_MAX) return agentOf(userAgent);
    let agent = this.known.get(userAgent);
    if (agent === undefined) {
      agent = agentOf(userAgent);
      this.known.set(userAgent, agent);
    }
    return agent;
  }
}

/** Whether no person sits behind it: a program that says so, or one that says nothing, as no browser does. */
export function isProgram(userAgent: string): boolean {
  return userAgent.trim() === '' || isbot(userAgent);
}

function agentOf(userAgent: string): Agent {
  return { isBot: isProgram(userAgent.slice(0, AGENT_CHARS_MAX)), reduced: reduceUserAgent(userAgent) };
}
