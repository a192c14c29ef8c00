import { translator } from '../i18n/texts.js';
import type english from './messages/en.js';

/** What is kept of a visit: the page about privacy says it, and the settings beside what makes it so. */
export const t = translator<typeof english>();
