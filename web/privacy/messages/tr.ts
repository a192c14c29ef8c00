import type { TranslationOf } from '../../i18n/messages.js';
import type english from './en.js';

export default {
  privacyPage: 'Gizlilik',
  privacyTitle: 'Bir ziyaretten ne kalır',
  privacyNothing: 'Bu düğüm kendi sitesi için saymaz.',
  privacyIpUa:
    'Ziyaretleri değil kişileri saymak için adresiniz ve tarayıcınızın adı gizli bir anahtarla bir sayıya çevrilir.',
  privacyIp: 'Ziyaretleri değil kişileri saymak için adresiniz gizli bir anahtarla bir sayıya çevrilir.',
  privacyCookie:
    'Ziyaretleri değil kişileri saymak için bir çerezdeki rastgele sayı gizli bir anahtarla başka bir sayıya çevrilir.',
  privacySiteId:
    'Ziyaretleri değil kişileri saymak için bu sitenin sizi tanıdığı numara gizli bir anahtarla başka bir sayıya çevrilir.',
  privacySketch:
    'Bu sayı 16.384 küçük sayaçtan en çok birini yükseltir, sonra adresiniz gibi unutulur. İkisi de hiçbir zaman diske, günlüğe ya da yedeğe yazılmaz.',
  privacyKeys:
    'Gizli bir anahtar {days} gün kullanılır. Ziyaretinizden en geç {gone} gün sonra onun anahtarları yok edilir: o andan sonra kimse o günün sayaçlarından burada olup olmadığınızı anlayamaz.',
  privacyAllTime:
    'Bütün zamanların sayacının anahtarı bu düğüm kadar yaşar: düğümü ele geçiren, birinin burada olup olmadığını sınayabilir.',
  privacyKept: 'Her günün sayaçları {days} gün, her saatinkiler 48 saat saklanır.',
  privacyOptOut: 'Tarayıcınız Do Not Track ya da Global Privacy Control gönderiyorsa sayılmazsınız.',
  privacyNoOptOut: 'Do Not Track ve Global Privacy Control burada dikkate alınmaz.',
  privacyAlone: 'Bunların hiçbiri bu düğümden çıkmaz.',
  privacyMember:
    'Her günün imzalı raporu, sayaçlar ve kişi ile ziyaret sayılarıyla birlikte, {federation} federasyonunun merkezine gider. Üyelerde gizli anahtar vardır; kendi sitesini saymayan bir merkezde yalnızca sayaçlar vardır.',
  privacyPeer:
    'Her günün imzalı raporu, sayaçlar ve kişi ile ziyaret sayılarıyla birlikte, {federation} federasyonunun diğer düğümlerine gider. Gizli anahtar onlarda da vardır: sayaçlarla birlikte bir kişinin burada olup olmadığı sınanabilir. 100 kişiden az olan günler sayaçsız gönderilir.',
  privacyHub: '{federation} federasyonunun üyeleri sayaçlarını bu düğüme gönderir.',
  privacyHubCounting:
    'Bu düğüm kendi sitesini de sayar, bu yüzden gizli anahtar onda da vardır: üyelerin sayaçlarıyla birlikte bir kişinin orada olup olmadığı sınanabilir.',
} as const satisfies TranslationOf<typeof english>;
