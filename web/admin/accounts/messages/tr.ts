import type { TranslationOf } from '../../../i18n/messages.js';
import type english from './en.js';

export default {
  accounts: 'Hesaplar',
  accountsTitle: 'Kimler giriş yapabilir',
  'account-viewer': 'İzleyici',
  'account-administrator': 'Yönetici',
  'accountMay-viewer': 'İzleyici sayıları görür, kendi hesabından başka bir şeyi değiştirmez.',
  'accountMay-administrator': 'Yönetici bu panelin sunduğu her şeyi yapabilir.',
  'accountMake-viewer': 'İzleyici yap',
  'accountMake-administrator': 'Yönetici yap',
  accountRoleText: 'Bu hesapla açılmış tüm tarayıcı oturumları kapanır.',
  accountOwnRoleText: 'Bu sizin hesabınız: izleyici olarak yeniden giriş yaparsınız.',
  accountOwn: 'siz',
  accountAdded: '{age} eklendi',
  accountSecondOn: 'ikinci etkenli',
  accountSecondOff: 'ikinci etkensiz',
  accountLinkUntil: 'bağlantısı {time} tarihine dek geçerli',
  accountClosed: 'bağlantısının süresi doldu',
  accountReset: 'Yeni bağlantı',
  accountResetText:
    'Parola, ikinci etken ve oturumlar sona erer. Yeni bir bağlantıyla sahibi başka bir parola seçer.',
  accountResetOwnText:
    'Bu sizin hesabınız: parolanız ve oturumlarınız, bu da dahil, sona erer. Devam etmeden bağlantıyı kopyalayın.',
  accountRemove: 'Kaldır',
  accountRemoveText: 'Hesap ve oturumları sona erer. Verdiği kararlar kayıtta kalır.',
  accountAddTitle: 'Birini ekle',
  accountAddText: 'Onun için bir bağlantı alırsınız; parolayı kendisi seçer.',
  accountName: 'Ad',
  accountRole: 'Rol',
  accountAdd: 'Ekle',
  accountLinkTitle: 'Bu bağlantıyı {name} adlı kişiye verin',
  accountLinkText: 'Hesabı bir gün içinde bir kez açar ve yalnızca şimdi gösterilir.',
  accountLinkLabel: 'Bağlantı',
} as const satisfies TranslationOf<typeof english>;
