//! Hosts that many share: their domain says nothing of the company somebody works for.

/// Whether a host is, or belongs to, a social network, a directory, a site builder or a mail provider.
pub(super) fn is_shared(host: &str) -> bool {
    let mut rest = host;
    loop {
        if HOSTS.binary_search(&rest).is_ok() || is_everywhere(rest) {
            return true;
        }
        match rest.split_once('.') {
            Some((_, parent)) if parent.contains('.') => rest = parent,
            _ => return false,
        }
    }
}

/// Whether a host is one of [`EVERYWHERE`] in some country: `yahoo.com`, `yahoo.fr`, `yahoo.co.uk`.
fn is_everywhere(host: &str) -> bool {
    let (name, top) = host.split_once('.').unwrap_or((host, ""));
    let top = top.strip_prefix("co.").or(top.strip_prefix("com.")).unwrap_or(top);
    matches!(top.len(), 2 | 3) && EVERYWHERE.contains(&name)
}

/// Mail providers and networks with an address in every country.
const EVERYWHERE: [&str; 13] = [
    "aol",
    "facebook",
    "gmx",
    "googlemail",
    "hotmail",
    "icloud",
    "outlook",
    "pinterest",
    "protonmail",
    "rocketmail",
    "tripadvisor",
    "yahoo",
    "yandex",
];

/// Sorted, for the search. Hosts of one name in every country stand in [`EVERYWHERE`].
#[rustfmt::skip]
const HOSTS: [&str; 285] = [
    "126.com", "163.com", "about.me", "alice.it", "aliceadsl.fr", "angel.co", "aon.at", "apps.apple.com", "arcor.de",
    "atlas.cz", "att.net", "azurewebsites.net", "bbox.fr", "beacons.ai", "behance.net", "bellsouth.net",
    "bigcartel.com", "bigpond.com", "bio.link", "bit.ly", "bitbucket.org", "bk.ru", "blogger.com", "blogspot.com",
    "bluemail.ch", "bluewin.ch", "blueyonder.co.uk", "bol.com.br", "bredband.net", "bsky.app", "btinternet.com",
    "business.site", "calendly.com", "campsite.bio", "canva.site", "capterra.com", "carrd.co", "casema.nl",
    "centrum.cz", "charter.net", "chello.at", "chello.nl", "club-internet.fr", "clutch.co", "comcast.net",
    "comhem.se", "cox.net", "crunchbase.com", "deviantart.com", "discord.com", "discord.gg", "docs.google.com",
    "dribbble.com", "drive.google.com", "dropbox.com", "duckdns.org", "earthlink.net", "email.it", "etsy.com",
    "eventbrite.com", "fastmail.com", "fastwebnet.it", "fb.com", "fb.me", "firebaseapp.com", "fiverr.com",
    "flickr.com", "forms.gle", "foxmail.com", "framer.app", "framer.website", "free.fr", "freelancer.com",
    "freenet.de", "g.co", "g.page", "g2.com", "getmail.no", "github.com", "github.io", "gitlab.com", "gitlab.io",
    "glassdoor.com", "gmail.com", "gmx.at", "gmx.com", "gmx.net", "godaddysites.com", "goo.gl", "googlemail.com",
    "googleusercontent.com", "gumroad.com", "herokuapp.com", "hetnet.nl", "hey.com", "home.nl", "home.se",
    "hotmail.com", "hotmail.fr", "hubspotpagebuilder.com", "inbox.lv", "inbox.ru", "indeed.com", "inode.at",
    "instagram.com", "interia.pl", "issuu.com", "jimdo.com", "jimdofree.com", "jimdosite.com", "jubii.dk",
    "kickstarter.com", "kpnmail.nl", "kpnplanet.nl", "kununu.com", "laposte.net", "libero.it", "line.me",
    "linkedin.com", "linktr.ee", "linktree.com", "list.ru", "live.be", "live.ca", "live.co.uk", "live.com",
    "live.com.au", "live.com.mx", "live.de", "live.dk", "live.fr", "live.it", "live.nl", "live.se", "lnk.bio",
    "lnkd.in", "lycos.com", "m.me", "mac.com", "mail.com", "mail.de", "mail.dk", "mail.ru", "mailbox.org",
    "maps.google.com", "mastodon.social", "me.com", "medium.com", "meetup.com", "messenger.com", "msha.ke", "msn.com",
    "mstdn.social", "myshopify.com", "myspace.com", "naver.com", "netlify.app", "neuf.fr", "notion.site", "notion.so",
    "ntlworld.com", "numericable.fr", "o2.pl", "odnoklassniki.ru", "ok.ru", "onet.pl", "online.de", "online.no",
    "onlyfans.com", "onmicrosoft.com", "op.pl", "open.spotify.com", "optonline.net", "orange.fr", "pages.dev",
    "patreon.com", "paypal.me", "planet.nl", "play.google.com", "pm.me", "posteo.de", "posteo.net", "producthunt.com",
    "proton.me", "qq.com", "quicknet.nl", "quora.com", "rambler.ru", "reddit.com", "rediffmail.com",
    "researchgate.net", "rr.com", "sapo.pt", "sbcglobal.net", "seznam.cz", "sfr.fr", "sharepoint.com", "shaw.ca",
    "sina.com", "sites.google.com", "sky.com", "skynet.be", "skype.com", "slideshare.net", "snapchat.com", "sohu.com",
    "solcon.nl", "soundcloud.com", "spray.se", "squarespace.com", "stackoverflow.com", "strikingly.com",
    "substack.com", "sunrise.ch", "surge.sh", "sympatico.ca", "t-online.de", "t.co", "t.me", "talktalk.net",
    "taplink.cc", "tdcadsl.dk", "tele2.nl", "tele2.se", "telegram.me", "telegram.org", "telenet.be", "teletu.it",
    "telia.com", "terra.com.br", "threads.com", "threads.net", "tiktok.com", "tin.it", "tinyurl.com", "tiscali.co.uk",
    "tiscali.it", "tlen.pl", "trustpilot.com", "tumblr.com", "tutanota.com", "twitch.tv", "twitter.com",
    "typeform.com", "ukr.net", "uol.com.br", "upcmail.nl", "upwork.com", "vercel.app", "verizon.net", "versatel.nl",
    "viadeo.com", "vimeo.com", "virgilio.it", "virginmedia.com", "vk.com", "volny.cz", "wa.me", "wanadoo.fr",
    "web.app", "web.de", "webflow.io", "weebly.com", "weibo.com", "wellfound.com", "whatsapp.com", "wikipedia.org",
    "wix.com", "wixsite.com", "wordpress.com", "wp.pl", "wpcomstaging.com", "wpengine.com", "x.com", "xing.com",
    "xs4all.nl", "yelp.com", "ymail.com", "youtu.be", "youtube.com", "zapier.app", "zhihu.com", "ziggo.nl",
    "zohosites.com", "zonnet.nl",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_can_be_searched() {
        assert!(HOSTS.is_sorted());
    }
}
