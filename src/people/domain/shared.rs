//! Hosts that many companies share: their domain does not show for which one somebody works.
//!
//! No well-kept public list has all of these kinds, so the lists are made by hand. Their sources: in Wikipedia, the lists
//! of social networks, link-in-bio services, code hosts, online marketplaces, business directories, company registers,
//! review, event, job and file-sharing sites; the formats of addresses that products document; the websites in public bug
//! reports about wrong company domains; the public lists of free mail providers.

use crate::word_list::WordList;

/// What follows a host in an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Path {
    /// Nothing: the address is the site itself, which may be the company's own.
    None,
    /// A page of the site, which may be about anybody.
    Page,
}

/// Whether a host, or a domain above it, is shared: a social network, a site builder, a mail provider; if the address has
/// a path, also a directory, a marketplace or a map.
pub(super) fn is_shared(host: &str, path: Path) -> bool {
    let mut rest = host;
    loop {
        let is_listed = HOSTS.has(rest) || is_in_every_country(&EVERYWHERE, rest);
        let is_page =
            path == Path::Page && (SITES.has(rest) || is_in_every_country(&SITES_EVERYWHERE, rest));
        if is_listed || is_page {
            return true;
        }
        match rest.split_once('.') {
            Some((_, parent)) => rest = parent,
            None => return false,
        }
    }
}

/// Whether a host is one of these names in any country: `yahoo.com`, `yahoo.fr`, `yahoo.co.uk`.
fn is_in_every_country(names: &WordList, host: &str) -> bool {
    let (name, top) = host.split_once('.').unwrap_or((host, ""));
    let top = top.strip_prefix("co.").or(top.strip_prefix("com.")).unwrap_or(top);
    matches!(top.len(), 2 | 3) && names.has(name)
}

/// Mail providers and networks that have a domain in many countries.
#[rustfmt::skip]
static EVERYWHERE: WordList = WordList::of(&[
    "aol", "facebook", "gmx", "googlemail", "hotmail", "icloud", "outlook", "pinterest", "protonmail", "rocketmail",
    "tripadvisor", "yahoo", "yandex",
]);

/// Directories, marketplaces and maps that have a domain in many countries. Only their pages are shared.
#[rustfmt::skip]
static SITES_EVERYWHERE: WordList = WordList::of(&[
    "airbnb", "alibaba", "aliexpress", "amazon", "autoscout24", "bing", "booking", "cylex", "deliveroo", "ebay",
    "etsy", "europages", "eventbrite", "expedia", "fiverr", "foursquare", "glassdoor", "google", "groupon",
    "hotfrog", "houzz", "indeed", "infobel", "kompass", "meetup", "mercadolibre", "mercadolivre", "monster",
    "opentable", "shopee", "stepstone", "thefork", "trustpilot", "yell", "yellowpages", "yelp", "zalando",
]);

/// Hosts of providers: an address there is not that of the person's company. Those with a domain in many countries are in
/// [`EVERYWHERE`].
#[rustfmt::skip]
static HOSTS: WordList = WordList::of(&[
    "126.com", "163.com", "1drv.ms", "about.me", "adalo.com", "alice.it", "aliceadsl.fr", "allmylinks.com",
    "ameblo.jp", "amzn.to", "anchor.fm", "angel.co", "aon.at", "app.apollo.io", "app.asana.com", "app.box.com",
    "app.clickup.com", "app.hubspot.com", "app.pipedrive.com", "app.slack.com", "apps.apple.com", "appspot.com",
    "arcor.de", "atlas.cz", "att.net", "azurewebsites.net", "bandcamp.com", "base44.app", "bbox.fr", "beacons.ai",
    "beacons.page", "beehiiv.com", "behance.net", "bellsouth.net", "bigcartel.com", "bigmarker.com", "bigpond.com",
    "bilibili.com", "bio.fm", "bio.link", "bio.site", "bit.ly", "bitbucket.org", "bk.ru", "blog.de", "blog.naver.com",
    "blogger.com", "blogspot.com", "blogspot.de", "bluemail.ch", "bluewin.ch", "blueyonder.co.uk", "bol.com.br",
    "bredband.net", "bsky.app", "bsky.social", "btinternet.com", "bubbleapps.io", "business.site", "cafe24.com",
    "calendar.app.google", "calendly.com", "campsite.bio", "canalblog.com", "canva.site", "capterra.com",
    "cargo.site", "cargocollective.com", "carrd.co", "carrd.com", "casema.nl", "centrum.cz", "charter.net",
    "chat.whatsapp.com", "chello.at", "chello.nl", "ck.page", "cloud.mail.ru", "cloudfront.net", "club-internet.fr",
    "clutch.co", "codeberg.org", "codepen.io", "comcast.net", "comhem.se", "contactin.bio", "cox.net", "craft.me",
    "crm.dynamics.com", "crm.zoho.com", "crunchbase.com", "dev.to", "deviantart.com", "discord.com", "discord.gg",
    "disk.yandex.ru", "docs.google.com", "douyin.com", "dribbble.com", "drive.google.com", "drive.proton.me",
    "dropbox.com", "dub.sh", "duckdns.org", "duda.co", "durable.co", "dzen.ru", "e-monsite.com", "earthlink.net",
    "email.it", "etsy.com", "eventbrite.co.uk", "eventbrite.com", "fanlink.to", "fastmail.com", "fastwebnet.it",
    "fb.com", "fb.me", "fc2.com", "firebaseapp.com", "fiverr.com", "flickr.com", "flow.page", "fly.dev", "forms.gle",
    "forms.office.com", "foxmail.com", "framer.app", "framer.photos", "framer.website", "free.fr", "freelancer.com",
    "freenet.de", "fromsmash.com", "g.co", "g.page", "g2.com", "getmail.no", "ghost.io", "gitbook.io", "github.com",
    "github.dev", "github.io", "gitlab.com", "gitlab.io", "glassdoor.com", "glide.page", "gmail.com", "gmx.at",
    "gmx.com", "gmx.net", "godaddysites.com", "gofundme.com", "goo.gl", "googlemail.com", "googlepages.com",
    "googleusercontent.com", "gravatar.com", "groups.google.com", "gumroad.com", "hashnode.dev", "herokuapp.com",
    "hetnet.nl", "hey.com", "home.nl", "home.se", "homepage-website.de", "hoo.be", "hopin.com", "hopp.bio", "hopp.co",
    "hotmail.com", "hotmail.fr", "hpage.com", "hubspotpagebuilder.com", "icedrive.net", "icloud-content.com",
    "imgur.com", "inbox.lv", "inbox.ru", "indeed.com", "inode.at", "instabio.cc", "instagram.com", "interia.pl",
    "ipfs.io", "issuu.com", "jimdo.com", "jimdofree.com", "jimdosite.com", "join.slack.com", "jotform.com",
    "jouwweb.nl", "jubii.dk", "jugem.jp", "kakao.com", "kickstarter.com", "kit.co", "koji.to", "komi.io",
    "kpnmail.nl", "kpnplanet.nl", "kununu.com", "laposte.net", "launchpad.net", "libero.it", "lightning.force.com",
    "line.biz", "line.me", "link.bio", "link.me", "linkbio.co", "linkedin.com", "linkin.bio", "linkpop.com",
    "linkr.bio", "linktr.ee", "linktree.com", "list.ru", "live.be", "live.ca", "live.co.uk", "live.com",
    "live.com.au", "live.com.mx", "live.de", "live.dk", "live.fr", "live.it", "live.nl", "live.se", "livejournal.com",
    "lnk.bio", "lnk.to", "lnkd.in", "lovable.app", "lu.ma", "luma.com", "lycos.com", "m.me", "mac.com", "mail.com",
    "mail.de", "mail.dk", "mail.ru", "mailbox.org", "mailchi.mp", "many.link", "maps.app.goo.gl", "maps.apple.com",
    "maps.google.com", "mastodon.social", "max.ru", "me.com", "medium.com", "meetings.hubspot.com", "meetup.com",
    "mega.nz", "messenger.com", "milkshake.app", "mobirisesite.com", "modoo.at", "mp.weixin.qq.com", "msha.ke",
    "msn.com", "mssg.me", "mstdn.social", "my.canva.site", "my.salesforce.com", "myshopify.com", "myspace.com",
    "mystrikingly.com", "naver.com", "naver.me", "neocities.org", "netlify.app", "neuf.fr", "ngrok.io", "note.com",
    "notion.site", "notion.so", "npage.de", "ntlworld.com", "numericable.fr", "o2.pl", "odnoklassniki.ru", "ok.ru",
    "onedrive.live.com", "onet.pl", "online.de", "online.no", "onlyfans.com", "onmicrosoft.com", "onrender.com",
    "op.pl", "open.spotify.com", "optonline.net", "orange.fr", "over-blog.com", "page.link", "pages.dev",
    "pages.github.com", "pan.baidu.com", "partiful.com", "pastebin.com", "patreon.com", "paypal.me",
    "photos.app.goo.gl", "pinterest.com", "pixieset.com", "planet.nl", "play.google.com", "pm.me",
    "podcasts.apple.com", "portfoliobox.net", "posteo.de", "posteo.net", "potions.bio", "producthunt.com",
    "proton.me", "qq.com", "quicknet.nl", "quora.com", "railway.app", "rambler.ru", "readthedocs.io", "rebrand.ly",
    "reddit.com", "rediffmail.com", "repl.co", "replit.app", "replit.dev", "researchgate.net", "rr.com", "s.id",
    "sapo.pt", "sbcglobal.net", "sendfox.com", "sendspace.com", "seznam.cz", "sfr.fr", "share.google",
    "sharepoint.com", "shaw.ca", "shor.by", "shorturl.at", "simdif.com", "sina.com", "site123.me", "sites.google.com",
    "sky.com", "skynet.be", "skype.com", "skyrock.com", "slideshare.net", "smartstore.naver.com", "smash.link",
    "smugmug.com", "snapchat.com", "snipfeed.co", "softr.app", "sohu.com", "solcon.nl", "solo.to", "soundcloud.com",
    "sourceforge.net", "sourcehut.org", "splashthat.com", "spray.se", "squarespace.com", "sr.ht", "stackoverflow.com",
    "stan.store", "start.page", "steamcommunity.com", "strikingly.com", "substack.com", "sunrise.ch", "surge.sh",
    "surveymonkey.com", "swisstransfer.com", "sympatico.ca", "t-online.de", "t.co", "t.me", "talktalk.net",
    "tally.so", "tap.bio", "taplink.cc", "tdcadsl.dk", "teachable.com", "teams.microsoft.com", "tele2.nl", "tele2.se",
    "telegram.me", "telegram.org", "telenet.be", "teletu.it", "telia.com", "terra.com.br", "thinkific.com",
    "threads.com", "threads.net", "ti.to", "tickettailor.com", "tiktok.com", "tilda.ws", "tin.it", "tiny.cc",
    "tinyurl.com", "tiscali.co.uk", "tiscali.it", "tistory.com", "tlen.pl", "transfernow.net", "trello.com",
    "tripod.com", "trustpilot.com", "tumblr.com", "tutanota.com", "twitch.tv", "twitter.com", "typeform.com",
    "typepad.com", "ucoz.com", "ueniweb.com", "ukr.net", "unsplash.com", "uol.com.br", "upcmail.nl", "upwork.com",
    "us02web.zoom.us", "vercel.app", "verizon.net", "versatel.nl", "viadeo.com", "vimeo.com", "virgilio.it",
    "virginmedia.com", "vk.com", "vk.ru", "volny.cz", "wa.me", "wanadoo.fr", "we.tl", "web.app", "web.de",
    "webador.com", "webador.de", "webador.nl", "webflow.io", "webnode.com", "webs.com", "wechat.com", "weebly.com",
    "weibo.com", "weixin.qq.com", "wellfound.com", "wetransfer.com", "whatsapp.com", "wikipedia.org", "withkoji.com",
    "wix.com", "wixsite.com", "wixstudio.io", "wordpress.com", "workers.dev", "wp.pl", "wpcomstaging.com",
    "wpengine.com", "x.com", "xiaohongshu.com", "xing.com", "xs4all.nl", "yelp.com", "ymail.com", "yola.com",
    "yolasite.com", "youtu.be", "youtube.com", "zaap.bio", "zapier.app", "zhihu.com", "ziggo.nl", "zohosites.com",
    "zonnet.nl",
]);

/// Directories, registers, marketplaces, maps, review, job, event, news and code sites: the site is a company's own, but a
/// page may be about any company.
#[rustfmt::skip]
static SITES: WordList = WordList::of(&[
    "118712.fr", "11880.com", "192.com", "2gis.ru", "500px.com", "99designs.com", "abr.business.gov.au",
    "academia.edu", "airbnb.com", "airmeet.com", "airtable.com", "aleo.com", "alibaba.com", "aliexpress.com",
    "alignable.com", "allabolag.se", "allegro.pl", "amazon.com", "angellist.com", "angi.com", "angieslist.com",
    "annuaire-entreprises.data.gouv.fr", "apec.fr", "apollo.io", "app.apple.com", "appexchange.salesforce.com",
    "apple.com", "appsource.microsoft.com", "arbeitsagentur.de", "archive.org", "artstation.com", "asana.com",
    "ashbyhq.com", "asiakastieto.fi", "atlassian.net", "autoscout24.de", "autotrader.com", "avito.ru", "avvo.com",
    "axesor.es", "bandsintown.com", "bark.com", "basecamp.com", "baseconnect.in", "batiactu.com", "bbb.org",
    "bbc.co.uk", "behance.com", "billetto.dk", "billetweb.fr", "bing.com", "bizapedia.com", "bizbuysell.com",
    "bizzabo.com", "bloomberg.com", "boardgamegeek.com", "bol.com", "booking.com", "bookingkit.com", "booksy.com",
    "box.com", "brella.io", "brighttalk.com", "brownbook.net", "builtin.com", "builtwith.com", "bundesanzeiger.de",
    "businesswire.com", "buymeacoffee.com", "buzzsprout.com", "cadremploi.fr", "canada411.ca", "canva.com",
    "cbinsights.com", "cdiscount.com", "ceginfo.hu", "ceginformacio.hu", "chamberofcommerce.com", "checkatrade.com",
    "chrono24.com", "citysearch.com", "classpass.com", "clickup.com", "coda.io", "companieshouse.gov.uk",
    "companisto.com", "company-information.service.gov.uk", "companycheck.co.uk", "companyhouse.de", "comparably.com",
    "contactout.com", "contra.com", "cordis.europa.eu", "coursera.org", "craft.co", "craigslist.org", "crates.io",
    "crowdcube.com", "crowdspring.com", "crozdesk.com", "cylex-uk.co.uk", "cylex.de", "dasoertliche.com",
    "dasoertliche.de", "data-inno.fr", "dealroom.co", "deliveroo.co.uk", "depop.com", "designrush.com",
    "detelefoongids.nl", "devpost.com", "dexknows.com", "dice.com", "dice.fm", "discogs.com", "dnb.com",
    "docsend.com", "doctolib.de", "doctolib.fr", "duckduckgo.com", "dynamics.com", "ebay.com", "ec.europa.eu",
    "einforma.com", "einforma.pt", "ejobs.ro", "endole.co.uk", "eniro.com", "eniro.se", "envato.com", "ereleases.com",
    "etoro.com", "eu-startups.com", "europages.com", "europages.de", "eventim.de", "evernote.com", "expansion.com",
    "expedia.com", "exploretock.com", "ezlocal.com", "f6s.com", "faire.com", "figma.com", "filemail.com",
    "find-and-update.company-information.service.gov.uk", "finder.fi", "findlaw.com", "finstat.sk", "firmenabc.at",
    "firmenwissen.de", "firmy.cz", "flipboard.com", "fnac.com", "fonecta.fi", "foodpanda.com", "forbes.com",
    "force.com", "foursquare.com", "freeindex.co.uk", "fresha.com", "freshdesk.com", "ft.com", "g2crowd.com",
    "gelbeseiten.de", "getapp.com", "globalsources.com", "glovoapp.com", "goodfirms.co", "goodreads.com",
    "google.com", "gotowebinar.com", "goudengids.be", "goudengids.nl", "goyellow.de", "grailed.com", "greenhouse.io",
    "growjo.com", "grubhub.com", "gumtree.com", "guru.com", "gust.com", "handelsregister.de", "healthgrades.com",
    "helloasso.com", "hellowork.com", "here.com", "herold.at", "hh.ru", "hitta.se", "homeadvisor.com", "hoovers.com",
    "hopin.com", "hotels.com", "hotfrog.com", "hotpepper.jp", "houzz.com", "hub.docker.com", "hubspot.com",
    "huggingface.co", "idealista.com", "imdb.com", "immobilienscout24.de", "indiamart.com", "indiegogo.com",
    "infobel.com", "infogreffe.fr", "infojobs.it", "infojobs.net", "intercom.com", "itch.io", "jameda.de",
    "jobkorea.co.kr", "jobs.ch", "jobs.cz", "jobs.de", "jobteaser.com", "join.com", "just-eat.co.uk", "justdial.com",
    "justgiving.com", "justia.com", "justice.cz", "kadaster.nl", "kaggle.com", "karriere.at", "kaufda.de",
    "kleinanzeigen.de", "ko-fi.com", "kompass.com", "krak.dk", "krs-online.com.pl", "kvk.nl", "lafourchette.com",
    "last.fm", "lawyers.com", "leadiq.com", "leboncoin.fr", "letterboxd.com", "levels.fyi", "lever.co",
    "librarything.com", "lieferando.de", "linkfire.com", "list-org.com", "listafirme.ro", "local.ch", "local.com",
    "loom.com", "lusha.com", "made-in-china.com", "malt.com", "malt.fr", "manageo.fr", "manta.com", "mappy.com",
    "mapquest.com", "marktplaats.nl", "martindale.com", "mediafire.com", "meinestadt.de", "mercadolibre.com",
    "merchantcircle.com", "metacritic.com", "mindbodyonline.com", "miro.com", "mixcloud.com", "mobile.de",
    "monday.com", "moneyhouse.ch", "monster.com", "muckrack.com", "mybuilder.com", "myhammer.de", "myworkdayjobs.com",
    "nemzeticegtar.hu", "nextdoor.com", "northdata.com", "northdata.de", "npmjs.com", "olx.pl", "on24.com",
    "opencollective.com", "opencorporates.com", "openkvk.nl", "openrice.com", "openstreetmap.org", "opentable.com",
    "orcid.org", "osm.org", "otto.de", "owler.com", "padlet.com", "pagesjaunes.fr", "paginasamarillas.es",
    "paginebianche.it", "paginegialle.it", "panoramafirm.pl", "pappers.fr", "pcloud.com", "peopleperhour.com",
    "personio.de", "petitfute.com", "pipedrive.com", "pitch.com", "pitchbook.com", "pkt.pl", "planity.com",
    "podbean.com", "polywork.com", "poshmark.com", "pracuj.pl", "prezi.com", "prnewswire.com", "profesia.sk",
    "proff.com", "proff.dk", "proff.no", "proff.se", "provenexpert.com", "prweb.com", "psychologytoday.com",
    "pypi.org", "qcc.com", "ra.co", "racius.com", "rakuten.co.jp", "ratedpeople.com", "ratemds.com", "ratsit.se",
    "read.cv", "realtor.com", "recruitee.com", "redbubble.com", "rejestr.io", "reportaziende.it", "republic.com",
    "repvue.com", "researchgate.com", "residentadvisor.net", "resy.com", "rightmove.co.uk", "roblox.com",
    "rocketreach.co", "rottentomatoes.com", "rusprofile.ru", "saasworthy.com", "sabi.pt", "salesforce.com",
    "salonkee.com", "saramin.co.kr", "scholar.google.com", "scoot.co.uk", "scribd.com", "search.ch", "sec.gov",
    "seedinvest.com", "seedrs.com", "seek.com.au", "sevenrooms.com", "shopify.com", "shotgun.live", "sifted.eu",
    "signalhire.com", "similarweb.com", "skillshare.com", "slack.com", "slides.com", "smartrecruiters.com",
    "societe.com", "softwareadvice.com", "songkick.com", "sortlist.com", "speakerdeck.com", "spotify.com",
    "spreaker.com", "ssrn.com", "startengine.com", "startnext.com", "startupranking.com", "steamcommunity.com",
    "steampowered.com", "stepstone.at", "stepstone.de", "store.steampowered.com", "strava.com", "subito.it",
    "superlawyers.com", "superpages.com", "swapcard.com", "swiggy.com", "sync.com", "tabelog.com", "takealot.com",
    "techcrunch.com", "ted.com", "tel.search.ch", "telefonbuch.de", "telefoonboek.nl", "termene.ro",
    "thebluebook.com", "thefork.com", "themanifest.com", "theorg.com", "thomasnet.com", "thomsonlocal.com",
    "thumbtack.com", "tianyancha.com", "ticketmaster.com", "ticketmaster.de", "tock.com", "tofler.in", "toptal.com",
    "tracxn.com", "tradeindia.com", "treatwell.co.uk", "treatwell.com", "treatwell.de", "tripadvisor.com",
    "truelocal.com.au", "trustatrader.com", "trustedshops.de", "trustradius.com", "tuugo.com", "uber.com",
    "ubereats.com", "udemy.com", "ufficiocamerale.it", "unternehmensregister.de", "verif.com", "vimeopro.com",
    "vinted.com", "virk.dk", "visable.com", "vitals.com", "vivino.com", "vrbo.com", "wakelet.com", "wallapop.com",
    "wanted.co.kr", "wantedly.com", "wayfair.com", "waze.com", "web.archive.org", "webmd.com", "weezevent.com",
    "wefunder.com", "welcometothejungle.com", "wer-zu-wem.de", "werliefertwas.de", "what3words.com", "whitepages.com",
    "wikidata.org", "wiktionary.org", "wlw.at", "wlw.ch", "wlw.de", "wolt.com", "workable.com", "workday.com",
    "xceed.me", "xing-news.com", "yandex.ru", "ycombinator.com", "yell.com", "yellow.com.au", "yellowbook.com",
    "yellowpages.ca", "yellowpages.com", "yelp.ca", "zalando.de", "zaubacorp.com", "zefix.ch", "zendesk.com",
    "zillow.com", "zivefirmy.cz", "zocdoc.com", "zoho.com", "zomato.com", "zoom.us", "zoominfo.com",
]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_can_be_searched() {
        let lists = [&EVERYWHERE, &HOSTS, &SITES, &SITES_EVERYWHERE];
        assert!(lists.iter().all(|list| list.is_sorted()));
    }

    #[test]
    fn all_that_is_listed_is_shared_below_any_host_and_in_any_case() {
        let shared = |address: &str| super::super::Domain::parse(address).is_none();
        let names = |list: &WordList| {
            list.all()
                .iter()
                .flat_map(|name| {
                    [".com", ".de", ".co.uk", ".com.br"].map(|top| format!("{name}{top}"))
                })
                .collect::<Vec<_>>()
        };
        let hosts = HOSTS.all().iter().map(|host| (*host).to_owned()).chain(names(&EVERYWHERE));
        let sites =
            SITES.all().iter().map(|host| (*host).to_owned()).chain(names(&SITES_EVERYWHERE));
        let all = hosts.map(|host| (host, "")).chain(sites.map(|host| (host, "/acme")));
        for (host, page) in all {
            for below in ["", "www.", "acme.", "www.acme."] {
                let address = format!("{below}{host}{page}");
                for address in [address.to_uppercase(), format!("https://{address}"), address] {
                    assert!(shared(&address), "{address}");
                }
            }
        }
    }
}
