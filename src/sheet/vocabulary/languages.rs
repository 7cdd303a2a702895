//! Headers by language, as they are written. Spaces, accents and case do not matter when they are looked up.
//!
//! Sources: the address book of Thunderbird in Russian, Turkish, Japanese and Chinese (`vcard.ftl` of
//! mozilla-l10n/firefox-l10n), exports of business cards and address books (Eight and Outlook in Japanese, `姓,名,会社名`),
//! and lists that people made (`Фамилия;Имя;Отчество`, `Ad,Soyad`, `이름,회사`). The words of other languages are common usage.
//!
//! Names in Chinese, Japanese and Korean script show their order themselves, whatever the header says.
//! `ФИО` is left out on purpose: it cannot be told for certain which word in its cells is the last name, the first name and
//! the patronymic.

use super::meaning::HeaderMeaning::{
    self, Company, Contact, Domain, First, Full, FullReversed, Job, Last, Nom, Nome, Other, Website,
};

/// The headers of a language: meaning, rank, and spellings separated by bars.
pub(super) type Headers = &'static [(HeaderMeaning, u8, &'static str)];

/// The languages that are not in [`aliases`](super::aliases), and more headers of those that are.
#[rustfmt::skip]
pub(super) const LANGUAGES: [(&str, Headers); 24] = [
    ("Arabic", &[
        (First, 0, "الاسم الأول|الاسم الاول"),
        (Last, 0, "اسم العائلة|الاسم الأخير|اللقب|الكنية"),
        (Full, 0, "الاسم الكامل|الاسم بالكامل"),
        (Company, 0, "الشركة|اسم الشركة|جهة العمل|المؤسسة"),
        (Job, 0, "المسمى الوظيفي|الوظيفة|المنصب"),
        (Website, 6, "الموقع الإلكتروني|الموقع"),
        (Other, 0, "البريد الإلكتروني|الهاتف|رقم الهاتف|الجوال|المدينة|الدولة|العنوان|ملاحظات"),
    ]),
    ("Chinese", &[
        (First, 0, "名|名字"),
        (Last, 0, "姓|姓氏"),
        (Full, 0, "姓名|全名|完整姓名|中文姓名|联系人姓名|聯絡人姓名|客户姓名"),
        (Full, 4, "显示名称|顯示名稱"),
        (Contact, 6, "联系人|聯絡人|聯繫人"),
        (Company, 0, "公司|公司名|公司名称|公司名稱|企业|企业名称|企業名稱|单位|单位名称|單位|组织|組織|工作单位|\
            雇主|客户名称"),
        (Domain, 0, "公司网址|公司网站|公司網址|公司網站|公司域名|域名"),
        (Website, 6, "网站|网址|網站|網址|主页|网页"),
        (Job, 0, "职位|职务|职称|職位|職稱|头衔|岗位"),
        (Other, 0, "邮箱|电子邮件|电子邮件地址|電子郵件|电邮|电话|电话号码|電話|手机|手机号|手机号码|手機|传真|部门|\
            部門|城市|国家|國家|国家/地区|省份|地址|邮编|备注|備註|行业|產業|称呼|性别|生日|标签|来源|状态|日期|编号|\
            微信|昵称|中间名|前缀|后缀"),
    ]),
    ("Croatian and Serbian", &[
        (Nome, 2, "ime|име"),
        (Last, 0, "prezime|презиме"),
        (Full, 0, "ime i prezime|puno ime|име и презиме"),
        (FullReversed, 1, "prezime i ime|презиме и име"),
        (Company, 0, "tvrtka|naziv tvrtke|poduzeće|preduzeće|kompanija|naziv kompanije|firma|компанија|предузеће"),
        (Job, 0, "radno mjesto|radno mesto|pozicija|funkcija|zanimanje"),
        (Other, 0, "e-pošta|telefon|mobitel|mobilni|grad|država|adresa|napomena|odjel"),
    ]),
    ("Czech", &[
        (Nome, 2, "jméno"),
        (Full, 0, "celé jméno|jméno a příjmení|kontaktní osoba|jméno kontaktu"),
        (FullReversed, 1, "příjmení a jméno"),
        (Company, 0, "společnost|název společnosti|firma|název firmy|podnik|organizace|název organizace|účet|\
            název účtu"),
        (Domain, 2, "web společnosti|web firmy|doména společnosti|doména"),
        (Website, 6, "webová stránka|webové stránky|www stránky|internetová stránka"),
        (Job, 0, "pozice|pracovní pozice|funkce|pracovní zařazení|profese|titul na pozici"),
        (Other, 0, "titul|oslovení|e-mailová adresa|telefonní číslo|mobilní telefon|město|země|stát|adresa|ulice|psč|\
            poznámka|poznámky|oddělení|obor|odvětví"),
    ]),
    ("Danish", &[
        (Full, 0, "fulde navn|kontaktnavn|navn på kontakt"),
        (Company, 0, "firma navn|virksomhedens navn|organisation|organisationsnavn|kontonavn"),
        (Domain, 2, "virksomhedens hjemmeside|firmaets hjemmeside|virksomhedsdomæne"),
        (Job, 0, "jobtitel|stillingsbetegnelse|rolle"),
        (Other, 0, "e-mailadresse|telefonnummer|mobiltelefon|by|adresse|postnummer|afdeling|bemærkninger|noter"),
    ]),
    ("Dutch", &[
        (Full, 0, "naam contact|contactnaam|volledige naam|naam deelnemer"),
        (Company, 0, "naam van bedrijf|naam organisatie|naam van de organisatie|accountnaam|onderneming"),
        (Domain, 2, "website van bedrijf|bedrijfsdomein|domein van bedrijf"),
        (Job, 0, "functieomschrijving|functienaam"),
        (Other, 0, "mobiel|mobiele telefoon|e-mail adres|plaats|woonplaats|notities|titel"),
    ]),
    ("Finnish", &[
        (Full, 0, "nimi kokonaan|yhteyshenkilön nimi|koko nimi"),
        (Contact, 6, "yhteyshenkilö"),
        (Company, 0, "yrityksen nimi|organisaatio|organisaation nimi|työpaikka|tili"),
        (Domain, 2, "yrityksen verkkosivu|yrityksen verkkotunnus|verkkotunnus"),
        (Website, 6, "verkkosivusto|www-sivu|nettisivu"),
        (Job, 0, "titteli|tehtävänimike|nimike|asema|rooli"),
        (Other, 0, "sähköpostiosoite|puhelin|puhelinnumero|matkapuhelin|kaupunki|maa|osoite|postinumero|\
            muistiinpanot|osasto|toimiala"),
    ]),
    ("French", &[
        (Full, 0, "nom et prénom du contact|nom du participant|nom du prospect|nom de la personne"),
        (Company, 0, "nom du compte|nom de l'organisation|nom d'entreprise|organisme|nom de la structure"),
        (Domain, 2, "nom de domaine|nom de domaine de l'entreprise|domaine de l'entreprise|\
            url du site web de l'entreprise"),
        (Website, 6, "page web|adresse du site|url du site web"),
        (Job, 0, "intitulé de poste|titre du poste|profession|qualité"),
        (Other, 0, "adresse de messagerie|adresse e-mail|téléphone portable|numéro de téléphone|téléphone mobile|\
            connecté le|date de connexion|propriétaire du contact|département|pays/région|remarques"),
    ]),
    ("German", &[
        (Full, 0, "voller name|name der person|name des kontakts|teilnehmername|name des teilnehmers"),
        (Company, 0, "accountname|name der organisation|organisationsname|firma/organisation|betrieb|institution"),
        (Domain, 2, "firmendomäne|unternehmensdomain|domain des unternehmens|website-url des unternehmens|\
            domainname des unternehmens"),
        (Website, 6, "website-url|internet-adresse|web-adresse|url der website"),
        (Job, 0, "stellenbezeichnung|positionsbezeichnung|jobbezeichnung|berufsbezeichnung|tätigkeit|\
            aufgabe im unternehmen"),
        (Other, 0, "telefon geschäftlich|mobiltelefonnummer|e-mail geschäftlich|kontakteigentümer|\
            zuständiger mitarbeiter|verbunden am|lead-status|lifecycle-phase|erstellungsdatum|bundesland|\
            postleitzahl|abteilung|suffix|zweiter vorname"),
    ]),
    ("Greek", &[
        (Nome, 2, "όνομα"),
        (Last, 0, "επώνυμο|επίθετο"),
        (Full, 0, "πλήρες όνομα"),
        (FullReversed, 1, "επώνυμο όνομα"),
        (Company, 0, "εταιρεία|επωνυμία|επωνυμία εταιρείας|όνομα εταιρείας|επιχείρηση|οργανισμός"),
        (Job, 0, "θέση|θέση εργασίας|επάγγελμα|ιδιότητα"),
        (Website, 6, "ιστοσελίδα|ιστότοπος"),
        (Other, 0, "τηλέφωνο|κινητό|διεύθυνση|πόλη|χώρα|σημειώσεις|ηλεκτρονικό ταχυδρομείο"),
    ]),
    ("Hebrew", &[
        (First, 0, "שם פרטי"),
        (Last, 0, "שם משפחה"),
        (Full, 0, "שם מלא"),
        (Company, 0, "חברה|שם החברה|שם חברה|ארגון|מקום עבודה"),
        (Job, 0, "תפקיד|משרה"),
        (Website, 6, "אתר|אתר אינטרנט"),
        (Other, 0, "טלפון|נייד|דואל|דואר אלקטרוני|עיר|כתובת|מדינה|הערות"),
    ]),
    ("Hungarian", &[
        (First, 0, "keresztnév|utónév"),
        (Last, 0, "vezetéknév|családnév"),
        (FullReversed, 1, "teljes név|kapcsolattartó neve"),
        (Company, 0, "cég|cégnév|cég neve|vállalat|vállalat neve|szervezet|szervezet neve|munkahely|munkáltató"),
        (Domain, 2, "cég weboldala|céges weboldal"),
        (Website, 6, "weboldal|honlap|weblap"),
        (Job, 0, "beosztás|munkakör|pozíció|foglalkozás"),
        (Other, 0, "e-mail cím|telefon|telefonszám|mobil|mobiltelefon|város|ország|cím|irányítószám|megjegyzés|\
            osztály"),
    ]),
    ("Italian", &[
        (Full, 0, "nome e cognome|nome del contatto|nome contatto|nome del partecipante"),
        (Company, 0, "nome account|nome della società|nome organizzazione|nome dell'azienda|denominazione|\
            denominazione sociale|impresa|ente"),
        (Domain, 2, "dominio azienda|dominio aziendale|sito web azienda|sito web aziendale|\
            nome di dominio dell'azienda"),
        (Website, 6, "pagina web|indirizzo web|url sito web"),
        (Job, 0, "titolo di lavoro|posizione lavorativa|titolo professionale|professione"),
        (Other, 0, "indirizzo e-mail|indirizzo di posta elettronica|numero di telefono|cellulare|telefono cellulare|\
            provincia|nazione|note|data di creazione"),
    ]),
    ("Japanese", &[
        (First, 0, "名|ファーストネーム|下の名前"),
        (Last, 0, "姓|苗字|ラストネーム"),
        (Full, 1, "氏名|お名前|姓名|フルネーム|名前|ご氏名|参加者名|顧客氏名"),
        (Full, 4, "表示名"),
        (Contact, 6, "担当者名|ご担当者名|担当者氏名|ご担当者様|担当者様名"),
        (Company, 0, "会社|会社名|企業名|法人名|社名|勤務先|勤務先名|貴社名|御社名|組織|組織名|団体名|所属|所属企業|\
            所属企業名|会社名・団体名|取引先名|取引先"),
        (Domain, 0, "会社url|会社サイト|企業url|企業サイト|ドメイン|会社ドメイン"),
        (Website, 6, "ウェブサイト|webサイト|ホームページ|サイトurl|web ページ"),
        (Job, 0, "役職|役職名|職種|肩書|肩書き|職位|職業"),
        (Other, 0, "メール|メールアドレス|電子メール|電子メール アドレス|電話|電話番号|携帯電話|携帯番号|勤務先 電話|\
            自宅電話番号|ファックス|部署|部署名|郵便番号|都道府県|市区町村|住所|国|番地|備考|メモ|業種|性別|誕生日|\
            生年月日|登録日|登録日時|更新日|ステータス|タグ|フリガナ|ふりがな|セイ|メイ|姓カナ|名カナ|姓(カナ)|\
            名(カナ)|氏名カナ|会社名カナ|敬称|ニックネーム|ミドルネーム|会社名フリガナ|名刺交換日"),
    ]),
    ("Korean", &[
        (First, 0, "이름(first)|명"),
        (Last, 0, "성|성씨"),
        (Nome, 2, "이름"),
        (Full, 1, "성명|전체 이름|이름(성명)|참가자명|고객명"),
        (Full, 4, "표시 이름"),
        (Contact, 6, "담당자|담당자명|담당자 이름|연락처 이름"),
        (Company, 0, "회사|회사명|회사 이름|기업|기업명|업체|업체명|소속|소속기관|소속회사|직장|직장명|조직|조직명|\
            법인명|단체명|거래처|거래처명"),
        (Domain, 0, "회사 홈페이지|회사 웹사이트|도메인|회사 도메인"),
        (Website, 6, "홈페이지|웹사이트|웹 페이지"),
        (Job, 0, "직책|직함|직급|직위|직무|직업"),
        (Other, 0, "이메일|전자 메일|메일|메일 주소|이메일 주소|전화|전화번호|휴대폰|휴대전화|휴대폰 번호|핸드폰|\
            연락처|팩스|부서|부서명|주소|도시|국가|우편번호|비고|메모|업종|성별|생일|생년월일|상태|태그|등록일|\
            신청일"),
    ]),
    ("Norwegian", &[
        (Full, 0, "fullt navn|kontaktperson navn|kontaktnavn"),
        (Company, 0, "firma|firmanavn|bedriftsnavn|bedriftens navn|selskapsnavn|organisasjon|organisasjonsnavn|\
            kontonavn|foretaksnavn"),
        (Domain, 2, "bedriftens nettside|firmaets nettside|bedriftsdomene"),
        (Job, 0, "stillingstittel|jobbtittel|tittel|yrke|rolle"),
        (Other, 0, "e-postadresse|telefon|mobilnummer|sted|poststed|by|fylke|avdeling|bransje|merknader|notater"),
    ]),
    ("Polish", &[
        (Full, 0, "pełne imię i nazwisko|imię i nazwisko kontaktu|osoba kontaktowa|nazwa kontaktu"),
        (Company, 0, "firma|nazwa firmy|przedsiębiorstwo|nazwa organizacji|nazwa przedsiębiorstwa|nazwa konta|\
            instytucja|zakład pracy"),
        (Domain, 2, "strona www firmy|strona internetowa firmy|domena firmy|witryna firmy"),
        (Website, 6, "witryna|witryna internetowa|adres strony|strona internetowa www"),
        (Job, 0, "stanowisko służbowe|stanowisko pracy|funkcja|rola|tytuł stanowiska"),
        (Other, 0, "adres e-mail|numer telefonu|telefon komórkowy|miejscowość|województwo|adres|notatki|dział|branża|\
            tytuł|zwrot grzecznościowy"),
    ]),
    ("Portuguese", &[
        (First, 0, "primeiro nome|nome próprio"),
        (Full, 0, "nome e sobrenome|nome do contacto|nome e apelido|nome do participante|nome completo do contato"),
        (Company, 0, "nome da conta|nome da organização|organização|instituição|nome da companhia|nome fantasia|\
            razão social"),
        (Domain, 2, "site da empresa|domínio da empresa|nome do domínio da empresa|website da empresa"),
        (Website, 6, "site|página da web|página web|endereço do site|url do site"),
        (Job, 0, "título do cargo|posição|função|ocupação|cargo/função"),
        (Other, 0, "endereço de email|endereço de e-mail|celular|telemóvel|número de telefone|bairro|estado|distrito|\
            país|observações|notas|departamento|setor|proprietário do contato|conectado em"),
    ]),
    ("Romanian", &[
        (First, 0, "prenume"),
        (Nom, 2, "nume"),
        (Last, 0, "nume de familie"),
        (Full, 0, "nume complet|numele complet|persoană de contact"),
        (FullReversed, 1, "nume și prenume|nume prenume"),
        (Company, 0, "companie|compania|nume companie|numele companiei|firmă|societate|organizație|angajator|\
            denumire firmă"),
        (Job, 0, "funcție|funcția|post|poziție|titlu job"),
        (Website, 6, "site web|pagină web"),
        (Other, 0, "adresă de e-mail|număr de telefon|oraș|județ|țară|adresă|observații|departament"),
    ]),
    ("Russian", &[
        (Nome, 2, "имя"),
        (Last, 0, "фамилия"),
        (Full, 0, "полное имя|имя и фамилия|имя фамилия|имя контакта|контактное имя"),
        (Full, 4, "отображаемое имя"),
        (FullReversed, 1, "фамилия и имя|фамилия имя"),
        (Contact, 6, "контакт|контактное лицо"),
        (Company, 0, "компания|название компании|наименование компании|организация|название организации|\
            наименование организации|фирма|предприятие|работодатель|место работы|юридическое лицо|контрагент"),
        (Domain, 0, "сайт компании|веб-сайт компании|домен|домен компании"),
        (Website, 6, "сайт|веб-сайт|веб-страница|адрес сайта"),
        (Job, 0, "должность|позиция|роль|профессия"),
        (Other, 0, "отчество|почта|электронная почта|адрес электронной почты|эл. почта|e-mail адрес|телефон|\
            номер телефона|мобильный|мобильный телефон|рабочий телефон|факс|отдел|департамент|город|страна|регион|\
            область|адрес|индекс|почтовый индекс|улица|заметки|примечание|примечания|комментарий|отрасль|пол|\
            дата рождения|день рождения|статус|источник|дата|дата создания|теги|обращение|псевдоним|ответственный|\
            инн"),
    ]),
    ("Slovak and Slovene", &[
        (Nome, 2, "meno"),
        (Last, 0, "priezvisko|priimek"),
        (Full, 0, "celé meno|meno a priezvisko|ime in priimek|polno ime"),
        (FullReversed, 1, "priezvisko a meno|priimek in ime"),
        (Company, 0, "spoločnosť|názov spoločnosti|názov firmy|organizácia|zamestnávateľ|podjetje|ime podjetja|\
            organizacija"),
        (Job, 0, "pracovná pozícia|pozícia|funkcia|delovno mesto|položaj"),
        (Other, 0, "e-mailová adresa|telefónne číslo|mesto|krajina|poznámka|oddelenie|naslov|država|opombe"),
    ]),
    ("Spanish", &[
        (Full, 0, "nombre y apellido|nombre del participante|nombre del asistente|nombre contacto|\
            persona de contacto"),
        (Company, 0, "nombre de la cuenta|nombre de la organización|organización|institución|nombre de la compañía|\
            denominación social|centro de trabajo|empleador"),
        (Domain, 2, "sitio web de la empresa|dominio de la empresa|página web de la empresa|\
            nombre del dominio de la empresa|url del sitio web"),
        (Website, 6, "página web|dirección web|sitio"),
        (Job, 0, "puesto de trabajo|cargo|título del puesto|puesto/cargo|ocupación|profesión"),
        (Other, 0, "correo electrónico|dirección de correo electrónico|número de teléfono|teléfono móvil|provincia|\
            código postal|notas|observaciones|propietario del contacto|fecha de creación|conectado el"),
    ]),
    ("Turkish", &[
        (First, 0, "ad|adı|isim|ilk ad|adınız"),
        (Last, 0, "soyad|soyadı|soyisim|soy ad|soyadınız"),
        (Full, 0, "ad soyad|adı soyadı|ad ve soyad|tam ad|adınız soyadınız|isim soyisim|ilgili kişi"),
        (Full, 4, "görünen ad"),
        (FullReversed, 1, "soyad ad|soyadı adı"),
        (Company, 0, "şirket|şirket adı|firma adı|kurum|kurum adı|kuruluş|işveren|çalıştığı kurum|şirketiniz"),
        (Domain, 0, "şirket web sitesi|şirket alan adı|alan adı"),
        (Website, 6, "web sitesi|internet sitesi|web adresi"),
        (Job, 0, "unvan|ünvan|pozisyon|görev|görevi|meslek|iş unvanı"),
        (Other, 0, "e-posta|e-posta adresi|eposta|telefon|telefon numarası|cep telefonu|faks|departman|bölüm|şehir|\
            il|ilçe|ülke|adres|posta kodu|notlar|not|sektör|cinsiyet|doğum tarihi|durum|kaynak|tarih"),
    ]),
    ("Ukrainian", &[
        (Nome, 2, "ім'я"),
        (Last, 0, "прізвище"),
        (Full, 0, "повне ім'я|ім'я та прізвище"),
        (FullReversed, 1, "прізвище та ім'я|прізвище ім'я"),
        (Contact, 6, "контактна особа"),
        (Company, 0, "компанія|назва компанії|організація|назва організації|підприємство|роботодавець|місце роботи"),
        (Website, 6, "вебсайт|веб-сайт"),
        (Job, 0, "посада|роль|професія"),
        (Other, 0, "по батькові|електронна пошта|номер телефону|мобільний телефон|місто|країна|адреса|примітки|\
            відділ"),
    ]),
];
