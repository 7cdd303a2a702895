//! Headers written as one word, as [`Words::joined`](super::words::Words::joined) returns them: lower case, without
//! accents, spaces and punctuation. Sources: exports of CRM, sales and event products, and address books.

use super::meaning::HeaderMeaning::{
    self, Assignee, Company, Contact, Domain, First, Full, FullReversed, Infix, Item, Job, Last,
    Name, Nom, Nome, Other, Private, Profile, Website,
};
use super::meaning::ProfileFormat::{Address, AnyAddress, Handle};

/// Headers with their meaning, and their rank among headers of the same meaning. The languages are in this order, if a
/// meaning has words in them: English, French, German, Dutch, Spanish, Italian, Portuguese, Polish, Danish, Norwegian,
/// Swedish, Finnish and Czech.
#[rustfmt::skip]
pub(super) const ALIASES: &[(HeaderMeaning, u8, &str)] = &[
    (First, 0, "firstname firstnames fname first givenname givennames given forename forenames christianname
         prenom prenoms
         vorname vornamen rufname
         voornaam voornamen roepnaam
         nombres primernombre nombredepila
         primeironome nomeproprio
         imie imiona
         fornavn fornavne
         fornamn tilltalsnamn
         etunimi krestnijmeno"),
    (Last, 0, "lastname lastnames lname last surname surnames familyname family
         nomdefamille nomfamille
         nachname familienname zuname
         achternaam familienaam
         apellido apellidos primerapellido apellidopaterno
         cognome
         sobrenome apelido ultimonome nomedefamilia
         nazwisko nazwiska
         efternavn etternavn slaegtsnavn
         efternamn
         sukunimi prijmeni"),
    (Last, 5, "secondname lastnameinitial"),
    (Infix, 0, "tussenvoegsel tussenvoegsels voorvoegsel voorvoegsels namensvorsatz namenszusatz infix surnameprefix lastnameprefix"),
    (Full, 0, "fullname namefull completename firstnamelastname firstlastname firstandlastname contactname candidatename keyplayer
         contactperson decisionmaker decisionmakername attendeename participantname prospectname leadname personname employeename membername speakername
         nomcomplet prenomnom prenometnom nomducontact nometprenomducontact
         vollstandigername ganzername vorundnachname vornamenachname vornameundnachname vornamename ansprechpartner
         ansprechpartnerin kontaktname namedesansprechpartners
         volledigenaam naamcontactpersoon contactpersoon vooraachternaam voorenachternaam
         nombrecompleto nombreyapellido nombreyapellidos nombreapellidos nombreapellido nombredelcontacto
         nomecompleto nomeecognome nomecognome nominativo nomeesobrenome nomedocontato
         imieinazwisko imienazwisko
         fuldenavn fuldtnavn navnkontakt kontaktpersonnavn fultnavn fulltnavn
         fullstandigtnamn helanamnet heltnamn forochefternamn namnkontakt
         koonimi celejmeno jmenoaprijmeni jmenoprijmeni"),
    (Full, 4, "displayname kontaktperson contactfullname fullnameofcontact"),
    (Contact, 6, "contact contacts kontakt contacto contato contatto"),
    (Assignee, 7, "person people persona personas personne personnes personen pessoa pessoas persone osoba"),
    (Item, 0, "item items subitem subitems element elemente elementname task tasks taskname aufgabe aufgaben tache taches tarea tareas
         tarefa attivita deal deals dealname dealtitle ticket tickets issue issues opportunity opportunityname opportunities
         affaire oportunidad oportunidade opportunita story epic milestone subtasks parentitem itemid pulse card cardname"),
    (FullReversed, 1, "lastnamefirstname lastfirst lastfirstname surnamefirstname surnamename nomprenom nometprenom
         nachnamevorname namevorname nachnameundvorname achternaamvoornaam apellidosynombre apellidosynombres apellidosnombre
         cognomeenome cognomenome sobrenomenome nazwiskoiimie nazwiskoimie efternavnfornavn efternamnfornamn prijmeniajmeno
         prijmenijmeno"),
    (Name, 2, "name namen naam navn namn nimi nazev"),
    (Nom, 2, "nom noms"),
    (Nome, 2, "nombre nome"),
    (Company, 0, "company companyname compnay comapny companynamefull nameofcompany relatedcompany commercialcompanyname
         entreprise societe nomentreprise nomdelentreprise nomsociete nomdelasociete nomdesociete
         firma firmenname unternehmen unternehmensname firmaname firmenbezeichnung namederfirma firmabezeichnung
         bedrijf bedrijfsnaam naambedrijf
         empresa nombreempresa nombredelaempresa nombredeempresa compania
         azienda nomeazienda societa nomesocieta nomedellazienda nomeempresa nomedaempresa companhia
         nazwafirmy firmanazwa spolka
         virksomhed virksomhedsnavn firmanavn firmaetsnavn selskab selskap bedrift
         foretag foretagsnamn bolag bolagsnamn foretagetsnamn
         yritys yrityksennimi spolecnost nazevfirmy nazevspolecnosti"),
    (Company, 1, "employer employername organization organisation organizationname organisationname org orgname organization1name
         raisonsociale employeur arbeitgeber werkgever organisatie organisatienaam empleador razonsocial organizacion
         ragionesociale datoredilavoro organizzazione empregador razaosocial organizacao pracodawca organizacja
         arbejdsgiver arbejdsplads arbeidsgiver arbetsgivare arbetsplats tyonantaja zamestnavatel"),
    (Company, 2, "account accountname business businessname firm firmname"),
    (Company, 4, "associatedcompany primaryassociatedcompany companynameinput worksat workplace
         wheredoyouwork wheredoyoucurrentlywork whodoyouworkfor whodoyoucurrentlyworkfor outravaillezvous woarbeitensie
         dondetrabaja dondetrabajas dovelavori ondetrabalha waarwerkje"),
    (Company, 6, "companynameforemails shortcompanyname companyshortname"),
    (Company, 8, "companytabledata"),
    (Domain, 0, "companydomain domain domainname companydomainname companywebdomain webdomain websitedomain domainecompany
         domaine domaineentreprise domain1 firmendomain dominio dominiodelaempresa domeinnaam domein domena domaene domanenamn
         doman"),
    (Domain, 1, "employerdomain organizationdomain organisationdomain accountdomain"),
    (Domain, 2, "companywebsite companywebsiteurl companysite companyhomepage companywebpage companyweb websitecompany
         siteentreprise sitewebentreprise sitewebdelentreprise firmenwebsite unternehmenswebsite firmenwebseite
         unternehmenswebseite bedrijfswebsite websitebedrijf webdelaempresa sitioempresa sitoaziendale sitodaempresa
         sitedaempresa virksomhedenshjemmeside"),
    (Domain, 3, "employerwebsite organizationwebsite organisationwebsite accountwebsite matchedwebsite corporatewebsite"),
    (Domain, 4, "companyurl"),
    (Website, 6, "website websiteurl websiteurl1 web weburl webaddress websiteaddress websitelink site siteurl homepage www
         siteweb siteinternet
         webseite webauftritt internet internetseite internetadresse webadresse
         websites webpagina
         sitioweb paginaweb pagina
         sitoweb sito sitointernet
         stronawww strona stronainternetowa adreswww
         hjemmeside webside nettside nettsted
         webbplats hemsida webbsida webbadress
         kotisivu kotisivut verkkosivu"),
    (Profile(AnyAddress), 40, "profileurl profilelink profilurl profileuri profillink"),
    (Profile(AnyAddress), 41, "url link links profile profil perfil profilo profiel urls uri"),
    (Profile(AnyAddress), 42, "socialurl socialmedia social socialprofile socialprofileurl sociallink socials socialprofiles socialnetwork"),
    (Profile(AnyAddress), 43, "webpage personalwebsite website1value personalurl"),
    (Profile(Address), 0, "defaultprofileurl publicprofileurl"),
    (Profile(Handle), 30, "publicidentifier vanityname"),
    (Job, 0, "jobtitle title position role jobrole headline seniority occupation function designation currentjob currenttitle
         currentposition jobposition linkedinjobtitle linkedinheadline organizationtitle organization1title matchedjobtitle
         job1title businesstitle workposition personjobtitle
         poste fonction titreduposte intituleduposte metier
         funktion berufsbezeichnung jobtitel stelle stellenbezeichnung beruf rolle
         functie functietitel beroep rol
         cargo puesto funcion rol
         ruolo posizione qualifica mansione carica
         funcao cargoatual profissao
         stanowisko zawod funkcja
         stilling titelstilling jobtitle
         befattning yrke arbetstitel"),
    (Private, 0, "birthday anniversary spouse children nickname yominame fileas namesuffix groupmembership
         geburtstag jahrestag spitzname hobbys
         anniversaire surnom cumpleanos apodo compleanno verjaardag bijnaam urodziny fodselsdag fodelsedag syntymapaiva narozeniny prezdivka becenev phoneticfirstname
         maidenname additionalname hobby initials relationship homeaddress homepostalcode prospectpool prospectstage
         whogetscredit certifications resume resumeurl cv coverletter appliedon applicationdate"),
    (Other, 0, "assignee assignees assigneeemail reporter invitees guests members followers watchers collaborators
         email emails emailaddress mail workemail businessemail directemail personalemail emailstatus email1 email2 emailwork
         emailhome emailother emailprofessionnel courriel adressemail adresseemail emailadresse mailadresse correo
         correoelectronico emailadres adresemail epost epostadress epostadresse mailadress sahkoposti
         phone phones phonenumber telephone tel telefon telefono telefone telefoon telefonnummer mobile mobilephone mobil
         handy mobiltelefon portable cell cellphone movil celular komorka mobilnummer directphone workphone workdirectphone
         homephone corporatephone otherphone otherphones companyphone hqphone officephone phone1 phone2 direct fax gsm
         telefonszam numertelefonu phonestatus phonecountry phonenote
         titel titre titolo titulo salutation anrede civilite civility aanhef tratamiento prefix suffix nameprefix gender sex
         middlename secondnames
         department departments abteilung service afdeling departamento reparto dzial afdelingen avdelning
         industry sector branche secteur industrie sektor settore branza industria
         city town ort ville stad ciudad citta cidade miasto by state region province bundesland land country pays pais paese
         kraj countryregion location locality address adresse anschrift adres direccion indirizzo endereco street strasse rue
         straat calle via ulica zip zipcode postalcode postcode plz codepostal cap cep kodpocztowy postnummer
         notes note notiz notizen remarks comment comments kommentar commentaire comentarios opmerkingen uwagi bemerkung
         tags labels lists list listname status leadstatus stage lifecyclestage source leadsource origine origin campaign
         owner contactowner accountowner leadowner recordid id contactid leadid customerid kundennummer userid crmid uuid
         accountid companyid ownerid apollocontactid apolloaccountid
         date createdate createddate createdat updatedat creationdate connectedon timestamp lastcontacted lastactivitydate
         keywords technologies employees ofemployees revenue annualrevenue companysize founded
         companyaddress companycity companystate companycountry companylinkedinurl companylinkedin companyindustry
         companydescription companylocation summary description score confidencescore connections connectiondegree
         facebookurl twitterurl twitter facebook instagram github siret siren vat ustid nip kvk cif iban
         profileid leadlist personalization type kind group category categorie kategorie language sprache langue"),
];
