import '../design/base.css';
import '../design/parts.css';
import './counter.css';
import { render } from 'preact';
import { keepPage } from '../shared/keep-page.js';
import { applyTheme } from '../shared/preferences.js';
import { CounterPage } from './counter-page.js';
import { watchFigures } from './figures.js';
import { openCounterTexts } from './texts.js';

applyTheme();
void watchFigures().then(() => keepPage('/'));
await openCounterTexts();
render(<CounterPage />, document.getElementById('page')!);
