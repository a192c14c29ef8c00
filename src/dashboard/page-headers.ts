import { createHash } from 'node:crypto';
import type { WebFile } from './web-files.js';

const INLINE = /<(style|script)\b[^>]*>([\s\S]*?)<\/\1>/g;

/**
 * What a page may do: run the node's own scripts and styles, show the node's own pictures and talk to the node. No other
 * origin is named, and nobody may frame a page. What is inline is named by its hash: nothing else that is inline counts.
 */
function policyOf(page: WebFile): string {
  const elements = [...String(page.bodies.get('identity')).matchAll(INLINE)];
  const inline = elements.filter(([, , content]) => content !== '');
  const hashes = (name: string) =>
    inline.filter(([, tag]) => tag === name).map(([, , content]) => ` '${hashOf(content!)}'`);
  return [
    "default-src 'none'",
    `script-src 'self'${hashes('script').join('')}`,
    `style-src 'self'${hashes('style').join('')}`,
    "img-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** CSP Level 3, 2.3.1. */
function hashOf(content: string): string {
  return `sha256-${createHash('sha256').update(content).digest('base64')}`;
}

export function pageHeaders(page: WebFile): Readonly<Record<string, string>> {
  return {
    'content-security-policy': policyOf(page),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=()',
    'cache-control': 'no-cache',
    // The texts that it names, and of the public page what it says.
    vary: 'accept-encoding, accept-language',
  };
}

/** What other sites' pages load. An older one keeps working, so it may be kept for a while. */
export const SCRIPT_HEADERS: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
  'cache-control': 'public, max-age=3600, stale-while-revalidate=86400',
};

/** The name of an asset changes with its content. */
export const ASSET_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'public, max-age=31536000, immutable',
};

/** What opens the pages while the node is away may ask the node, and nobody else. */
export const SERVICE_WORKER_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; connect-src 'self'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-cache',
};
