import { PREFIX } from './kept-answers.js';
import { quietly } from './quietly.js';

/** When nobody is signed in any more, nothing of what the dashboard showed stays in this browser. */
export function forgetAnswers(): void {
  quietly(() => {
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
  });
}
