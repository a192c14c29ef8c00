import type english from '../i18n/messages/en.js';
import { translator } from '../i18n/texts.js';

/** The texts that every page has. */
export const t = translator<typeof english>();
