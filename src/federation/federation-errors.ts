import type { ErrorStyle } from '../http/problem-filter.js';

/** Where other nodes call. */
export const FEDERATION_PREFIX = '/federation/v1/';

/** Another node is told a reason of the protocol, also when the framework refused its body. */
export const federationErrors = {
  covers: (path) => path.startsWith(FEDERATION_PREFIX),
  reasons: new Map([
    [413, 'too-large'],
    [415, 'unsupported-media-type'],
  ]),
} as const satisfies ErrorStyle;
