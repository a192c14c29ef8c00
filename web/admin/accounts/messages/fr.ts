import type { TranslationOf } from '../../../i18n/messages.js';
import type english from './en.js';

export default {
  accounts: 'Comptes',
  accountsTitle: 'Qui peut se connecter',
  'account-viewer': 'Lecteur',
  'account-administrator': 'Administrateur',
  'accountMay-viewer': 'Un lecteur voit les chiffres et ne modifie que son propre compte.',
  'accountMay-administrator': 'Un administrateur peut faire tout ce que ce tableau de bord permet.',
  'accountMake-viewer': 'En faire un lecteur',
  'accountMake-administrator': 'En faire un administrateur',
  accountRoleText: 'Tous les navigateurs connectés avec ce compte sont déconnectés.',
  accountOwnRoleText: 'C’est votre propre compte : vous vous reconnecterez comme lecteur.',
  accountOwn: 'vous',
  accountAdded: 'ajouté {age}',
  accountSecondOn: 'avec un second facteur',
  accountSecondOff: 'sans second facteur',
  accountLinkUntil: 'son lien est valable jusqu’au {time}',
  accountClosed: 'son lien a expiré',
  accountReset: 'Nouveau lien',
  accountResetText:
    'Le mot de passe, le second facteur et les sessions prennent fin. Un nouveau lien permet d’en choisir un autre.',
  accountResetOwnText:
    'C’est votre propre compte : votre mot de passe et vos sessions prennent fin, celle-ci aussi. Copiez le lien avant de continuer.',
  accountRemove: 'Retirer',
  accountRemoveText: 'Le compte et ses sessions prennent fin. Ce qu’il a décidé reste au journal.',
  accountAddTitle: 'Ajouter quelqu’un',
  accountAddText: 'Vous recevez un lien pour cette personne ; elle choisit elle-même le mot de passe.',
  accountName: 'Nom',
  accountRole: 'Rôle',
  accountAdd: 'Ajouter',
  accountLinkTitle: 'Remettez ce lien à {name}',
  accountLinkText: 'Il ouvre le compte une fois, dans la journée, et n’est montré que maintenant.',
  accountLinkLabel: 'Le lien',
} as const satisfies TranslationOf<typeof english>;
