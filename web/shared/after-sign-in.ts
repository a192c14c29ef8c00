/** Where signing in may lead: pages of this node with their filters, and no other address however it is written. */
const PAGES = /^\/(admin|account)(\/[\w/-]*)?(\?[\w.~*+%=&-]{0,500})?$/;

/** The page that a query such as `?next=/admin/settings` names, else the dashboard. */
export function pageAfterSignIn(query: string): string {
  const next = new URLSearchParams(query).get('next') ?? '';
  return PAGES.test(next) ? next : '/admin';
}
