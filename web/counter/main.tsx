import './counter.css';
import { render } from 'preact';
import { keepPage } from '../shared/keep-page.js';
import { CounterPage } from './counter-page.js';
import { readNow, watchFigures } from './figures.js';
import { openCounterTexts } from './texts.js';

const page = document.getElementById('page')!;
// What the node drew stays until there is something better.
const isDrawn = page.hasChildNodes();
const first = readNow();
void first.then(watchFigures).then(() => keepPage('/index.html'));
await openCounterTexts();
if (isDrawn) await first;
page.replaceChildren();
render(<CounterPage />, page);
