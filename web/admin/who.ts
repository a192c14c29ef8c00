import { signal } from '@preact/signals';
import { forgetAnswers } from '../shared/forget-answers.js';
import { NodeError } from '../shared/loaded.js';
import { readSession, session, toSignIn } from '../shared/session.js';

/** Whether the dashboard may be shown. `away`: the node does not answer, and what was kept may be. */
export const entry = signal<'asking' | 'in' | 'away' | { refused: number }>('asking');

const SHARED = '/admin/shared';
/** A link that shows the overview has its key in the fragment, which no browser sends to a server and no log keeps. */
const sharedKey = location.pathname === SHARED ? location.hash.slice(1) : null;

/** Whether a link opened the dashboard: then it shows the overview and nothing else. */
export function isShared(): boolean {
  return sharedKey !== null;
}

/** What opens the figures to a request of this page, besides the cookie of a session. */
export function shownKey(): Record<string, string> {
  return sharedKey ? { authorization: `Bearer ${sharedKey}` } : {};
}

/** Asks who is signed in. Nobody is led to where people sign in, and what was kept here is forgotten. */
export async function enter(): Promise<void> {
  if (isShared()) {
    entry.value = 'in';
    return;
  }
  try {
    const { account } = await readSession();
    if (account === null) leave();
    else entry.value = 'in';
  } catch (error) {
    entry.value = error instanceof NodeError ? { refused: error.status } : 'away';
  }
}

function leave(): void {
  forgetAnswers();
  toSignIn();
}

export function isAdministrator(): boolean {
  return session.value?.account?.role === 'administrator';
}
