//! Hosts that many share: their domain says nothing of the company somebody works for.
//!
//! No well-kept public list has all of these kinds, so the tables are curated. Their sources: the lists of social
//! networks, link-in-bio services, code hosts, online marketplaces, business directories, company registers, review,
//! event, job and file-sharing sites in Wikipedia; the address formats that exporting products document; the websites
//! in public bug reports about wrong company domains; the public lists of free mail providers.

/// What stands behind a host in an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Path {
    /// Nothing: it is the site itself, and may be the company's own.
    None,
    /// A page of the site, which may be about anybody.
    Page,
}

/// Whether a host, or one above it, belongs to many: a social network, a site builder, a mail provider; with a page
/// behind it also a directory, a marketplace, a map.
pub(super) fn is_shared(host: &str, path: Path) -> bool {
    let mut rest = host;
    loop {
        let is_listed =
            HOSTS.binary_search(&rest).is_ok() || is_in_every_country(&EVERYWHERE, rest);
        let is_page = path == Path::Page
            && (SITES.binary_search(&rest).is_ok() || is_in_every_country(&SITES_EVERYWHERE, rest));
        if is_listed || is_page {
            return true;
        }
        match rest.split_once('.') {
            Some((_, parent)) if parent.contains('.') => rest = parent,
            _ => return false,
        }
    }
}

/// Whether a host is one of these names in some country: `yahoo.com`, `yahoo.fr`, `yahoo.co.uk`.
fn is_in_every_country(names: &[&str], host: &str) -> bool {
    let (name, top) = host.split_once('.').unwrap_or((host, ""));
    let top = top.strip_prefix("co.").or(top.strip_prefix("com.")).unwrap_or(top);
    matches!(top.len(), 2 | 3) && names.binary_search(&name).is_ok()
}

/// Mail providers and networks with an address in every country.
#[rustfmt::skip]
const EVERYWHERE: [&str; 13] = [
    "aol", "facebook", "gmx", "googlemail", "hotmail", "icloud", "outlook", "pinterest", "protonmail", "rocketmail",
    "tripadvisor", "yahoo", "yandex",
];

/// Directories, marketplaces and maps with an address in every country; only their pages are shared.
#[rustfmt::skip]
const SITES_EVERYWHERE: [&str; 37] = [
    "airbnb", "alibaba", "aliexpress", "amazon", "autoscout24", "bing", "booking", "cylex", "deliveroo", "ebay",
    "etsy", "europages", "eventbrite", "expedia", "fiverr", "foursquare", "glassdoor", "google", "groupon",
    "hotfrog", "houzz", "indeed", "infobel", "kompass", "meetup", "mercadolibre", "mercadolivre", "monster",
    "opentable", "shopee", "stepstone", "thefork", "trustpilot", "yell", "yellowpages", "yelp", "zalando",
];

/// Hosts that nobody's company is at, but the provider's own. Hosts of one name in every country are in [`EVERYWHERE`].
#[rustfmt::skip]
const HOSTS: [&str; 410] = [
    "126.com", "163.com", "1drv.ms", "about.me", "alice.it", "aliceadsl.fr", "allmylinks.com", "ameblo.jp",
    "amzn.to", "angel.co", "aon.at", "apps.apple.com", "appspot.com", "arcor.de", "atlas.cz", "att.net",
    "azurewebsites.net", "bandcamp.com", "bbox.fr", "beacons.ai", "beacons.page", "behance.net", "bellsouth.net",
    "bigcartel.com", "bigmarker.com", "bigpond.com", "bilibili.com", "bio.link", "bio.site", "bit.ly",
    "bitbucket.org", "bk.ru", "blog.de", "blog.naver.com", "blogger.com", "blogspot.com", "bluemail.ch",
    "bluewin.ch", "blueyonder.co.uk", "bol.com.br", "bredband.net", "bsky.app", "bsky.social", "btinternet.com",
    "business.site", "cafe24.com", "calendly.com", "campsite.bio", "canva.site", "capterra.com", "cargo.site",
    "cargocollective.com", "carrd.co", "carrd.com", "casema.nl", "centrum.cz", "charter.net", "chello.at",
    "chello.nl", "cloudfront.net", "club-internet.fr", "clutch.co", "codeberg.org", "codepen.io", "comcast.net",
    "comhem.se", "contactin.bio", "cox.net", "crunchbase.com", "deviantart.com", "discord.com", "discord.gg",
    "docs.google.com", "douyin.com", "dribbble.com", "drive.google.com", "drive.proton.me", "dropbox.com", "dub.sh",
    "duckdns.org", "dzen.ru", "earthlink.net", "email.it", "etsy.com", "eventbrite.co.uk", "eventbrite.com",
    "fanlink.to", "fastmail.com", "fastwebnet.it", "fb.com", "fb.me", "fc2.com", "firebaseapp.com", "fiverr.com",
    "flickr.com", "flow.page", "fly.dev", "forms.gle", "forms.office.com", "foxmail.com", "framer.app",
    "framer.photos", "framer.website", "free.fr", "freelancer.com", "freenet.de", "g.co", "g.page", "g2.com",
    "getmail.no", "github.com", "github.dev", "github.io", "gitlab.com", "gitlab.io", "glassdoor.com", "gmail.com",
    "gmx.at", "gmx.com", "gmx.net", "godaddysites.com", "gofundme.com", "goo.gl", "googlemail.com",
    "googlepages.com", "googleusercontent.com", "gravatar.com", "gumroad.com", "herokuapp.com", "hetnet.nl",
    "hey.com", "home.nl", "home.se", "hoo.be", "hopin.com", "hopp.co", "hotmail.com", "hotmail.fr",
    "hubspotpagebuilder.com", "icloud-content.com", "imgur.com", "inbox.lv", "inbox.ru", "indeed.com", "inode.at",
    "instabio.cc", "instagram.com", "interia.pl", "ipfs.io", "issuu.com", "jimdo.com", "jimdofree.com",
    "jimdosite.com", "jotform.com", "jubii.dk", "jugem.jp", "kakao.com", "kickstarter.com", "kit.co", "komi.io",
    "kpnmail.nl", "kpnplanet.nl", "kununu.com", "laposte.net", "launchpad.net", "libero.it", "line.biz", "line.me",
    "link.me", "linkedin.com", "linkin.bio", "linkpop.com", "linkr.bio", "linktr.ee", "linktree.com", "list.ru",
    "live.be", "live.ca", "live.co.uk", "live.com", "live.com.au", "live.com.mx", "live.de", "live.dk", "live.fr",
    "live.it", "live.nl", "live.se", "livejournal.com", "lnk.bio", "lnk.to", "lnkd.in", "lu.ma", "luma.com",
    "lycos.com", "m.me", "mac.com", "mail.com", "mail.de", "mail.dk", "mail.ru", "mailbox.org", "mailchi.mp",
    "maps.app.goo.gl", "maps.google.com", "mastodon.social", "max.ru", "me.com", "medium.com", "meetup.com",
    "mega.nz", "messenger.com", "modoo.at", "mp.weixin.qq.com", "msha.ke", "msn.com", "mstdn.social",
    "my.canva.site", "myshopify.com", "myspace.com", "mystrikingly.com", "naver.com", "neocities.org",
    "netlify.app", "neuf.fr", "ngrok.io", "note.com", "notion.site", "notion.so", "ntlworld.com", "numericable.fr",
    "o2.pl", "odnoklassniki.ru", "ok.ru", "onedrive.live.com", "onet.pl", "online.de", "online.no", "onlyfans.com",
    "onmicrosoft.com", "onrender.com", "op.pl", "open.spotify.com", "optonline.net", "orange.fr", "page.link",
    "pages.dev", "pages.github.com", "partiful.com", "pastebin.com", "patreon.com", "paypal.me", "pinterest.com",
    "pixieset.com", "planet.nl", "play.google.com", "pm.me", "portfoliobox.net", "posteo.de", "posteo.net",
    "potions.bio", "producthunt.com", "proton.me", "qq.com", "quicknet.nl", "quora.com", "railway.app",
    "rambler.ru", "rebrand.ly", "reddit.com", "rediffmail.com", "repl.co", "replit.app", "replit.dev",
    "researchgate.net", "rr.com", "s.id", "sapo.pt", "sbcglobal.net", "sendspace.com", "seznam.cz", "sfr.fr",
    "sharepoint.com", "shaw.ca", "shor.by", "shorturl.at", "sina.com", "sites.google.com", "sky.com", "skynet.be",
    "skype.com", "slideshare.net", "smartstore.naver.com", "smugmug.com", "snapchat.com", "sohu.com", "solcon.nl",
    "solo.to", "soundcloud.com", "sourceforge.net", "splashthat.com", "spray.se", "squarespace.com",
    "stackoverflow.com", "stan.store", "start.page", "steamcommunity.com", "strikingly.com", "substack.com",
    "sunrise.ch", "surge.sh", "surveymonkey.com", "sympatico.ca", "t-online.de", "t.co", "t.me", "talktalk.net",
    "tally.so", "tap.bio", "taplink.cc", "tdcadsl.dk", "teachable.com", "tele2.nl", "tele2.se", "telegram.me",
    "telegram.org", "telenet.be", "teletu.it", "telia.com", "terra.com.br", "thinkific.com", "threads.com",
    "threads.net", "ti.to", "tickettailor.com", "tiktok.com", "tilda.ws", "tin.it", "tiny.cc", "tinyurl.com",
    "tiscali.co.uk", "tiscali.it", "tistory.com", "tlen.pl", "transfernow.net", "trello.com", "tripod.com",
    "trustpilot.com", "tumblr.com", "tutanota.com", "twitch.tv", "twitter.com", "typeform.com", "typepad.com",
    "ucoz.com", "ueniweb.com", "ukr.net", "unsplash.com", "uol.com.br", "upcmail.nl", "upwork.com", "vercel.app",
    "verizon.net", "versatel.nl", "viadeo.com", "vimeo.com", "virgilio.it", "virginmedia.com", "vk.com", "vk.ru",
    "volny.cz", "wa.me", "wanadoo.fr", "web.app", "web.de", "webflow.io", "webnode.com", "webs.com", "wechat.com",
    "weebly.com", "weibo.com", "weixin.qq.com", "wellfound.com", "wetransfer.com", "whatsapp.com", "wikipedia.org",
    "wix.com", "wixsite.com", "wixstudio.io", "wordpress.com", "workers.dev", "wp.pl", "wpcomstaging.com",
    "wpengine.com", "x.com", "xiaohongshu.com", "xing.com", "xs4all.nl", "yelp.com", "ymail.com", "yola.com",
    "yolasite.com", "youtu.be", "youtube.com", "zaap.bio", "zapier.app", "zhihu.com", "ziggo.nl", "zohosites.com",
    "zonnet.nl",
];

/// Directories, registers, marketplaces, maps, review, job, event, news and code sites: a page there is about somebody
/// else, the site itself is a company's own.
#[rustfmt::skip]
const SITES: [&str; 243] = [
    "2gis.ru", "academia.edu", "airbnb.com", "aleo.com", "alibaba.com", "aliexpress.com", "allabolag.se",
    "amazon.com", "angi.com", "apollo.io", "app.apple.com", "appexchange.salesforce.com", "apple.com",
    "appsource.microsoft.com", "archive.org", "artstation.com", "ashbyhq.com", "autoscout24.de", "autotrader.com",
    "bark.com", "bbb.org", "bbc.co.uk", "behance.com", "bing.com", "bizapedia.com", "bloomberg.com", "booking.com",
    "bookingkit.com", "brownbook.net", "builtin.com", "bundesanzeiger.de", "businesswire.com", "buymeacoffee.com",
    "cbinsights.com", "ceginformacio.hu", "companieshouse.gov.uk", "company-information.service.gov.uk",
    "companycheck.co.uk", "companyhouse.de", "comparably.com", "contra.com", "craft.co", "crates.io",
    "crowdcube.com", "crozdesk.com", "cylex.de", "dealroom.co", "designrush.com", "devpost.com", "dice.com",
    "dnb.com", "doctolib.de", "doctolib.fr", "duckduckgo.com", "ebay.com", "endole.co.uk", "envato.com",
    "ereleases.com", "etoro.com", "europages.com", "europages.de", "expedia.com", "f6s.com", "faire.com",
    "find-and-update.company-information.service.gov.uk", "firmenabc.at", "firmenwissen.de", "firmy.cz",
    "foodpanda.com", "forbes.com", "foursquare.com", "fresha.com", "ft.com", "g2crowd.com", "gelbeseiten.de",
    "getapp.com", "globalsources.com", "goodfirms.co", "google.com", "goudengids.be", "goudengids.nl",
    "greenhouse.io", "grubhub.com", "guru.com", "handelsregister.de", "herold.at", "hh.ru", "hoovers.com",
    "hotels.com", "hotfrog.com", "houzz.com", "hub.docker.com", "huggingface.co", "idealista.com", "imdb.com",
    "immobilienscout24.de", "indiamart.com", "indiegogo.com", "infobel.com", "infogreffe.fr", "jameda.de",
    "jobs.ch", "jobteaser.com", "join.com", "justdial.com", "justice.cz", "kaggle.com", "kaufda.de", "ko-fi.com",
    "kompass.com", "kvk.nl", "leadiq.com", "leboncoin.fr", "lever.co", "librarything.com", "list-org.com",
    "local.ch", "lusha.com", "made-in-china.com", "malt.com", "malt.fr", "manageo.fr", "manta.com", "mapquest.com",
    "meinestadt.de", "mercadolibre.com", "mobile.de", "moneyhouse.ch", "monster.com", "muckrack.com",
    "myworkdayjobs.com", "nextdoor.com", "northdata.com", "northdata.de", "npmjs.com", "opencollective.com",
    "opencorporates.com", "openrice.com", "openstreetmap.org", "opentable.com", "orcid.org", "osm.org", "owler.com",
    "pagesjaunes.fr", "paginasamarillas.es", "paginebianche.it", "paginegialle.it", "panoramafirm.pl", "pappers.fr",
    "peopleperhour.com", "personio.de", "pitchbook.com", "pkt.pl", "polywork.com", "prnewswire.com", "proff.dk",
    "proff.no", "proff.se", "provenexpert.com", "prweb.com", "pypi.org", "rakuten.co.jp", "read.cv", "realtor.com",
    "recruitee.com", "redbubble.com", "republic.com", "researchgate.com", "rightmove.co.uk", "rocketreach.co",
    "rusprofile.ru", "saasworthy.com", "scholar.google.com", "scribd.com", "seedrs.com", "seek.com.au",
    "shopify.com", "signalhire.com", "similarweb.com", "smartrecruiters.com", "societe.com", "softwareadvice.com",
    "sortlist.com", "spotify.com", "ssrn.com", "startnext.com", "startupranking.com", "steampowered.com",
    "stepstone.de", "store.steampowered.com", "superpages.com", "takealot.com", "techcrunch.com", "telefonbuch.de",
    "thefork.com", "themanifest.com", "thomasnet.com", "thumbtack.com", "toptal.com", "tracxn.com",
    "tradeindia.com", "treatwell.co.uk", "treatwell.com", "tripadvisor.com", "trustedshops.de", "trustradius.com",
    "tuugo.com", "uber.com", "ubereats.com", "udemy.com", "unternehmensregister.de", "verif.com", "vimeopro.com",
    "visable.com", "vivino.com", "vrbo.com", "wayfair.com", "waze.com", "web.archive.org", "wefunder.com",
    "welcometothejungle.com", "wer-zu-wem.de", "werliefertwas.de", "whitepages.com", "wikidata.org",
    "wiktionary.org", "wlw.at", "wlw.ch", "wlw.de", "workable.com", "workday.com", "yandex.ru", "ycombinator.com",
    "yell.com", "yellowpages.ca", "yellowpages.com", "zalando.de", "zaubacorp.com", "zillow.com", "zivefirmy.cz",
    "zocdoc.com", "zomato.com", "zoominfo.com",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_can_be_searched() {
        let lists: [&[&str]; 4] = [&EVERYWHERE, &HOSTS, &SITES, &SITES_EVERYWHERE];
        assert!(lists.iter().all(|list| list.is_sorted()));
    }
}
