import { Global, Module } from '@nestjs/common';
import { SESSIONS } from '../http/tokens.js';
import { AccountSessions } from './account-sessions.js';
import { Accounts } from './accounts.js';
import { AccountsAdminController } from './accounts-admin.controller.js';
import { OwnAccountController } from './own-account.controller.js';
import { OwnAccount } from './own-account.js';
import { OWASP_ARGON2ID, PasswordHashes } from './password-hashes.js';
import { SetUp } from './set-up.js';
import { SignInController } from './sign-in.controller.js';
import { SignIn } from './sign-in.service.js';

/** People sign in: accounts, sessions, and the way to the first account. */
@Global()
@Module({
  controllers: [SignInController, OwnAccountController, AccountsAdminController],
  providers: [
    AccountSessions,
    { provide: SESSIONS, useExisting: AccountSessions },
    Accounts,
    OwnAccount,
    { provide: PasswordHashes, useFactory: () => new PasswordHashes(OWASP_ARGON2ID) },
    SetUp,
    SignIn,
  ],
  exports: [SESSIONS],
})
export class AccountsModule {}
