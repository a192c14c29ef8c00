import '../design/base.css';
import '../design/parts.css';
import './account.css';
import type { FunctionComponent } from 'preact';
import { render } from 'preact';
import { applyTheme } from '../shared/preferences.js';
import { readSession } from '../shared/session.js';
import { AccountPage } from './account-page.js';
import { PrivacyPage } from './privacy-page.js';
import { SetUpPage } from './set-up-page.js';
import { SignInPage } from './sign-in-page.js';
import { openAccountTexts } from './texts.js';

const PAGES: Readonly<Record<string, FunctionComponent>> = {
  '/login': SignInPage,
  '/setup': SetUpPage,
  '/account': AccountPage,
  '/privacy': PrivacyPage,
};

applyTheme();
await Promise.all([openAccountTexts(), readSession().catch(() => null)]);
const Page = PAGES[location.pathname] ?? SignInPage;
render(<Page />, document.getElementById('page')!);
