import '../design/base.css';
import '../design/parts.css';
import 'uplot/dist/uPlot.min.css';
import './chart.css';
import './admin.css';
import './overview/overview.css';
import './federation/federation.css';
import './settings/settings.css';
import { render } from 'preact';
import { keepPage } from '../shared/keep-page.js';
import { applyTheme } from '../shared/preferences.js';
import { Frame } from './frame.js';
import { loadPart } from './loaded-part.js';
import { followLinks, path } from './location.js';
import { type Route, routeOf } from './routes.js';
import { openAdminTexts } from './texts.js';
import { enter, entry } from './who.js';

applyTheme();
followLinks();
void begin(routeOf(path.value));
await openAdminTexts();
render(<Frame />, document.getElementById('page')!);
keepPage('/admin');

/** What is shown first is not loaded one after the other. */
async function begin(route: Route | null): Promise<void> {
  // A part that is missing is said to be where it is drawn.
  const loading = route && loadPart(route.load).catch(() => null);
  await enter();
  const part = await loading;
  if (entry.peek() === 'in') part?.begin?.();
}
