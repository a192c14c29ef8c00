import type { ComponentType } from 'preact';

export interface Route {
  /** Also of everything below it. */
  path: string;
  /** Its name in the catalogue. */
  key: 'overview' | 'federation' | 'accounts' | 'settings';
  /** Not for viewers, to whom the node would answer nothing there. */
  isForAdministrators?: boolean;
  load(): Promise<{
    Section: ComponentType;
    /** Asks for what it shows, before it is drawn. */
    begin?: () => void;
  }>;
}

/** The sections of the dashboard, in the order of the navigation. Each is loaded when somebody goes there. */
export const ROUTES: readonly Route[] = [
  { path: '/admin', key: 'overview', load: () => import('./overview/section.js') },
  {
    ...{ path: '/admin/federation', key: 'federation', isForAdministrators: true },
    load: () => import('./federation/section.js'),
  },
  {
    ...{ path: '/admin/accounts', key: 'accounts', isForAdministrators: true },
    load: () => import('./accounts/section.js'),
  },
  {
    ...{ path: '/admin/settings', key: 'settings', isForAdministrators: true },
    load: () => import('./settings/section.js'),
  },
];

/** The most exact one; null for an address that no section has. */
export function routeOf(path: string): Route | null {
  const matching = ROUTES.filter((route) => path === route.path || isBelow(path, route.path));
  return matching.sort((a, b) => b.path.length - a.path.length)[0] ?? null;
}

/** The first section is the dashboard itself, and has nothing below it. */
function isBelow(path: string, parent: string): boolean {
  return parent !== '/admin' && path.startsWith(`${parent}/`);
}
